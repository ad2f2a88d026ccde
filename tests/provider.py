"""A signature provider of ours for tests, in the shape of Yousign's API v3: real HTTP on a free port.

It takes no call that is not of the shape documented (provider_app.py), keeps what it was given, lets a test or a browser sign as a signer,
really (provider_hand.py), and tells what happens by messages signed with HMAC. A test may have any call fail, before or after its effect.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.x509.oid import NameOID
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.processes import LOOPBACK, free_port
from tests.provider_hand import Hand, rewritten

KEY, SECRET = "a-key-for-tests", "a-secret-for-messages"
SEAL = "Paraphe SAS"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Nothing: a failed test is long enough."""


@dataclass
class Fault:
    """The next `times` calls whose « METHOD /path » matches fail with `status` (0: no answer at all); `after`: once they took effect."""

    call: str
    status: int = 503
    times: int = 1
    after: bool = False


@dataclass
class Signer:
    """Somebody asked to sign."""

    id: str
    info: dict[str, str]
    level: str
    fields: list[dict[str, Any]]
    redirect: str
    status: str = "initiated"


@dataclass
class Paper:
    """A document: as received, as it stands."""

    id: str
    name: str
    received: bytes
    pdf: bytes
    signatures: int = 0


@dataclass
class Request:
    """A signature request."""

    id: str
    order: dict[str, Any]
    status: str = "draft"
    papers: dict[str, Paper] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    declined: dict[str, str] | None = None


@dataclass
class Provider:
    """The provider. `rewrites`: it saves each file anew before the first signature. `webhook`: where messages go by themselves.

    `named`: the name on somebody's certificate, by address, when not the one it was given. `seals`: one seal of its own signs for all.
    """

    port: int = field(default_factory=free_port)
    hand: Hand = field(default_factory=Hand)
    rewrites: bool = False
    named: dict[str, str] = field(default_factory=dict)
    seals: bool = False
    webhook: str = ""
    requests: dict[str, Request] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    messages: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    freed: threading.Event = field(default_factory=threading.Event, repr=False)
    _server: BaseWSGIServer | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        """The API's base."""
        return f"{self.origin}/v3"

    def start(self) -> Provider:
        """Listens."""
        from tests.provider_app import application

        self.freed.clear()
        self._server = make_server(LOOPBACK, self.port, application(self), threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Listens no more; what it keeps stays."""
        self.freed.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def only(self) -> Request:
        """The one request."""
        (one,) = self.requests.values()
        return one

    def fail(self, call: str, status: int = 503, times: int = 1, *, after: bool = False) -> None:
        """Has calls fail; see Fault."""
        self.faults.append(Fault(call, status, times, after))

    def count(self, call: str) -> int:
        """How many calls matched."""
        return sum(1 for one in self.calls if re.fullmatch(call, one))

    def sign(self, email: str) -> None:
        """That person signs every document, as the link lets them."""
        with self.lock:
            found = self.only
            signer = next(one for one in found.signers.values() if one.info["email"] == email)
            assert found.status == "ongoing" and signer.status == "notified", (found.status, signer.status)
            for place in signer.fields:
                self._sign(found.papers[place["document_id"]], signer, place)
            signer.status = "signed"
            self.invite(found)
            done = all(one.status == "signed" for one in found.signers.values())
            found.status = "done" if done else found.status
        self.tell("signer.done", found, signer)
        if done:
            self.tell("signature_request.done", found)

    def sign_all(self) -> None:
        """Everybody, in order."""
        for one in list(self.only.signers.values()):
            self.sign(one.info["email"])

    def decline(self, email: str, reason: str) -> None:
        """That person refuses."""
        found = self.only
        signer = next(one for one in found.signers.values() if one.info["email"] == email)
        signer.status = found.status = "declined"
        found.declined = {"signer_id": signer.id, "reason": reason, "declined_at": datetime.now(UTC).isoformat()}
        self.tell("signer.declined", found, signer)
        self.tell("signature_request.declined", found)

    def end(self, status: str) -> None:
        """The request expires, or is cancelled in the provider's own pages."""
        self.only.status = status
        self.tell(f"signature_request.{status}", self.only)

    def tell(self, event: str, about: Request, signer: Signer | None = None) -> tuple[bytes, dict[str, str]]:
        """A message: body and headers, kept in `messages`, and posted when there is a `webhook`."""
        data: dict[str, Any] = {"signature_request": self.request_view(about)}
        if signer is not None:
            data["signer"] = self.signer_view(about, signer)
        told = {
            "event_id": str(uuid.uuid4()),
            "event_name": event,
            "event_time": str(int(datetime.now(UTC).timestamp())),
            "subscription_id": str(uuid.uuid4()),
            "subscription_description": "test",
            "sandbox": True,
            "data": data,
        }
        body = json.dumps(told).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Yousign-Signature-256": f"sha256={digest}", "X-Yousign-Retry": "0"}
        self.messages.append((body, headers))
        if self.webhook:
            urllib.request.urlopen(urllib.request.Request(self.webhook, body, headers), timeout=20).close()
        return body, headers

    def request_view(self, found: Request) -> dict[str, Any]:
        """As the API gives it."""
        told = {
            "id": found.id,
            "status": found.status,
            **found.order,
            "source": "public_api",
            "signers": [{"id": one.id, "status": one.status} for one in found.signers.values()],
            "documents": [{"id": one.id, "nature": "signable_document"} for one in found.papers.values()],
        }
        return {**told, **({"decline_information": found.declined} if found.declined else {})}

    def signer_view(self, found: Request, signer: Signer) -> dict[str, Any]:
        """As the API gives it: with a link when it is their turn."""
        link = f"{self.origin}/signatures/{found.id}/{signer.id}" if signer.status == "notified" else None
        told = {"id": signer.id, "info": signer.info, "status": signer.status, "signature_level": signer.level, "fields": signer.fields}
        return {**told, "signature_link": link, "signature_link_expiration_date": None}

    def _sign(self, paper: Paper, signer: Signer, place: dict[str, Any]) -> None:
        if self.rewrites and not paper.signatures:
            paper.pdf = rewritten(paper.pdf)
        paper.signatures += 1
        name = self.named.get(signer.info["email"], f"{signer.info['first_name']} {signer.info['last_name']}".upper())
        box = (place["page"], place["x"], place["y"], place["width"], place["height"])
        more = {NameOID.ORGANIZATION_NAME: SEAL} if self.seals else {}
        paper.pdf = self.hand.sign(paper.pdf, SEAL if self.seals else name, box, paper.signatures, more)

    def invite(self, found: Request) -> None:
        """Everybody, or the first who has not signed."""
        waiting = [one for one in found.signers.values() if one.status == "initiated"]
        asked = any(one.status == "notified" for one in found.signers.values())
        for one in waiting if not found.order["ordered_signers"] else waiting[: 0 if asked else 1]:
            one.status = "notified"
