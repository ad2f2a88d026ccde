"""The local certification authority: made on first run, kept in one directory, no server to install.

    root             signs the three below and its revocation list, nothing else
    ├── issuing          signs the signatories' one-time certificates
    ├── platform         certifies documents, first signature of each
    └── timestamping     RFC 3161 tokens, when no outside authority is configured

One file a credential, key then certificate, readable by the owner alone; a role's key may be in a token instead (`custody`). What is
renewed or rotated joins the former ones (`keyring`), under which old documents are checked. A signatory's key never touches the disk.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from charter.adapters.signer import certificates, making
from charter.adapters.signer.certificates import Credential, PrivateKey, Publication, mark
from charter.adapters.signer.custody import ROLES, Custody, probe
from charter.adapters.signer.errors import KeyTrouble, SignerUnavailable
from charter.adapters.signer.keyring import Keyring, Revocation, Stamp
from charter.adapters.signer.making import ISSUERS, renewal
from charter.adapters.signer.model import SignerIdentity
from charter.adapters.signer.trust import Trust, strike
from workflows.base import N_

log = logging.getLogger(__name__)

NAME = "Charte du faire alliance"
CLOCK_SKEW = timedelta(minutes=5)
ONE_TIME_VALIDITY = timedelta(days=180)
"""Not the life of the key, which is a second, but of the envelope: the strict long-term algorithm (ETSI EN 319 102-1, 5.6.2) wants a
certificate still in force when the final archive timestamp proves it existed."""


class LocalAuthority:
    """The platform's own certification authority. Open it with `open`; safe between threads and between processes."""

    def __init__(self, directory: Path, name: str, backdate: timedelta, custody: Custody, published: Publication | None) -> None:
        self.ring = Keyring(directory)
        self._name = name
        self._backdate = backdate
        self._custody = custody
        self._published = published
        self._lock = threading.Lock()
        self._loaded: dict[str, tuple[Stamp | None, Credential]] = {}
        self._lists: dict[str, tuple[datetime, Stamp | None, bytes]] = {}

    @classmethod
    def open(
        cls,
        directory: Path,
        now: datetime,
        *,
        name: str = NAME,
        backdate: timedelta = timedelta(days=1),
        custody: Custody | None = None,
        published: Publication | None = None,
    ) -> LocalAuthority:
        """The authority kept in `directory` (made 0700), creating at `now` (aware) what is not there yet.

        `backdate` sets how long before `now` the certificates made today begin: a clock handed in may be behind. `name` is
        the organisation they bear. `custody` says which keys are elsewhere, `published` where lists can be fetched. Raises
        SignerUnavailable when the directory or a key cannot be read or written.
        """
        authority = cls(directory, name, backdate, custody or Custody(), published)
        for role in ROLES:
            authority.credential(role, now)
        return authority

    def credential(self, role: str, when: datetime) -> Credential:
        """The key and certificate of `role` (root, issuing, timestamping, platform) fit for use at `when`; renewed when it has aged."""
        held = self._held(role, when)
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
        return certificates.signing(subject, start, end, parent, certificates.POLICY_SIGNATORY, email=identity.email)

    def revocation_lists(self, when: datetime) -> tuple[bytes, ...]:
        """The revocation lists (DER) of root and issuing authority, signed at `when`.

        A list made after the certificate it vouches for proves more, and none is ever out of date. Not even the root's serves twice: seen
        from years later (ETSI EN 319 102-1), a list older than the signature it is to uphold proves nothing. They hold what was revoked by
        hand (`revoke`): one-time keys are destroyed within the second, and need no revocation of their own.
        """
        return tuple(self.signed_list(self._held(role, when), when) for role in ISSUERS)

    def signed_list(self, issuer: Credential, when: datetime, good_for: timedelta = timedelta(0)) -> bytes:
        """The revocation list (DER) of one authority at `when`: the last one signed here when it is not older than `good_for`."""
        name, stamp = mark(issuer.certificate), self.ring.revoked_stamp()
        made = self._lists.get(name)
        if made and made[1] == stamp and made[0] <= when <= made[0] + good_for:
            return made[2]
        revoked = [one.entry() for one in self._revoked() if one.issuer == name and one.at <= when]
        der = certificates.revocation_list(issuer, when, revoked).public_bytes(Encoding.DER)
        self._lists[name] = (when, stamp, der)
        return der

    def revoke(self, certificate: x509.Certificate, when: datetime, reason: str) -> bool:
        """Puts a certificate issued here on its issuer's list from `when` on. False when it is there already.

        Raises ValueError when no authority of this directory issued it.
        """
        issuer = next((one for one in self.issuers(when) if _issued(one, certificate)), None)
        if issuer is None:
            raise ValueError("issued by another authority")
        row = Revocation(mark(issuer), f"{certificate.serial_number:X}", when.astimezone(UTC).replace(microsecond=0), reason)
        with self.ring.alone():
            before = self._revoked()
            if any((one.issuer, one.serial) == (row.issuer, row.serial) for one in before):
                return False
            self.ring.write_revoked((*before, row))
        return True

    def rotate(self, role: str, when: datetime) -> Credential:
        """A new key for `role`; the former joins the former ones. Under a new root, everything else is made anew as well.

        Raises KeyTrouble when the role's key is in a token and still the same there, SignerUnavailable.
        """
        with self._lock, self._guarded():
            self.ring.prepare()
            if role != "root":
                self._obtain("root", when)  # before the lock: it may have to be renewed under it
            with self.ring.alone():
                made = self._make(role, when, self._new_key(role))
                self._replace(role, made)
        if role == "root":
            for other in ROLES[1:]:
                self.credential(other, when)
        return made

    def issuers(self, when: datetime) -> tuple[x509.Certificate, ...]:
        """Certificates of every root and issuing authority there has been, those in use first."""
        return tuple(self._held(role, when).certificate for role in ISSUERS) + tuple(
            one for role in ISSUERS for one in self._former_certificates(role)
        )

    def issuer(self, name: str, when: datetime) -> Credential | None:
        """The root or issuing authority of that mark, present or former, its key at hand; None when there is none."""
        current = [self._held(role, when) for role in ISSUERS]
        return next((one for one in (*current, *self._former()) if mark(one.certificate) == name), None)

    def chain(self, when: datetime) -> tuple[x509.Certificate, ...]:
        """Public certificates of the authority at `when`: root, issuing, timestamping."""
        return tuple(self.credential(role, when).certificate for role in ("root", "issuing", "timestamping"))

    def former_roots(self) -> tuple[x509.Certificate, ...]:
        """Roots there were before the one in use."""
        return tuple(self._former_certificates("root"))

    def trust(self, when: datetime) -> Trust:
        """What a verification made as of `when`, past or future, should trust: every root there has been, revocation lists of that day, and
        what was revoked by then, whichever authority issued it.

        Without lists when the keys that sign them are away: the documents carry those of their own day.
        """
        roots = [self._held("root", when).certificate, *self._former_certificates("root")]
        others = [self._held("issuing", when).certificate, *self._former_certificates("issuing")]
        try:
            lists = self.revocation_lists(when)
        except SignerUnavailable as error:
            log.warning("verifying without a list of the day: %s", error)
            lists = ()
        return Trust(tuple(map(_der, roots)), others=tuple(map(_der, others)), revocation_lists=lists, struck=self._struck(when))

    def root_pem(self) -> str:
        """The root certificate, then those there were before it, to be published so that anybody can check a signature with other tools."""
        with self._lock, self._guarded():
            present = self._read("root")
        held = [*([present.certificate] if present else []), *self._former_certificates("root")]
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in held)

    def check(self, when: datetime) -> None:
        """Every role can be used at `when`, its key being the one of its certificate. Raises SignerUnavailable."""
        for role in ROLES:
            probe(self.credential(role, when))

    def _held(self, role: str, when: datetime) -> Credential:
        with self._lock, self._guarded():
            return self._obtain(role, when)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise SignerUnavailable(f"keys in {self.ring.directory}: {error}") from error

    def _obtain(self, role: str, when: datetime) -> Credential:
        """What is on disk if fresh, else made. Two processes at once: the first file placed wins and the other reads it."""
        held = self._read(role)
        if held is None:
            self.ring.prepare()
            if self.ring.add(role, self._make(role, when, self._custody.key(role)).pem()):
                log.info("local authority: %s created in %s", role, self.ring.directory)
            held = self._read(role) or self._obtain(role, when)
        return held if self._fresh(role, held, when) else self._renew(role, when)

    def _renew(self, role: str, when: datetime) -> Credential:
        self.ring.prepare()
        if role != "root":
            self._obtain("root", when)  # before the lock: it may have to be renewed under it
        with self.ring.alone():
            held = self._read(role)
            if held is not None and self._fresh(role, held, when):  # another process was quicker
                return held
            made = self._make(role, when, self._custody.key(role))
            self._replace(role, made)
        log.info("local authority: %s renewed in %s", role, self.ring.directory)
        return made

    def _read(self, role: str) -> Credential | None:
        stamp = self.ring.stamp(role)
        if stamp is None:
            return None
        kept = self._loaded.get(role)
        if kept is None or kept[0] != stamp:
            self.ring.prepare()
            kept = self._loaded[role] = (stamp, self._custody.read(role, self.ring.path(role).read_bytes(), self._published))
        return kept[1]

    def _replace(self, role: str, made: Credential) -> None:
        self.ring.replace(role, made.pem())
        self._loaded[role] = (self.ring.stamp(role), made)

    def _new_key(self, role: str) -> PrivateKey | None:
        key = self._custody.key(role)
        stamp = self.ring.stamp(role)
        if key is not None and stamp is not None:
            present = x509.load_pem_x509_certificate(self.ring.path(role).read_bytes())
            if present.public_key() == key.public_key():
                raise KeyTrouble(
                    N_("La clé de « %(role)s » dans le jeton est déjà en service. Faites-en une autre, sous un autre nom, à donner ici."),
                    role=role,
                )
        return key

    def _make(self, role: str, when: datetime, key: PrivateKey | None) -> Credential:
        root = None if role == "root" else self._obtain("root", when)
        made = making.first(self._name, when, self._backdate, key) if root is None else making.under(root, role, self._name, when, key)
        return replace(made, published=self._published)

    def _fresh(self, role: str, held: Credential, when: datetime) -> bool:
        """Young enough, and under the root in use."""
        young = when < renewal(role, held.certificate)
        return young and (role == "root" or held.certificate.issuer == self._obtain("root", when).certificate.subject)

    def _former_certificates(self, role: str) -> list[x509.Certificate]:
        with self._guarded():
            return [x509.load_pem_x509_certificate(path.read_bytes()) for path in self.ring.former(role)]

    def _former(self) -> list[Credential]:
        """Former authorities whose keys are still at hand, newest last; the key of one that was in a token may not be."""
        found = []
        for role in ISSUERS:
            for path in self.ring.former(role):
                with self._guarded():
                    found.append(self._custody.former(role, path.read_bytes()))
        return [one for one in found if one is not None]

    def _struck(self, when: datetime) -> tuple[bytes, ...]:
        names = {mark(one): one.subject.public_bytes() for one in self.issuers(when)}
        revoked = (one for one in self._revoked() if one.at <= when and one.issuer in names)
        return tuple(strike(names[one.issuer], int(one.serial, 16), one.at) for one in revoked)

    def _revoked(self) -> tuple[Revocation, ...]:
        with self._guarded():
            return self.ring.revoked()


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
