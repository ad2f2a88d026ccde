"""The sealing engine of this process: local authority, stamp font and source of time, opened at the first use from the settings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from charter.adapters.signer import (
    HttpTimestamps,
    LocalAuthority,
    LocalTimestamps,
    SealingService,
    SignerUnavailable,
    TimestampSource,
    Trust,
)
from charter.config import Settings

FONT = "SourceSans3_400Regular.ttf"
_Key = tuple[Path, Path, str, Path | None]
_opened: dict[_Key, Sealer] = {}
_lock = threading.Lock()


OWN = "Charte du faire alliance"
DEMONSTRATION = "Charte du faire alliance (démonstration)"  # french: a certificate's name
DEMONSTRATION_PAST = timedelta(days=3652)


@dataclass(frozen=True)
class Sealer:
    """What seals (`service`) and what vouches for it (`authority`)."""

    service: SealingService
    authority: LocalAuthority
    timestamps: TimestampSource

    def trust(self, when: datetime) -> Trust:
        """What a verification made as of `when` should trust: our authority, and the outside timestamping authority's roots."""
        own = self.authority.trust(when)
        return Trust(own.roots, tuple(self.timestamps.roots), own.others, own.revocation_lists)


def sealer(settings: Settings, now: datetime) -> Sealer:
    """The process's engine for these settings; keys are made as of `now` on the first run of all. Raises SignerUnavailable."""
    key = (settings.keys_dir, settings.fonts_dir, settings.tsa_url, settings.tsa_roots)
    with _lock:
        if key not in _opened:
            _opened[key] = _open(settings, now)
        return _opened[key]


def _open(settings: Settings, now: datetime) -> Sealer:
    if settings.demonstration_keys:  # examples are told at any date of the past, in any order
        authority = LocalAuthority.open(settings.keys_dir, now, name=DEMONSTRATION, backdate=DEMONSTRATION_PAST)
    else:
        authority = LocalAuthority.open(settings.keys_dir, now, name=OWN)
    timestamps = _timestamps(settings, authority)
    return Sealer(SealingService(authority, _font(settings.fonts_dir), timestamps=timestamps), authority, timestamps)


def _timestamps(settings: Settings, authority: LocalAuthority) -> TimestampSource:
    if not settings.tsa_url:
        return LocalTimestamps(authority)
    return HttpTimestamps(settings.tsa_url, read_roots(settings.tsa_roots) if settings.tsa_roots else ())


def read_roots(path: Path) -> tuple[bytes, ...]:
    """The certificates (DER) of a PEM file holding one or several. Raises SignerUnavailable when it cannot be read."""
    try:
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise SignerUnavailable(f"TSA_ROOTS {path}: {error}") from error


def _font(directory: Path) -> bytes:
    found = next(directory.rglob(FONT), None)
    if found is None:
        raise SignerUnavailable(f"{FONT} is not under {directory}")
    return found.read_bytes()
