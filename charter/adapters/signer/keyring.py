"""The authority's directory: one file a role, what came before it, and what was revoked.

    <role>.pem              key then certificate; the certificate alone when the key is in a token
    former/<role>-<serial>.pem   those that came before: old documents are checked under them, and their last lists are still signed
    revoked.json            certificates revoked, oldest first

Directories 0700, files 0600, written whole or not at all. Running processes see a change at the next use: nothing is cached without the
file's own stamp.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from charter.adapters.signer.files import write_new, write_over

FORMER = "former"
REVOKED = "revoked.json"
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Revocation:
    """One certificate revoked: `issuer` is the mark of the authority that issued it, `serial` upper-case hexadecimal, `at` when (aware),
    `reason` a name of RFC 5280's reasons as `cryptography` writes them (« superseded »)."""

    issuer: str
    serial: str
    at: datetime
    reason: str

    def entry(self) -> x509.RevokedCertificate:
        """As it stands in a revocation list."""
        builder = x509.RevokedCertificateBuilder().serial_number(int(self.serial, 16)).revocation_date(self.at)
        return builder.add_extension(x509.CRLReason(x509.ReasonFlags(self.reason)), critical=False).build()


class Keyring:
    """The files of one authority, kept in `directory`. Raises OSError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def prepare(self) -> None:
        """Makes the directory, or closes one made by somebody less careful or under another umask."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)

    def path(self, role: str) -> Path:
        """Where `role` is kept."""
        return self.directory / f"{role}.pem"

    def stamp(self, role: str) -> Stamp | None:
        """What changes whenever the role's file is replaced; None when there is none."""
        return _stamp(self.path(role))

    def add(self, role: str, pem: bytes) -> bool:
        """Keeps a first credential; False when another process was quicker."""
        return write_new(self.path(role), pem)

    def replace(self, role: str, pem: bytes) -> None:
        """Keeps a credential in the place of another, which joins the former ones first. Whoever calls holds `alone`."""
        self.retire(role)
        write_over(self.path(role), pem)

    def retire(self, role: str) -> None:
        """Copies the role's present file among the former ones; nothing when it is there already."""
        path = self.path(role)
        if path.exists():
            content = path.read_bytes()
            folder = self.directory / FORMER
            folder.mkdir(mode=0o700, exist_ok=True)
            serial = x509.load_pem_x509_certificate(content).serial_number
            write_new(folder / f"{role}-{serial:X}.pem", content)

    def keep_former(self, name: str, content: bytes) -> bool:
        """Keeps a former file brought from elsewhere, under its own name; False when it is there already."""
        folder = self.directory / FORMER
        folder.mkdir(mode=0o700, exist_ok=True)
        return write_new(folder / name, content)

    def former(self, role: str) -> list[Path]:
        """Former files of `role`, but one brought back in service."""
        present = self.path(role).read_bytes() if self.path(role).exists() else b""
        return sorted(path for path in (self.directory / FORMER).glob(f"{role}-*.pem") if path.read_bytes() != present)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other processes from renewing, rotating, revoking or importing meanwhile (a lock on the directory itself)."""
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def revoked_stamp(self) -> Stamp | None:
        """What changes whenever a certificate is revoked."""
        return _stamp(self.directory / REVOKED)

    def revoked(self) -> tuple[Revocation, ...]:
        """Every revocation. Raises ValueError when the file is damaged."""
        path = self.directory / REVOKED
        if not path.exists():
            return ()
        return self.rows(path.read_bytes())

    @staticmethod
    def rows(content: bytes) -> tuple[Revocation, ...]:
        """What a list of revocations says. Raises ValueError when it is damaged."""
        try:
            found = tuple(Revocation(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in json.loads(content))
            for one in found:
                one.entry()  # an unknown reason, a number or a day that cannot be written would stop every list from being signed
                if one.at.tzinfo is None:
                    raise ValueError(f"{REVOKED}: a day without its zone")
            return found
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{REVOKED} is damaged") from error

    def write_revoked(self, revoked: Sequence[Revocation]) -> None:
        """Keeps them. Whoever calls holds `alone`."""
        rows = [{**asdict(one), "at": one.at.isoformat()} for one in revoked]
        write_over(self.directory / REVOKED, json.dumps(rows, indent=1).encode())


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
