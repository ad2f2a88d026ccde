"""Bodies sent in chunks, their length not announced, through the very bridge the server uses: whole, too long, cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask

from charter.adapters.signer import MAX_BYTES
from charter.asgi import over_asgi

PIECE = 1024 * 1024
FORM = "multipart/form-data; boundary=limite"
HEAD = b'--limite\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
TAIL = b"\r\n--limite--\r\n"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sent(app: Flask, path: str, pieces: Iterable[bytes], kind: str, *, cut: bool = False) -> tuple[int, bytes]:
    """Posts the pieces as they are asked for, without a length; the answer's status and body. `cut`: the sender leaves at the end."""
    headers = [(b"host", b"charte.test"), (b"transfer-encoding", b"chunked"), (b"content-type", kind.encode())]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path, "query_string": b""}
    scope.update(headers=headers, server=("charte.test", 80), client=("192.0.2.9", 4000))
    left, status, body = iter(pieces), 0, bytearray()

    async def receive() -> dict[str, Any]:
        piece = next(left, None)
        if piece is None and cut:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    asyncio.run(over_asgi(app)(scope, receive, send))  # type: ignore[arg-type]
    return status, bytes(body)


class Counted:
    """Pieces made as they are asked for, counted."""

    def __init__(self, count: int, head: bytes = b"") -> None:
        self.count, self.head, self.taken = count, head, 0

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        for _ in range(self.count):
            self.taken += 1
            yield bytes(PIECE)


def test_two_hundred_megabytes_are_refused_with_the_limit_and_left_unread(app: Flask) -> None:
    pieces = Counted(200)
    status, body = sent(app, "/api/v1/verifications", pieces, "application/pdf")
    told = json.loads(body)
    assert (status, told["status"]) == (413, 413)
    assert f"{MAX_BYTES // PIECE} Mo" in told["detail"].replace("\u00a0", " ")
    assert pieces.taken <= MAX_BYTES // PIECE + 2


def test_the_form_too(app: Flask) -> None:
    pieces = Counted(200, HEAD)
    status, body = sent(app, "/verifier", pieces, FORM)
    assert status == 413 and f"{MAX_BYTES // PIECE} Mo" in body.decode().replace("\u00a0", " ")
    assert pieces.taken <= MAX_BYTES // PIECE + 2


def test_what_takes_no_file_stops_sooner(app: Flask) -> None:
    pieces = Counted(200)
    assert sent(app, "/connexion", pieces, "application/x-www-form-urlencoded")[0] == 413
    assert pieces.taken <= 4


@pytest.mark.parametrize(
    ("path", "kind", "head", "tail"), [("/api/v1/verifications", "application/pdf", b"", b""), ("/verifier", FORM, HEAD, TAIL)]
)
def test_a_file_in_chunks_is_checked_like_any_other(app: Flask, path: str, kind: str, head: bytes, tail: bytes) -> None:
    status, body = sent(app, path, [head, b"%PDF-1.7\n", b"not much of one\n", b"%%EOF\n", tail], kind)
    assert status == (200 if path.startswith("/api") else 303), body[:300]


def test_one_cut_off_is_not_taken_for_a_whole_one(app: Flask) -> None:
    assert sent(app, "/api/v1/verifications", [b"%PDF-1.7\n%%EOF\n"], "application/pdf", cut=True)[0] == 400


def test_one_of_exactly_the_limit_passes(app: Flask) -> None:
    assert sent(app, "/api/v1/verifications", [bytes(PIECE)] * (MAX_BYTES // PIECE), "application/pdf")[0] != 413
