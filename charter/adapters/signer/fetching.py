"""What outside certificates have us fetch while sealing: revocation lists, status answers, certificates of issuers.

The addresses come from certificates, so they are not the operator's: http(s) only, nothing followed (redirections), nothing read beyond a
bound, one deadline for each exchange and one for all those of a seal, and no address of a private network unless the operator named its
host (`permit`). Whatever goes wrong is « no status could be had »: the seal waits, its level stays.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator.fetchers import CRLFetcher, FetcherBackend, Fetchers
from pyhanko_certvalidator.fetchers.api import FetchLimits
from pyhanko_certvalidator.fetchers.common_utils import FetchBudget
from pyhanko_certvalidator.fetchers.requests_fetchers.cert_fetch_client import RequestsCertificateFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.crl_client import RequestsCRLFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.ocsp_client import RequestsOCSPFetcher

EXCHANGE_SECONDS, TOTAL_SECONDS = 10.0, 30.0
MOST_LIST, MOST_ANSWER = 8 * 1024 * 1024, 256 * 1024
LIMITS = FetchLimits(max_requests=20, max_cert_requests=5, max_aia_urls_per_object=2)
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052, RFC 8215): the last 32 bits are an IPv4 address."""
log = structlog.get_logger()

AGENT = "charte-du-faire-alliance"

_permitted: frozenset[str] = frozenset()


class NotFetched(ValueError):
    """Nothing was had. pyHanko takes a ValueError while fetching for « no status »."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The part of an answer that pyHanko reads."""

    content: bytes
    headers: dict[str, str]


def permit(hosts: Iterable[str]) -> None:
    """The hosts, by name or address, that this process may ask although they are on a private network; those given before are forgotten."""
    global _permitted  # one operator, one network: a process has one answer
    _permitted = frozenset(one.strip("[]").lower() for one in hosts)


class Backend(FetcherBackend):
    """The fetchers of one seal. `ours` are the names (DER) of our own authorities, whose lists are at hand and never fetched."""

    def __init__(self, ours: frozenset[bytes]) -> None:
        self._ours = ours

    def get_fetchers(self) -> Fetchers:
        """Fetchers that share one budget and one deadline."""
        line, budget = _Line(TOTAL_SECONDS), FetchBudget(LIMITS)
        status, issuers = _Status(AGENT, budget=budget), _Issuers(AGENT, budget=budget)
        lists = _Lists(AGENT, budget=budget)  # type: ignore[no-untyped-call]
        status.line = lists.line = issuers.line = line
        return Fetchers(status, _NotOurs(lists, self._ours), issuers)

    async def close(self) -> None:
        """Nothing is kept open."""


class _Line:
    """The way out: what is left of the time given to all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None

    async def exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None, most: int) -> _Answer:
        """One exchange. Raises NotFetched, once said to the operator."""
        try:
            return await self._exchange(method, url, headers, body, most)
        except NotFetched as error:
            log.warning("revocation_not_fetched", reason=str(error))
            raise

    async def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None, most: int) -> _Answer:
        now = monotonic()
        self._until = self._until or now + self._seconds
        seconds = min(EXCHANGE_SECONDS, self._until - now)
        host, proxy = _checked(url)
        if seconds <= 0:
            raise NotFetched(f"{url}: no time left")
        try:
            async with asyncio.timeout(seconds):
                return await _exchange(method, url, headers, body, most, proxy=proxy, anywhere=bool(proxy) or host in _permitted)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotFetched(f"{url}: {type(error).__name__} {error}".strip()) from error


class _Bounded:
    """pyHanko's fetchers over our own line."""

    line: _Line
    most = MOST_ANSWER

    async def _get(self, url: str, *, acceptable_content_types: Sequence[str]) -> _Answer:
        return await self.line.exchange("GET", url, {"Accept": ",".join(acceptable_content_types)}, None, self.most)

    async def _post(self, url: str, data: bytes, *, content_type: str, acceptable_content_types: Sequence[str]) -> _Answer:
        headers = {"Accept": ",".join(acceptable_content_types), "Content-Type": content_type}
        return await self.line.exchange("POST", url, headers, data, self.most)


class _Status(_Bounded, RequestsOCSPFetcher):  # type: ignore[misc]
    pass


class _Lists(_Bounded, RequestsCRLFetcher):  # type: ignore[misc]
    most = MOST_LIST


class _Issuers(_Bounded, RequestsCertificateFetcher):  # type: ignore[misc]
    pass


class _NotOurs(CRLFetcher):
    def __init__(self, inner: CRLFetcher, ours: frozenset[bytes]) -> None:
        self._inner = inner
        self._ours = ours

    async def fetch(self, cert: asn1_x509.Certificate, *, use_deltas: bool | None = None) -> Iterable[asn1_crl.CertificateList]:
        """Nothing for our own certificates: sealing must not depend on our own web server."""
        return () if cert.issuer.dump() in self._ours else await self._inner.fetch(cert, use_deltas=use_deltas)

    def fetched_crls(self) -> Iterable[asn1_crl.CertificateList]:
        return self._inner.fetched_crls()

    def fetched_crls_for_cert(self, cert: asn1_x509.Certificate) -> Iterable[asn1_crl.CertificateList]:
        return () if cert.issuer.dump() in self._ours else self._inner.fetched_crls_for_cert(cert)


async def _exchange(
    method: str, url: str, headers: dict[str, str], body: bytes | None, most: int, *, proxy: str | None, anywhere: bool
) -> _Answer:
    connector = aiohttp.TCPConnector(socket_factory=None if anywhere else _public_socket, force_close=True)
    headers = {**headers, "User-Agent": AGENT, "Accept-Encoding": "identity"}
    async with (
        aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.request(method, url, data=body, headers=headers, allow_redirects=False, proxy=proxy) as answer,
    ):
        if answer.status != 200:
            raise NotFetched(f"{url} answered {answer.status}")
        content = bytearray()
        async for piece in answer.content.iter_any():
            content += piece
            if len(content) > most:
                raise NotFetched(f"{url}: more than {most} bytes")
        told = answer.headers.get("Content-Type")
        return _Answer(bytes(content), {"Content-Type": told} if told else {})


def _checked(url: str) -> tuple[str, str | None]:
    """The host of an address that may be asked, and the proxy to ask it through, if the environment says so. Raises NotFetched."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username or parts.password:
        raise NotFetched(f"{url}: only plain http and https addresses are asked")
    proxy = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(parts.scheme.lower())
    if proxy and host not in _permitted and not _may_be_public(host):  # names are the proxy's to resolve, and to refuse
        raise NotFetched(f"{url}: {host} is on a private network (REVOCATION_HOSTS)")
    return host, proxy


def _may_be_public(host: str) -> bool:
    try:
        return public(host)
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")


def _public_socket(info: tuple[Any, ...]) -> socket.socket:
    """The socket of a connection about to be made, whatever name led to its address. Raises OSError for a private network."""
    family, kind, protocol, _, address = info
    if not public(str(address[0])):
        raise OSError(f"{address[0]} is on a private network (REVOCATION_HOSTS)")
    return socket.socket(family, kind, protocol)


def public(address: str) -> bool:
    """True for an IP address of the public network, looked for inside an IPv6 address that carries an IPv4 one. Raises ValueError."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour
        if any(found in network for network in TRANSLATED):
            carried = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if carried is not None:
            found = carried
    return found.is_global and not found.is_multicast
