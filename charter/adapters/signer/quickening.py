"""What the libraries below do slowly, done faster: in the examining process only, and with the same results.

pyHanko reads hexadecimal strings a digit at a time, and asn1crypto prepares a name again (RFC 4518) each time it is compared: between them
more than half of a quick examination.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from functools import lru_cache
from typing import Any, BinaryIO

from asn1crypto import x509
from pyhanko.pdf_utils import generic

LONGEST = 4 * 1024 * 1024
_BLOCK = 16 * 1024
NAMES = 4096
Reader = Callable[[BinaryIO], Any]


def quicken() -> None:
    """To be called once, in a process that does nothing but examine files."""
    generic.read_hex_string_from_stream = _quick(generic.read_hex_string_from_stream)  # type: ignore[assignment]
    prepared = lru_cache(NAMES)(lambda words: _prepare(None, words))
    x509.NameTypeAndValue._ldap_string_prep = lambda _self, words: prepared(words)


_prepare = x509.NameTypeAndValue._ldap_string_prep  # it makes no use of the name it belongs to


def _quick(careful: Reader) -> Reader:
    """Plain strings at once; `careful` still reads all others (spaces, comments, faults)."""

    def read(stream: BinaryIO) -> Any:
        start = stream.tell()
        value = _digits(stream)
        if value is None:
            stream.seek(start)
            return careful(stream)
        return generic.pdf_string(value)

    return read


def _digits(stream: BinaryIO) -> bytes | None:
    """The value of the string that begins here, the stream left just after it; None when it is not made of pairs of digits only."""
    start, held = stream.tell(), bytearray()
    while b">" not in held:
        block = stream.read(_BLOCK)
        held += block
        if not block or len(held) > LONGEST:
            return None
    end = held.index(b">")
    try:
        value = binascii.unhexlify(held[1:end])
    except ValueError:
        return None
    stream.seek(start + end + 1)
    return value
