"""What goes in and out of the signing engine, whatever the engine: other identity levels implement the same `Signer`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.base import N_

PLATFORM_FIELD = "plateforme"
"""Name of the signature field that carries the platform's certification, the first signature of every document."""

EIDAS_LEVEL = "simple"
"""The level claimed, on purpose the lowest: the presumption of reliability (décret n° 2017-1416) is for qualified signatures alone.
The words below are the only ones in which the product states it: pages, stamps and evidence take them from here."""

EIDAS_LABEL = N_("Signature électronique simple au sens du règlement (UE) n° 910/2014 (article 3, point 10)")
EIDAS_SHORT = N_("Signature électronique simple")
EIDAS_CLAIM = N_("C’est une signature électronique simple au sens du règlement (UE) n° 910/2014 : elle n’est ni avancée ni qualifiée.")
PROCUREMENT = N_(
    "Une collectivité ou un service de l’État est partie. Si ces documents forment un marché public, ou pourraient en former un, la "
    "signature simple de ce service ne suffit pas : il faut une signature électronique avancée reposant sur un certificat qualifié "
    "(arrêté du 22 mars 2019 relatif à la signature électronique des contrats de la commande publique)."
)


@dataclass(frozen=True, slots=True)
class SignerIdentity:
    """The person who signs, as established before: full name, verified e-mail, organisation and capacity (« présidente »)."""

    name: str
    email: str
    organisation: str
    capacity: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document with one more signature.

    `sha256` is the hexadecimal digest of `pdf`; `serial` the certificate's serial number in upper-case hexadecimal;
    `timestamp` the time proven by the timestamping authority (aware, UTC); `level` the PAdES baseline level reached
    (ETSI EN 319 142-1): B-LT, or B-LTA for the final signature.
    """

    pdf: bytes
    sha256: str
    certificate_pem: str
    serial: str
    not_before: datetime
    not_after: datetime
    timestamp: datetime
    level: str


class Signer(Protocol):
    """Anything that seals documents. Times are aware datetimes handed in, never read from the machine's clock.

    Every method raises SignerUnavailable when an engine is away and NotSealable when the bytes cannot be signed.
    """

    def certify(self, pdf: bytes, *, when: datetime, reason: str) -> Sealed:
        """The platform's first signature, after which signature fields may be filled and nothing else changed."""

    def sign(
        self, pdf: bytes, *, field: str, identity: SignerIdentity, when: datetime, reason: str, location: str = "", final: bool = False
    ) -> Sealed:
        """One person's signature in `field`; the `final` one also archives. Raises AlreadySigned, FieldMissing."""

    def extend(self, pdf: bytes, *, when: datetime) -> bytes:
        """The document with one more archive timestamp, so that its signatures can still be checked years later."""
