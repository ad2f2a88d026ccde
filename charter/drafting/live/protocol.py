"""Frames of live editing. Text frames are JSON control messages; binary frames carry Yjs data of one article:

    [1 byte kind][1 byte n][n bytes article ref, ASCII][payload]

A client's UPDATE payload starts with its own sequence number, 4 bytes big-endian. The server answers `ack` with the number once
the update is stored: it says that this number and all before it (of that article, on that connection) are safe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

MAX_UPDATE = 1 << 20
MAX_FRAME = MAX_UPDATE + 64
MAX_CONTROL = 4096
MAX_AWARENESS = 8192
MAX_STATE_VECTOR = 1 << 17
MAX_REF = 64
SEQ_BYTES = 4
MAX_SEQ = (1 << 32) - 1
MAX_CLIENT_ID = (1 << 53) - 1
EMPTY_UPDATE = b"\x00\x00"

NORMAL, POLICY, RESTART, TRY_LATER, REVOKED, OUTDATED = 1000, 1008, 1012, 1013, 4403, 4409


class BadFrame(ValueError):
    """A frame no well-behaved client sends; the message says what is wrong with it."""


class Kind(IntEnum):
    """First byte of a binary frame."""

    SYNC1 = 0
    SYNC2 = 1
    UPDATE = 2
    AWARENESS = 3


class Refusal(StrEnum):
    """Why an update was refused."""

    frozen = "frozen"
    locked = "locked"
    read_only = "read_only"
    invalid = "invalid"
    too_big = "too_big"
    unknown_article = "unknown_article"
    overloaded = "overloaded"


class Bye(StrEnum):
    """Why the server ends a connection."""

    revoked = "revoked"
    restart = "restart"
    overloaded = "overloaded"
    invalid = "invalid"
    outdated = "outdated"


@dataclass(frozen=True, slots=True)
class Frame:
    """A binary frame; `seq` is 0 when the frame carries none."""

    kind: Kind
    article: str
    payload: bytes
    seq: int = 0


def build(kind: Kind, article: str, payload: bytes) -> bytes:
    """A binary frame without sequence number (all the server sends; a client's SYNC1, SYNC2, AWARENESS)."""
    ref = article.encode("ascii")
    return bytes((kind, len(ref))) + ref + payload


def build_update(article: str, seq: int, update: bytes) -> bytes:
    """A client's UPDATE frame."""
    return build(Kind.UPDATE, article, seq.to_bytes(SEQ_BYTES, "big") + update)


_KINDS = tuple(Kind)  # their numbers are their places; calling the enumeration costs as much as the rest of the header


def parse(data: bytes, *, sequenced: bool) -> Frame:
    """Reads a binary frame; `sequenced` when it comes from a client. Raises BadFrame."""
    if len(data) < 2 or data[0] > Kind.AWARENESS:
        raise BadFrame("unknown kind")
    kind, size = _KINDS[data[0]], data[1]
    if not 0 < size <= MAX_REF or len(data) < 2 + size:
        raise BadFrame("article ref out of bounds")
    try:
        ref = data[2 : 2 + size].decode("ascii")
    except UnicodeDecodeError:
        raise BadFrame("article ref is not ASCII") from None
    payload, seq = data[2 + size :], 0
    if kind is Kind.UPDATE and sequenced:
        if len(payload) < SEQ_BYTES:
            raise BadFrame("no sequence number")
        payload, seq = payload[SEQ_BYTES:], int.from_bytes(payload[:SEQ_BYTES], "big")
    _check_size(kind, payload)
    return Frame(kind, ref, payload, seq)


# An oversized update is not a bad frame: it is refused by name, so that the writer is told.
_LIMITS = {Kind.SYNC1: MAX_STATE_VECTOR, Kind.SYNC2: MAX_FRAME * 16, Kind.UPDATE: MAX_FRAME * 16, Kind.AWARENESS: MAX_AWARENESS}


def _check_size(kind: Kind, payload: bytes) -> None:
    if len(payload) > _LIMITS[kind]:
        raise BadFrame(f"{kind.name} too long")


@dataclass(frozen=True, slots=True)
class Open:
    """The client wants an article; `epoch` is the one its copy was made in, None when it has no copy."""

    article: str
    epoch: int | None


@dataclass(frozen=True, slots=True)
class At:
    """Where the person is."""

    article: str | None
    typing: bool


@dataclass(frozen=True, slots=True)
class ClientId:
    """The Yjs client number this connection's cursor speaks with, in one article."""

    article: str
    client_id: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""


Control = Open | At | ClientId | Ping


def control(kind: str, **fields: Any) -> str:
    """A JSON control message."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def acknowledgement(article: str, seq: int) -> str:
    """The control message that says that updates up to `seq` are stored."""
    return f'{{"type":"ack","article":"{article}","seq":{seq}}}'  # refs are ASCII without quotes: no JSON encoder, many a second


def parse_control(text: str) -> Control:
    """Reads a client's control message. Raises BadFrame."""
    if len(text) > MAX_CONTROL:
        raise BadFrame("control message too long")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(message, dict):
        raise BadFrame("not an object")
    match message.get("type"):
        case "open":
            return Open(_ref(message), _number(message, "epoch", (1 << 31) - 1, optional=True))
        case "at":
            return At(_ref(message) if message.get("article") is not None else None, message.get("typing") is True)
        case "client":
            return ClientId(_ref(message), _number(message, "client_id", MAX_CLIENT_ID) or 0)
        case "ping":
            return Ping()
    raise BadFrame("unknown type")


def _ref(message: dict[str, Any]) -> str:
    ref = message.get("article")
    if not isinstance(ref, str) or not 0 < len(ref) <= MAX_REF or not ref.isascii():
        raise BadFrame("article ref out of bounds")
    return ref


def _number(message: dict[str, Any], name: str, limit: int, *, optional: bool = False) -> int | None:
    value = message.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
        raise BadFrame(f"{name} out of bounds")
    return value
