"""The credentials of the authority's roles: how each is made, how long it lasts, when it is renewed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509

from charter.adapters.signer import certificates
from charter.adapters.signer.certificates import Credential, PrivateKey

YEAR = timedelta(days=365)
ISSUERS = ("root", "issuing")
"""The roles that issue certificates, and sign lists of those they revoke."""


@dataclass(frozen=True, slots=True)
class Life:
    """`life` is the certificate's validity; it is replaced once `renew_after` has passed since its making."""

    life: timedelta
    renew_after: timedelta


# A timestamp can be checked until its unit's certificate ends: yearly renewal keeps at least fourteen years ahead.
LIVES = {
    "root": Life(40 * YEAR, 40 * YEAR),
    "issuing": Life(20 * YEAR, 5 * YEAR),
    "timestamping": Life(15 * YEAR, YEAR),
    "platform": Life(3 * YEAR, YEAR),
}


def renewal(role: str, certificate: x509.Certificate) -> datetime:
    """From when on a certificate of `role` is renewed."""
    return certificate.not_valid_after_utc - LIVES[role].life + LIVES[role].renew_after


def first(name: str, when: datetime, backdate: timedelta, key: PrivateKey | None) -> Credential:
    """A root, valid from `backdate` before `when`."""
    start = (when - backdate).astimezone(UTC).replace(microsecond=0)
    return certificates.authority(f"{name} racine", name, start, _end("root", when), key=key)


def under(root: Credential, role: str, name: str, when: datetime, key: PrivateKey | None) -> Credential:
    """A credential of any other role, under `root`."""
    # Valid since the authority began: a clock handed in may later stand before the day of a renewal.
    start, end = root.certificate.not_valid_before_utc, _end(role, when)

    def named(what: str) -> x509.Name:
        return certificates.name(organisation=name, common=f"{name} {what}")

    makers: dict[str, Callable[[], Credential]] = {
        "issuing": lambda: certificates.authority(f"{name} signatures", name, start, end, parent=root, key=key),
        "timestamping": lambda: certificates.timestamping(named("horodatage"), start, end, root, key),
        "platform": lambda: certificates.signing(named("plateforme"), start, end, root, certificates.POLICY_PLATFORM, key=key),
    }
    return makers[role]()


def _end(role: str, when: datetime) -> datetime:
    return when.astimezone(UTC).replace(microsecond=0) + LIVES[role].life
