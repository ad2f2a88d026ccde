"""A timestamping authority over HTTP (RFC 3161) with keys of its own, that can be told to misbehave."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import tsp

from charter.adapters.signer import LocalAuthority, LocalTimestamps
from charter.adapters.signer.outside_time import Answer


class Tsa:
    """The server's state: `mood` says how it answers, `at` its own clock's offset; `asked` counts what it received, `account` is
    the last account given."""

    def __init__(self, directory: Path, now: datetime) -> None:
        self.authority = LocalAuthority.open(directory / "tsa", now, name="Tiers horodateur")
        self.stranger = LocalAuthority.open(directory / "stranger", now, name="Inconnu")
        self.mood = "good"
        self.now = now.astimezone(UTC).replace(microsecond=0)
        self.asked = 0
        self.released = threading.Event()
        self.url = ""
        self.account = ""

    @property
    def roots(self) -> bytes:
        """Its root (PEM)."""
        return self.authority.root_pem().encode()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self.asked += 1
        if self.mood == "error":
            return 503, b"later"
        if self.mood == "garbage":
            return 200, b"<html><p>Bienvenue sur le portail</p></html>"
        if self.mood == "empty":
            return 200, b""
        request = tsp.TimeStampReq.load(body)
        if self.mood == "refusal":
            return 200, Answer({"status": {"status": "rejection", "status_string": ["quota"]}}).dump()
        if self.mood == "nonce":
            request["nonce"] = 42
        if self.mood == "imprint":
            request["message_imprint"]["hashed_message"] = bytes(32)
        authority = self.stranger if self.mood == "stranger" else self.authority
        moment = self.now + (timedelta(hours=2) if self.mood == "hour" else timedelta(0))
        made = asyncio.run(LocalTimestamps(authority).client(moment).async_request_tsa_response(request)).dump()
        if self.mood == "tampered":
            made = made.replace(made[-20:], bytes(20))
        return 200, made


@contextmanager
def serving(directory: Path, now: datetime) -> Iterator[Tsa]:
    """The server, on a free loopback port; one that is « slow » holds its answer until the end."""
    tsa = Tsa(directory, now)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            tsa.account = self.headers.get("Authorization", "")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if tsa.mood == "slow":
                tsa.asked += 1
                self.send_response(200)
                self.send_header("Content-Length", "4096")
                self.end_headers()
                self.wfile.write(b"0")
                self.wfile.flush()
                tsa.released.wait(60)
                return
            status, content = tsa.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    tsa.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield tsa
    finally:
        tsa.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
