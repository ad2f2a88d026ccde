"""Checking signed files from the outside: what `charte verify FILE.pdf…` says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from charter.adapters.signer import Trust, Verification, verify


def verify_files(paths: Iterable[Path], now: datetime, trust: Trust) -> list[tuple[Path, Verification]]:
    """Each file with its full verification as of `now` (aware). Raises OSError for a file that cannot be read; bytes never raise.

    `trust`: `charter.signing.sealer.sealer(settings, now).trust(now)` for files this installation signed.
    """
    return [(path, verify(path.read_bytes(), now=now, trust=trust)) for path in paths]
