"""The outside provider over HTTP, in the shape of Yousign's public API v3 (endpoints, fields and states: see ADR 26).

One connection a call, with one deadline over all of it: whoever answers a byte a second holds nobody. Nothing is followed (redirections),
nothing is read beyond a bound, no proxy is taken from the environment. Not to be called from a running event loop.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import aiohttp

from charter.adapters.signer.provider import (
    ADVANCED,
    QUALIFIED,
    SIMPLE,
    DocumentState,
    ProviderAway,
    ProviderRefused,
    RequestOrder,
    RequestState,
    SignerOrder,
    SignerState,
    Spot,
)
from charter.adapters.signer.reading import clean

CONNECT, ANSWER, TRANSFER = 10.0, 30.0, 120.0
"""Seconds: to connect, for an answer, for a file."""
MOST_JSON, MOST_FILE = 4 * 1024 * 1024, 60 * 1024 * 1024
LATER = frozenset({408, 425, 429})
DEAD = frozenset({"canceled", "deleted", "permanently_deleted"})
AUTHENTICATION = {SIMPLE: "otp_email", ADVANCED: "otp_sms", QUALIFIED: None}
LEAST_WIDTH, LEAST_HEIGHT = 85, 37
Json = dict[str, Any]


class Yousign:
    """A client of the API at `url`, with its key. `seconds` bounds a call that carries no file."""

    def __init__(self, url: str, api_key: str, seconds: float = ANSWER) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json", "User-Agent": "charte-du-faire-alliance"}
        self._seconds = seconds

    def find(self, external_id: str) -> RequestState | None:
        """The live request under that id."""
        listed = self._json("GET", "/signature_requests", params={"external_id[eq]": external_id, "limit": "100"})
        mine = [one for one in _list(listed, "data") if one.get("external_id") == external_id and one.get("status") not in DEAD]
        return _request(mine[0]) if mine else None

    def open(self, order: RequestOrder) -> RequestState:
        """A draft request. We write to signatories ourselves (`delivery_mode` none), from a page where they read first."""
        body: Json = {
            "name": order.name[:128],
            "delivery_mode": "none",
            "ordered_signers": order.ordered,
            "timezone": order.zone,
            "external_id": order.external_id,
            "signers_allowed_to_decline": True,
            "audit_trail_locale": "fr",
        }
        if order.expires is not None:
            body["expiration_date"] = order.expires.isoformat()
        return _request(self._json("POST", "/signature_requests", json=body))

    def state(self, request_id: str) -> RequestState:
        """The request as it stands."""
        return _request(self._json("GET", _path(request_id)))

    def documents(self, request_id: str) -> tuple[DocumentState, ...]:
        """Its documents to sign."""
        found = self._json("GET", _path(request_id, "documents"), params={"nature": "signable_document"})
        return tuple(_document(one) for one in _items(found))

    def upload(self, request_id: str, name: str, pdf: bytes) -> DocumentState:
        """Adds a document to sign, its text not searched for anchors: we say where signatures go."""
        form = {"nature": "signable_document", "parse_anchors": "false"}
        return _document(self._json("POST", _path(request_id, "documents"), form=form, file=(name, pdf)))

    def signers(self, request_id: str) -> tuple[SignerState, ...]:
        """Its signers."""
        return tuple(_signer(one) for one in _items(self._json("GET", _path(request_id, "signers"))))

    def add_signer(self, request_id: str, order: SignerOrder) -> SignerState:
        """Adds a signer."""
        info = {"first_name": order.first_name, "last_name": order.last_name, "email": order.email, "locale": order.language}
        if order.phone:
            info["phone_number"] = order.phone
        body: Json = {
            "info": info,
            "signature_level": order.level,
            "signature_authentication_mode": AUTHENTICATION[order.level],
            "fields": [_field(document, spot) for document, spot in order.spots],
            "redirect_urls": {"success": order.back, "error": order.back, "decline": order.back},
        }
        return _signer(self._json("POST", _path(request_id, "signers"), json=body))

    def activate(self, request_id: str) -> RequestState:
        """Opens it to its signers."""
        return _request(self._json("POST", _path(request_id, "activate")))

    def signer(self, request_id: str, signer_id: str) -> SignerState:
        """One signer, with their link of now."""
        return _signer(self._json("GET", _path(request_id, "signers", signer_id)))

    def cancel(self, request_id: str, note: str) -> None:
        """Ends it."""
        body = {"reason": "contractualization_aborted", "custom_note": note[:500]}
        self._json("POST", _path(request_id, "cancel"), json=body)

    def discard(self, request_id: str) -> None:
        """Deletes a draft, which cannot be cancelled."""
        self._call("DELETE", _path(request_id))

    def reactivate(self, request_id: str, expires: date) -> None:
        """Opens an expired one again."""
        self._json("POST", _path(request_id, "reactivate"), json={"expiration_date": expires.isoformat()})

    def download(self, request_id: str, document_id: str) -> bytes:
        """The document as it stands."""
        return self._call("GET", _path(request_id, "documents", document_id, "download"), accept="application/pdf")

    def audit_trail(self, request_id: str, signer_id: str) -> bytes:
        """One signer's audit trail."""
        return self._call("GET", _path(request_id, "signers", signer_id, "audit_trails", "download"), accept="application/pdf")

    def _json(self, method: str, path: str, **sent: Any) -> Any:
        answer = self._call(method, path, **sent)
        try:
            return json.loads(answer or b"{}")
        except ValueError as error:
            raise ProviderAway(f"{method} {path}: not JSON") from error

    def _call(self, method: str, path: str, **sent: Any) -> bytes:
        try:
            return asyncio.run(self._exchange(method, path, **sent))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ProviderAway(f"{method} {path}: {error!r}") from error

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Json | None = None,
        form: Mapping[str, str] | None = None,
        file: tuple[str, bytes] | None = None,
        accept: str = "",
    ) -> bytes:
        carries = bool(file or accept)
        deadline = aiohttp.ClientTimeout(total=max(TRANSFER, self._seconds) if carries else self._seconds, connect=CONNECT)
        headers = {**self._headers, **({"Accept": accept} if accept else {})}
        async with (
            aiohttp.ClientSession(timeout=deadline, headers=headers, trust_env=False) as session,
            session.request(
                method, self._url + path, params=params, json=json, data=_multipart(form, file), allow_redirects=False
            ) as answer,
        ):
            content = await _bounded(answer, MOST_FILE if accept else MOST_JSON)
            _judge(answer.status, f"{method} {path}", content, answer.headers.get("Retry-After", ""))
            return content


