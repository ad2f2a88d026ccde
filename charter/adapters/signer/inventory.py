"""What an authority holds, read without making or changing anything."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from charter.adapters.signer.custody import ROLES, Custody
from charter.adapters.signer.keyring import Keyring
from charter.adapters.signer.making import renewal


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One role. `sha256` is the certificate's fingerprint as every tool prints it, `label` the key's name in its token (empty: `path` holds
    it), `open_to` whether others than the owner may read the file, `former` how many came before."""

    role: str
    subject: str
    serial: str
    sha256: str
    not_before: datetime
    not_after: datetime
    renewed: datetime
    path: Path
    mode: int
    label: str
    former: int

    @property
    def exposed(self) -> bool:
        """Others than the owner may read it."""
        return bool(self.mode & (stat.S_IRWXG | stat.S_IRWXO))


def inventory(directory: Path, custody: Custody) -> tuple[KeyFact, ...]:
    """The roles there are, in the order of the authority. Raises OSError, ValueError (damaged)."""
    ring = Keyring(directory)
    return tuple(_fact(ring, role, custody) for role in ROLES if ring.path(role).exists())


def _fact(ring: Keyring, role: str, custody: Custody) -> KeyFact:
    path = ring.path(role)
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return KeyFact(
        role=role,
        subject=certificate.subject.rfc4514_string(),
        serial=f"{certificate.serial_number:X}",
        sha256=certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        renewed=renewal(role, certificate),
        path=path,
        mode=stat.S_IMODE(path.stat().st_mode),
        label=custody.labels.get(role, ""),
        former=len(ring.former(role)),
    )
