"""What a verification trusts."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates (DER or PEM bytes) a verification relies on.

    `roots` vouch for signatories, and with `tsa_roots` for timestamps; `others` are intermediates that may be missing from
    a document; `revocation_lists` (DER) complete those it carries.
    """

    roots: tuple[bytes, ...] = ()
    tsa_roots: tuple[bytes, ...] = ()
    others: tuple[bytes, ...] = ()
    revocation_lists: tuple[bytes, ...] = ()


PARTS = tuple(part.name for part in fields(Trust))
"""Its parts, each a tuple of bytes: how it travels to another process."""