async def _bounded(answer: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        content += piece
        if len(content) > most:
            raise ProviderRefused(answer.status, f"more than {most} bytes")
    return bytes(content)


def _judge(status: int, asked: str, content: bytes, retry_after: str) -> None:
    if 200 <= status < 300:
        return
    said = _said(content)
    if status >= 500 or status in LATER:
        raise ProviderAway(f"{asked}: {status} {said} {f'retry after {retry_after}' if retry_after else ''}".strip())
    raise ProviderRefused(status, said)


def _said(content: bytes) -> str:
    """What an error answer tells people: its `detail` and the fields at fault. A stranger's words, cleaned and cut."""
    try:
        told = json.loads(content)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    wrong = told.get("invalid_params")
    fields = [f"{one.get('name')}: {one.get('reason')}" for one in wrong if isinstance(one, dict)] if isinstance(wrong, list) else []
    return clean("; ".join([str(told.get("detail") or told.get("message") or ""), *fields]))[:250]


def _multipart(form: Mapping[str, str] | None, file: tuple[str, bytes] | None) -> aiohttp.FormData | None:
    if form is None or file is None:
        return None
    data = aiohttp.FormData()
    for name, value in form.items():
        data.add_field(name, value)
    data.add_field("file", file[1], filename=file[0], content_type="application/pdf")
    return data


def _path(request_id: str, *more: str) -> str:
    return "/".join(["/signature_requests", *(quote(one, safe="") for one in (request_id, *more))])


def _field(document: str, spot: Spot) -> Json:
    size = {"width": max(spot.width, LEAST_WIDTH), "height": max(spot.height, LEAST_HEIGHT)}
    return {"document_id": document, "type": "signature", "page": spot.page, "x": spot.x, "y": spot.y, **size}


def _request(told: Any) -> RequestState:
    declined = told.get("decline_information") if isinstance(told, dict) else None
    declined = declined if isinstance(declined, dict) else {}
    return RequestState(
        id=_text(told, "id"),
        status=_text(told, "status"),
        signers=tuple(_signer(one) for one in told.get("signers") or () if isinstance(one, dict)),
        declined_by=str(declined.get("signer_id") or ""),
        decline_reason=clean(str(declined.get("reason") or "")),
    )


def _signer(told: Any) -> SignerState:
    info = told.get("info") if isinstance(told, dict) else None
    email = str(info.get("email") or "") if isinstance(info, dict) else ""
    return SignerState(_text(told, "id"), email.lower(), _text(told, "status"), str(told.get("signature_link") or ""))


def _document(told: Any) -> DocumentState:
    return DocumentState(_text(told, "id"), str(told.get("filename") or ""), str(told.get("sha256") or "").lower())


def _items(told: Any) -> list[Json]:
    """The items of a list, given bare or in pages."""
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else _list(told, "data")


def _list(told: Any, name: str) -> list[Json]:
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, list):
        raise ProviderAway(f"an answer without {name}")
    return [one for one in found if isinstance(one, dict)]


def _text(told: Any, name: str) -> str:
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, str) or not found or len(found) > 64:
        raise ProviderAway(f"an answer without {name}")
    return found
