"""The local certification authority: made on first run, kept in one directory, no server to install.

    root             signs the three below and its revocation list, nothing else
    ├── issuing          signs the signatories' one-time certificates
    ├── platform         certifies documents, first signature of each
    └── timestamping     RFC 3161 tokens, when no outside authority is configured

One file a credential, key then certificate, readable by the owner alone. A signatory's key never touches the disk.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from charter.adapters.signer import certificates
from charter.adapters.signer.certificates import Credential
from charter.adapters.signer.errors import SignerUnavailable
from charter.adapters.signer.files import write_new, write_over
from charter.adapters.signer.model import SignerIdentity
from charter.adapters.signer.trust import Trust

log = logging.getLogger(__name__)

NAME = "Charte du faire alliance"
YEAR = timedelta(days=365)
CLOCK_SKEW = timedelta(minutes=5)
ONE_TIME_VALIDITY = timedelta(days=180)
"""Not the life of the key, which is a second, but of the envelope: the strict long-term algorithm (ETSI EN 319 102-1, 5.6.2) wants a
certificate still in force when the final archive timestamp proves it existed."""


@dataclass(frozen=True, slots=True)
class _Role:
    """`life` is the certificate's validity; it is replaced once `renew_after` has passed since its making."""

    life: timedelta
    renew_after: timedelta


# A timestamp can be checked until its unit's certificate ends: yearly renewal keeps at least fourteen years ahead.
_ROLES = {
    "root": _Role(40 * YEAR, 40 * YEAR),
    "issuing": _Role(20 * YEAR, 5 * YEAR),
    "timestamping": _Role(15 * YEAR, YEAR),
    "platform": _Role(3 * YEAR, YEAR),
}


class LocalAuthority:
    """The platform's own certification authority. Open it with `open`; safe between threads and between processes."""

    def __init__(self, directory: Path, name: str, backdate: timedelta) -> None:
        self._directory = directory
        self._name = name
        self._backdate = backdate
        self._lock = threading.Lock()
        self._loaded: dict[str, Credential] = {}

    @classmethod
    def open(cls, directory: Path, now: datetime, *, name: str = NAME, backdate: timedelta = timedelta(days=1)) -> LocalAuthority:
        """The authority kept in `directory` (made 0700), creating at `now` (aware) what is not there yet.

        `backdate` sets how long before `now` the certificates made today begin: a clock handed in may be behind. `name` is
        the organisation they bear. Raises SignerUnavailable when the directory or a key cannot be read or written.
        """
        authority = cls(directory, name, backdate)
        for role in _ROLES:
            authority.credential(role, now)
        return authority

    def credential(self, role: str, when: datetime) -> Credential:
        """The key and certificate of `role` (root, issuing, timestamping, platform) fit for use at `when`; renewed when it has aged."""
        with self._lock:
            held = self._loaded.get(role)
            if held is None or not self._fresh(role, held, when):
                held = self._loaded[role] = self._guarded(role, when)
        if not held.certificate.not_valid_before_utc <= when <= held.certificate.not_valid_after_utc:
            raise SignerUnavailable(f"certificate of {role} is not valid at {when.isoformat()}")
        return held

    def issue(self, identity: SignerIdentity, when: datetime) -> Credential:
        """A one-time certificate for a person, good for half a year; the key lives in this object only, to be dropped after use."""
        if not identity.name.strip():
            raise ValueError("a signatory has a name")
        subject = certificates.name(organisation=identity.organisation, title=identity.capacity, common=identity.name)
        start, end = when - CLOCK_SKEW, when + ONE_TIME_VALIDITY
        parent = self.credential("issuing", when)
        return certificates.signing(subject, start, end, parent, certificates.POLICY_SIGNATORY, identity.email)

    def revocation_lists(self, when: datetime) -> tuple[bytes, ...]:
        """The revocation lists (DER) of root and issuing authority, signed at `when`.

        Signed anew each time: a list made after the certificate it vouches for proves more, and none is ever out of date.
        They are empty: one-time keys are destroyed within the second, there is nothing left to revoke.
        """
        lists = [certificates.revocation_list(self._loaded[role], when) for role in ("root", "issuing")]
        return tuple(made.public_bytes(Encoding.DER) for made in lists)

    def chain(self, when: datetime) -> tuple[x509.Certificate, ...]:
        """Public certificates of the authority at `when`: root, issuing, timestamping."""
        return tuple(self.credential(role, when).certificate for role in ("root", "issuing", "timestamping"))

    def trust(self, when: datetime) -> Trust:
        """What a verification made as of `when`, past or future, should trust: this root, and revocation lists of that day."""
        root, issuing = (self._loaded[role].certificate.public_bytes(Encoding.DER) for role in ("root", "issuing"))
        return Trust(roots=(root,), others=(issuing,), revocation_lists=self.revocation_lists(when))

    def root_pem(self) -> str:
        """The root certificate, to be published so that anybody can check a signature with other tools."""
        return self._loaded["root"].certificate.public_bytes(Encoding.PEM).decode()

    def _guarded(self, role: str, when: datetime) -> Credential:
        try:
            return self._obtain(role, when)
        except (OSError, ValueError) as error:
            raise SignerUnavailable(f"keys in {self._directory}: {error}") from error

    def _obtain(self, role: str, when: datetime) -> Credential:
        """What is on disk if fresh, else made. Two processes at once: the first file placed wins and the other reads it."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)  # it may have been made by somebody less careful, or under another umask
        path = self._directory / f"{role}.pem"
        if not path.exists():
            made = self._make(role, when)
            if write_new(path, made.pem()):
                log.info("local authority: %s created in %s", role, self._directory)
        held = Credential.load(path.read_bytes())
        if self._fresh(role, held, when):
            return held
        renewed = self._make(role, when)
        # Two processes renewing together each end with a good credential; the later file stays.
        write_over(path, renewed.pem())
        log.info("local authority: %s renewed in %s", role, self._directory)
        return renewed

    def _make(self, role: str, when: datetime) -> Credential:
        end = when.astimezone(UTC).replace(microsecond=0) + _ROLES[role].life
        if role == "root":
            start = (when - self._backdate).astimezone(UTC).replace(microsecond=0)
            return certificates.authority(f"{self._name} racine", self._name, start, end)
        root = self._root(when)
        # Valid since the authority began: a clock handed in may later stand before the day of a renewal.
        start = root.certificate.not_valid_before_utc
        makers: dict[str, Callable[[], Credential]] = {
            "issuing": lambda: certificates.authority(f"{self._name} signatures", self._name, start, end, parent=root),
            "timestamping": lambda: certificates.timestamping(self._named("horodatage"), start, end, root),
            "platform": lambda: certificates.signing(self._named("plateforme"), start, end, root, certificates.POLICY_PLATFORM),
        }
        return makers[role]()

    def _root(self, when: datetime) -> Credential:
        """The root, which `open` asks for first; the lock is held already."""
        if "root" not in self._loaded:
            self._loaded["root"] = self._obtain("root", when)
        return self._loaded["root"]

    def _named(self, what: str) -> x509.Name:
        return certificates.name(organisation=self._name, common=f"{self._name} {what}")

    @staticmethod
    def _fresh(role: str, held: Credential, when: datetime) -> bool:
        return when < held.certificate.not_valid_after_utc - _ROLES[role].life + _ROLES[role].renew_after
