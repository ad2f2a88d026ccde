"""What a verification trusts."""

from __future__ import annotations

from dataclasses import dataclass


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
