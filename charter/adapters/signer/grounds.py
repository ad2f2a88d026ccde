"""What the judgement of certificates rests on: whom we trust, what the document carries, and who was struck off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager

from charter.adapters.signer.outside_time import SKEW
from charter.adapters.signer.reading import load_certificate
from charter.adapters.signer.trust import Trust, struck

TOLERANCE = timedelta(seconds=2)
NEWEST = 3
"""How many lists of one issuer are looked at for one moment."""
T = TypeVar("T", asn1_crl.CertificateList, asn1_x509.Certificate)
Struck = tuple[bytes, int]
"""The issuer's name (DER) and the serial number of a certificate struck off."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A revocation list, its days in force read once."""

    made: asn1_crl.CertificateList
    issuer: bytes
    begins: datetime
    ends: datetime | None

    @classmethod
    def read(cls, made: asn1_crl.CertificateList) -> _Listed:
        """Raises ValueError when it is not one."""
        body = made["tbs_cert_list"]
        return cls(made, made.issuer.dump(), body["this_update"].native, body["next_update"].native)

    def in_force(self, moment: datetime, apart: timedelta = TOLERANCE) -> bool:
        return self.begins <= moment + apart and (self.ends is None or moment <= self.ends)


class Grounds:
    """Everything about certificates that one open document's signatures are judged with."""

    def __init__(self, reader: PdfFileReader, trust: Trust) -> None:
        self._reader = reader
        self._trust = trust

    def context(self, moment: datetime, *, timestamps: bool = False) -> ValidationContext:
        """For certificates as of `moment` (aware). Stale lists are left out: they would count as a failure where none at all does not."""
        return ValidationContext(
            trust_manager=self._trusted_for_stamps if timestamps else self._trusted_for_people,
            certificate_registry=self._registry,
            crls=self._in_force(moment),
            ocsps=self._carried[1],
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )

    def struck_off(self, certificate: asn1_x509.Certificate, moment: datetime) -> bool:
        """Whether a list we trust, of any day, says that the certificate, or one it stands on, was revoked by `moment`."""
        since = self.struck_since(certificate)
        return since is not None and since <= moment

    def struck_since(self, certificate: asn1_x509.Certificate) -> datetime | None:
        """When the certificate, or the first one it stands on, was revoked according to those we trust."""
        name = certificate.issuer.dump()
        above = self._authorities.get(name)
        found = [self._struck.get((name, certificate.serial_number)), self._struck.get(above) if above else None]
        return min((one for one in found if one is not None), default=None)

    def shows_status(self, certificate: asn1_x509.Certificate, moment: datetime) -> bool:
        """Whether what shows that the certificate was not revoked is at hand."""
        issuer = certificate.issuer.dump()
        return bool(self._carried[1]) or any(one.issuer == issuer for one in self._document_lists if one.in_force(moment, SKEW))

    @cached_property
    def _trusted_for_people(self) -> SimpleTrustManager:
        return SimpleTrustManager.build(trust_roots=[load_certificate(made) for made in self._trust.roots])

    @cached_property
    def _trusted_for_stamps(self) -> SimpleTrustManager:
        return SimpleTrustManager.build(trust_roots=[load_certificate(made) for made in (*self._trust.roots, *self._trust.tsa_roots)])

    @cached_property
    def _registry(self) -> CertificateRegistry:
        """Where paths are sought, for all signatures: finding a certificate there is no reason to trust it."""
        carried = {made.dump(): made for made in self._carried[2] if _may_vouch(made)}
        registry: CertificateRegistry = CertificateRegistry.build([*carried.values(), *map(load_certificate, self._trust.others)])
        return registry

    def _in_force(self, moment: datetime) -> list[asn1_crl.CertificateList]:
        """The lists in force, at most a few by issuer: a document signed by fifty carries a hundred of the same day."""
        kept: dict[bytes, list[asn1_crl.CertificateList]] = defaultdict(list)
        for one in self._lists:
            if one.in_force(moment) and len(kept[one.issuer]) < NEWEST:
                kept[one.issuer].append(one.made)
        return [made for lists in kept.values() for made in lists]

    @cached_property
    def _trusted_lists(self) -> list[_Listed]:
        return [_Listed.read(asn1_crl.CertificateList.load(made)) for made in self._trust.revocation_lists]

    @cached_property
    def _document_lists(self) -> list[_Listed]:
        return [_Listed.read(made) for made in self._carried[0]]

    @cached_property
    def _lists(self) -> list[_Listed]:
        """Ours first, then the newest."""
        return [*self._trusted_lists, *sorted(self._document_lists, key=lambda one: one.begins, reverse=True)]

    @cached_property
    def _struck(self) -> dict[Struck, datetime]:
        return revoked(self._trust)

    @cached_property
    def _authorities(self) -> dict[bytes, Struck]:
        """Under which name and number each authority was itself issued, by its own name."""
        known = map(load_certificate, self._trust.others)
        return {one.subject.dump(): (one.issuer.dump(), one.serial_number) for one in known}

    @cached_property
    def _carried(self) -> tuple[list[asn1_crl.CertificateList], list[asn1_ocsp.OCSPResponse], list[asn1_x509.Certificate]]:
        """Revocation lists, status responses and certificates the document carries."""
        try:
            store = DocumentSecurityStore.read_dss(self._reader)
        except ValidationInfoReadingError:
            return [], [], []
        lists = (asn1_crl.CertificateList.load(held.get_object().read_data(DecodePurpose.CRL)) for held in store.crls)
        return _legible(lists), list(store.ocsps), _legible(store.load_certs())


def _legible(found: Iterable[T]) -> list[T]:
    """Those that are what they should be: anything may be put there, and helps nobody."""
    kept: list[T] = []
    with suppress(ValueError, TypeError):
        for one in found:
            _ = one.issuer.dump()
            kept.append(one)
    return kept


def _may_vouch(certificate: asn1_x509.Certificate) -> bool:
    """Whether another certificate or a status response may stand on it; signatories' own come with their signatures."""
    usage = certificate.extended_key_usage_value
    return bool(certificate.ca or (usage is not None and "ocsp_signing" in usage.native))


def revoked(trust: Trust) -> dict[Struck, datetime]:
    """Every certificate those we trust strike off, and since when."""
    found: dict[Struck, datetime] = {}
    lists = _entries(asn1_crl.CertificateList.load(made) for made in trust.revocation_lists)
    for issuer, serial, since in (*lists, *struck(trust.struck)):
        found[issuer, serial] = min(since, found.get((issuer, serial), since))
    return found


def _entries(lists: Iterable[asn1_crl.CertificateList]) -> Iterable[tuple[bytes, int, datetime]]:
    for made in lists:
        for entry in made["tbs_cert_list"]["revoked_certificates"] or ():
            yield made.issuer.dump(), entry["user_certificate"].native, entry["revocation_date"].native
