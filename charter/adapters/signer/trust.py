"""What a verification trusts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates (DER or PEM bytes) a verification relies on.

    `roots` vouch for signatories, and with `tsa_roots` for timestamps; `others` are intermediates that may be missing from
    a document; `revocation_lists` (DER) complete those it carries; `struck` (`strike`) are certificates struck off, known from
    the register itself: no key is needed to tell them, nor the one that issued them to be still in service.
    """

    roots: tuple[bytes, ...] = ()
    tsa_roots: tuple[bytes, ...] = ()
    others: tuple[bytes, ...] = ()
    revocation_lists: tuple[bytes, ...] = ()
    struck: tuple[bytes, ...] = ()


PARTS = tuple(part.name for part in fields(Trust))
"""Its parts, each a tuple of bytes: how it travels to another process."""


def strike(issuer: bytes, serial: int, since: datetime) -> bytes:
    """One certificate struck off: its issuer's name (DER), its number, since when (aware)."""
    return json.dumps([issuer.hex(), serial, since.isoformat()]).encode()


def struck(rows: Iterable[bytes]) -> Iterator[tuple[bytes, int, datetime]]:
    """What `strike` wrote."""
    for row in rows:
        issuer, serial, since = json.loads(row)
        yield bytes.fromhex(issuer), serial, datetime.fromisoformat(since)
