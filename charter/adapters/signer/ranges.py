"""Where signatures stand in the bytes of a file (ISO 32000-2, 12.8.1): judged on the bytes, whatever a reader makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.base import N_, Missing

HEADER = b"%PDF-"
SEARCHED = 1024
"""How far readers look for the beginning and the end of a PDF: what stands there in their stead makes a file that is two."""
_EMPTY = N_("Ce fichier est vide")
_NOT_A_PDF = N_("Ce fichier n’est pas un PDF, quel que soit son nom")
_TWO_FACES = N_("Ce fichier ne commence pas comme un PDF : selon le logiciel, il peut s’ouvrir comme autre chose. Il n’a pas été examiné")
_CUT = N_("La fin de ce fichier manque : il a été coupé, par exemple pendant un envoi ou une copie")


class Unreadable(Exception):
    """A file that cannot be examined: `reason` says why, in words for whoever brought it."""

    def __init__(self, reason: Missing) -> None:
        super().__init__(reason.text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Span:
    """A signature covers `[0, hole)` and `[resume, end)`; between the two, its own value and nothing else."""

    hole: int
    resume: int
    end: int


def check_outline(pdf: bytes) -> None:
    """Raises Unreadable for what does not begin and end as a PDF."""
    if not pdf.strip(b"\0\t\n\f\r "):
        raise Unreadable(Missing(_EMPTY))
    if not pdf.startswith(HEADER):
        raise Unreadable(Missing(_TWO_FACES if HEADER in pdf[:SEARCHED] else _NOT_A_PDF))
    if b"%%EOF" not in pdf[-SEARCHED:]:
        raise Unreadable(Missing(_CUT))


def span(pdf: bytes, byte_range: Sequence[object], contents: bytes) -> Span | None:
    """The place of the signature whose `/ByteRange` and `/Contents` these are; None when it is not the only shape we accept: from the first
    byte, one hole, exactly the size of the value, filled with it and zeros."""
    if len(byte_range) != 4 or not all(isinstance(one, int) for one in byte_range):
        return None
    start, hole, resume, rest = (int(one) for one in byte_range)  # type: ignore[call-overload]
    if start != 0 or not 0 < hole < resume or rest <= 0 or resume + rest > len(pdf):
        return None
    return Span(hole, resume, resume + rest) if _holds(pdf[hole:resume], contents) else None


def _holds(hole: bytes, contents: bytes) -> bool:
    digits = hole[1:-1]
    if hole[:1] != b"<" or hole[-1:] != b">" or digits not in (digits.lower(), digits.upper()) or len(digits) != 2 * len(contents):
        return False
    try:
        held = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return False
    return held == contents and not any(held[_value_length(held) :])


def _value_length(der: bytes) -> int:
    """The length of the ASN.1 value `der` begins with; all of it when that is not said (BER's indefinite length)."""
    if len(der) < 2 or der[1] == 0x80:
        return len(der)
    if der[1] < 0x80:
        return 2 + der[1]
    octets = der[1] & 0x7F
    return 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")


def digests(pdf: bytes, spans: Iterable[Span]) -> dict[Span, tuple[bytes, str]]:
    """For each span, the SHA-256 of what it covers and, in hexadecimal, of the file as it was then. Common beginnings are read once."""
    wanted = set(spans)
    view, running, at = memoryview(pdf), hashlib.sha256(), 0
    before, whole = {}, {}
    for place in sorted({place for one in wanted for place in (one.hole, one.end)}):
        running.update(view[at:place])
        at = place
        before[place], whole[place] = running.copy(), running.hexdigest()
    found = {}
    for one in wanted:
        covered = before[one.hole].copy()
        covered.update(view[one.resume : one.end])
        found[one] = (covered.digest(), whole[one.end])
    return found
