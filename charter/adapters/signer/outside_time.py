"""A client of an outside timestamping authority (RFC 3161 over HTTP) that believes nothing it is answered before having checked it.

pyHanko looks at the answer's status and nonce only; a token over something else, signed by nobody we trust or told of another day would
be found by whoever verifies the document later, when it can no longer be mended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit, urlunsplit

import aiohttp
from asn1crypto import cms, core, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from charter.adapters.signer.reading import load_certificate

MAX_ANSWER = 256 * 1024
SKEW = timedelta(minutes=5)
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What asn1crypto raises on bytes that are not what they should be."""


class Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp (RFC 3161, section 2.4.2): one that refuses holds no token, which asn1crypto's own does not allow."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012  asn1crypto's way


def told(url: str) -> str:
    """`url` as it may be shown: without the account and the query it may carry, which are secrets."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class OutsideTimeStamper(TimeStamper):
    """Asks `url` (its account, if any, is sent as HTTP Basic), `timeout` seconds for the whole exchange.

    Raises TimestampRequestError for whatever is not a good token of about `when`.
    """

    def __init__(self, url: str, timeout: float, roots: Sequence[bytes], when: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
        self._address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        account = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._headers = {**HEADERS, "Authorization": aiohttp.encode_basic_auth(*account)} if parts.username else HEADERS
        self._url = told(url)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._roots = roots
        self._when = when

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> Answer:
        """Posts the request; the answer is not looked into yet."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout, trust_env=True) as session,
                session.post(self._address, data=req.dump(), headers=self._headers, allow_redirects=False) as answer,
            ):
                body = await answer.content.read(MAX_ANSWER)
                while not answer.content.at_eof() and len(body) < MAX_ANSWER:
                    body += await answer.content.read(MAX_ANSWER - len(body))
                if answer.status != 200:
                    raise TimestampRequestError(f"{self._url} answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            said = str(error).replace(self._address, self._url)
            raise TimestampRequestError(f"{self._url}: {type(error).__name__} {said}".strip()) from None
        try:
            answered: Answer = Answer.load(body, strict=True)
        except _UNREADABLE as error:
            raise TimestampRequestError(f"{self._url} did not answer as RFC 3161 says") from error
        return answered

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over `message_digest`, checked."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        response = await self.async_request_tsa_response(request)
        try:
            token = self._granted(response, nonce)
            await self._check(token["content"], message_digest, md_algorithm)
        except (*_UNREADABLE, SignatureValidationError) as error:
            raise TimestampRequestError(f"{self._url} answered a token that cannot be read: {error}") from error
        return token

    def _granted(self, response: Answer, nonce: int) -> cms.ContentInfo:
        status = response["status"]
        if status["status"].native not in {"granted", "granted_with_mods"}:
            said = "; ".join([*(status["status_string"].native or []), *(status["fail_info"].native or [])])
            raise TimestampRequestError(f"{self._url} refused: {status['status'].native} {said}".strip())
        token: cms.ContentInfo = response["time_stamp_token"]
        told = token["content"]["encap_content_info"]["content"].parsed
        if told["nonce"].native != nonce:
            raise TimestampRequestError(f"{self._url} answered another request: its nonce is not ours")
        apart = abs(told["gen_time"].native - self._when)
        if apart > SKEW:
            raise TimestampRequestError(f"{self._url} is {apart} away from this machine's clock: one of the two is wrong")
        return token

    async def _check(self, signed: cms.SignedData, digest: bytes, algorithm: str) -> None:
        context = ValidationContext(
            trust_roots=[load_certificate(one) for one in self._roots],
            other_certs=[one.chosen for one in signed["certificates"]],
            moment=self._when,
            allow_fetching=False,
        )
        found = await validate_tst_signed_data(signed, context, lambda said: digest if said == algorithm else b"")
        status = TimestampSignatureStatus(**found)
        if not (status.intact and status.valid):
            raise TimestampRequestError(f"{self._url} answered a token over something else, or badly signed")
        if not status.trusted:
            raise TimestampRequestError(f"{self._url}: its certificate is expired or leads to none of TSA_ROOTS")
