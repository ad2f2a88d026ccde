"""The wire between an engine and the process it keeps for strangers' bytes: a length, a JSON header, then raw bytes.

JSON and not pickle: what comes back was made while reading people's text or files, so it is read as data and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


class Broken(Exception):
    """The other side closed in the middle of a frame, or said nonsense."""


def write(stream: BinaryIO, header: Mapping[str, object], blobs: Sequence[bytes] = ()) -> None:
    """Write one frame and flush it."""
    head = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    stream.write(_LENGTH.pack(len(head)) + head)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next frame, or None at a clean end; raises Broken."""
    start = stream.read(_LENGTH.size)
    if not start:
        return None
    try:
        header = json.loads(_exactly(stream, _LENGTH.unpack(start)[0]))
        return header, [_exactly(stream, size) for size in header["blobs"]]
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise Broken(str(error)) from error


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise Broken("truncated frame")
    return data


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()
