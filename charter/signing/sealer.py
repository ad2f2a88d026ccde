"""The sealing engine of this process: local authority, stamp font, seal and source of time, opened at the first use from the settings."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from charter.adapters.signer import (
    HttpTimestamps,
    KeyTrouble,
    LocalAuthority,
    LocalTimestamps,
    SealingService,
    SignerUnavailable,
    TimestampSource,
    Trust,
    fetching,
    seals,
)
from charter.adapters.signer.certificates import Publication
from charter.adapters.signer.custody import Custody, probe
from charter.adapters.signer.seals import OutsideSeal
from charter.adapters.signer.tokens import Token, TokenPlace
from charter.config import Settings
from workflows.base import N_

FONT = "SourceSans3_400Regular.ttf"
_opened: dict[Hashable, Sealer] = {}
_lock = threading.Lock()


OWN = "Charte du faire alliance"
DEMONSTRATION = "Charte du faire alliance (démonstration)"  # french: a certificate's name
DEMONSTRATION_PAST = timedelta(days=3652)


@dataclass(frozen=True)
class Sealer:
    """What seals (`service`), what vouches for it (`authority`), and the operator's own seal, if any."""

    service: SealingService
    authority: LocalAuthority
    timestamps: TimestampSource
    seal: OutsideSeal | None = None

    def trust(self, when: datetime) -> Trust:
        """What a verification made as of `when` should trust: our authority, every seal certificate the operator has had (itself, not its
        issuer, who vouches for others), and the outside timestamping authority's roots."""
        own = self.authority.trust(when)
        kept = seals.kept(self.authority.ring)
        return Trust((*own.roots, *kept), tuple(self.timestamps.roots), own.others, own.revocation_lists, own.struck)

    def check(self, when: datetime) -> None:
        """Every key can be used at `when`. Raises SignerUnavailable, most often a KeyTrouble that names the setting and the mend."""
        self.authority.check(when)
        if self.seal is not None:
            probe(self.seal.at(when))


def sealer(settings: Settings, now: datetime) -> Sealer:
    """The process's engine for these settings; keys are made as of `now` on the first run of all. Raises SignerUnavailable."""
    key = (
        settings.keys_dir,
        settings.fonts_dir,
        settings.tsa_url,
        settings.tsa_roots,
        settings.hsm,
        settings.seal,
        settings.certificates_url,
        settings.revocation_hosts,
    )
    with _lock:
        if key not in _opened:
            fetching.permit(settings.revocation_hosts)
            _opened[key] = _open(settings, now)
        return _opened[key]


def custody(settings: Settings) -> Custody:
    """Who keeps the authority's keys. The token is asked nothing before it is needed."""
    if settings.hsm is None or settings.demonstration_keys:
        return Custody()
    outside = {"platform"} if settings.seal else set()
    labels = {role: label for role, label in settings.hsm.keys if role not in outside}
    return Custody(Token(TokenPlace(settings.hsm.module, settings.hsm.token, settings.hsm.pin, settings.keys_dir)), labels)


def _open(settings: Settings, now: datetime) -> Sealer:
    keys = custody(settings)
    if settings.demonstration_keys:  # examples are told at any date of the past, in any order
        authority = LocalAuthority.open(settings.keys_dir, now, name=DEMONSTRATION, backdate=DEMONSTRATION_PAST)
    else:
        base = settings.certificates_url
        published = Publication(base) if base else None
        authority = LocalAuthority.open(settings.keys_dir, now, name=OWN, custody=keys, published=published)
    timestamps = _timestamps(settings, authority)
    seal = None if settings.demonstration_keys else _seal(settings, keys)
    if seal is not None:
        seals.keep(authority.ring, seal)
    service = SealingService(authority, _font(settings.fonts_dir), timestamps=timestamps, seal=seal)
    return Sealer(service, authority, timestamps, seal)


def _seal(settings: Settings, keys: Custody) -> OutsideSeal | None:
    files = settings.seal
    if files is None:
        return None
    if files.file is not None:
        return seals.from_file(files.file, files.password, files.roots)
    if files.certificates is None or settings.hsm is None or keys.token is None:
        raise KeyTrouble(N_("SEAL_CERTIFICATES demande HSM_MODULE et HSM_SEAL_KEY."))
    return seals.from_token(keys.token, dict(settings.hsm.keys)["platform"], files.certificates, files.roots)


def _timestamps(settings: Settings, authority: LocalAuthority) -> TimestampSource:
    if not settings.tsa_url:
        return LocalTimestamps(authority)
    if settings.tsa_roots is None:
        raise KeyTrouble(
            N_("TSA_ROOTS manque : donnez, en PEM, les racines de l’autorité d’horodatage, sans quoi rien ne prouve ses dates.")
        )
    return HttpTimestamps(settings.tsa_url, read_roots(settings.tsa_roots))


def read_roots(path: Path) -> tuple[bytes, ...]:
    """The certificates (DER) of a PEM file holding one or several. Raises SignerUnavailable when it cannot be read."""
    try:
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise KeyTrouble(N_("TSA_ROOTS : %(path)s ne se lit pas, ou ne tient aucun certificat PEM."), path=path) from error


def _font(directory: Path) -> bytes:
    found = next(directory.rglob(FONT), None)
    if found is None:
        raise SignerUnavailable(f"{FONT} is not under {directory}")
    return found.read_bytes()
