"""Timestamps from an outside authority (RFC 3161): what it vouches for, and what is signed when it is silent: nothing."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp

from charter.adapters.signer import (
    HttpTimestamps,
    LocalAuthority,
    LocalTimestamps,
    SealingService,
    SignerUnavailable,
    Trust,
    Verdict,
    verify,
)
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font

SECOND = NOW.replace(microsecond=0)


class _Answers(http.server.BaseHTTPRequestHandler):
    """An RFC 3161 authority over HTTP, its keys made for the test."""

    authority: LocalAuthority

    def do_POST(self) -> None:
        request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        client = LocalTimestamps(self.authority).client(SECOND)
        body = asyncio.run(client.async_request_tsa_response(request)).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[str, LocalAuthority]]:
    _Answers.authority = LocalAuthority.open(tmp_path / "tsa", NOW, name="Tiers horodateur")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", _Answers.authority
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_outside_timestamping_authority(outside: tuple[str, LocalAuthority], authority: LocalAuthority) -> None:
    url, tsa = outside
    anchor = tsa.root_pem().encode()
    service = SealingService(authority, font(), timestamps=HttpTimestamps(url, [anchor]))
    pdf = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf
    ours = authority.trust(NOW)
    trust = Trust(ours.roots, (anchor,), ours.others, ours.revocation_lists)
    found = verify(pdf, now=NOW + timedelta(days=365), trust=trust)
    assert found.valid
    assert found.signatures[0].level == "B-LTA"
    alone = verify(pdf, now=NOW + timedelta(days=365), trust=ours)
    assert alone.verdict is Verdict.UNTRUSTED  # the time is vouched for by nobody we know, and the certificate has ended
    assert (alone.signatures[0].timestamp_ok, alone.signatures[0].level) == (False, "B-B")


def test_a_silent_timestamping_authority_signs_nothing(authority: LocalAuthority) -> None:
    service = SealingService(authority, font(), timestamps=HttpTimestamps("http://127.0.0.1:9/", [], timeout=2))
    with pytest.raises(SignerUnavailable):
        service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")
