"""The examination of each signature and timestamp of a document, last to first in time (ETSI EN 319 142-1 baseline levels).

What is later vouches for what is earlier: the last document timestamp is checked as of now, the one before as of that
timestamp, and a signature's certificate as of its own proven time. Certificates may thus have ended since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data
from pyhanko.sign.validation.status import ModificationInfo, PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from charter.adapters.signer.reading import archive_time, clean, load_certificate, token_time
from charter.adapters.signer.trust import Trust

TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One signature. Times are aware.

    `time` is the time proven when `timestamp_ok`, else only claimed (None when not even that). `intact`: it matches the bytes it
    covers. `unchanged`: nothing forbidden was added afterwards; None when not analysed. `trusted`: its certificate was
    valid, at that time, under an authority trusted. `level`: B-B, B-T, B-LT or B-LTA. `certification`: it is the author's
    signature that freezes the document, the platform's when trusted. `serial` is upper-case hexadecimal.
    """

    field: str
    name: str
    organisation: str
    capacity: str
    time: datetime | None
    timestamp_ok: bool
    intact: bool
    unchanged: bool | None
    trusted: bool
    level: str
    certification: bool
    serial: str
    reason: str
    location: str


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """One document timestamp: `time` is what it says, believed when `intact` and `trusted`; another must have been added by `until`."""

    field: str
    time: datetime
    intact: bool
    trusted: bool
    until: datetime


class Examiner:
    """Examines one open document. `harmless_end` is known after `run`: what follows the last signature is permitted."""

    def __init__(self, reader: PdfFileReader, trust: Trust, now: datetime, full: bool) -> None:
        self._reader = reader
        self._trust = trust
        self._now = now
        self._full = full
        self._archived: list[tuple[int, datetime]] = []
        self.harmless_end = False

    async def run(self) -> tuple[list[ArchiveCheck], list[SignatureCheck]]:
        """Archive timestamps then signatures, each in the order they were made."""
        archives = [await self._archive(found) for found in reversed(self._reader.embedded_timestamp_signatures)]
        signatures = [await self._signature(found) for found in self._reader.embedded_regular_signatures]
        return archives[::-1], signatures

    async def _archive(self, found: EmbeddedPdfSignature) -> ArchiveCheck:
        until = found.signer_cert.not_valid_after
        moment = archive_time(found.signed_data)
        try:
            status = await async_validate_pdf_timestamp(
                found, self._context(self._known_at(found), timestamps=True), skip_diff=not self._analysed(found)
            )
        except SignatureValidationError:
            return ArchiveCheck(found.field_name, moment, intact=False, trusted=False, until=until)
        intact = bool(status.intact and status.valid and _covers(status.coverage) and self._unchanged(found, status) is not False)
        trusted = bool(intact and status.trusted and moment <= self._known_at(found) + TOLERANCE)
        if trusted:
            self._archived.append((found.signed_revision, moment))
        return ArchiveCheck(found.field_name, moment, intact, trusted, until)

    async def _signature(self, found: EmbeddedPdfSignature) -> SignatureCheck:
        claimed = token_time(found)
        latest = self._known_at(found)
        try:
            status = await self._status(found, claimed or latest, latest)
            stamped = bool(status.timestamp_validity and status.timestamp_validity.valid and status.timestamp_validity.trusted)
            if claimed and not stamped:  # a time nobody vouches for must not choose the day certificates are judged
                status = await self._status(found, latest, latest)
        except SignatureValidationError:
            return self._described(found, None, claimed, stamped=False)
        return self._described(found, status, claimed, stamped=stamped and claimed is not None and claimed <= latest + TOLERANCE)

    async def _status(self, found: EmbeddedPdfSignature, moment: datetime, latest: datetime) -> PdfSignatureStatus:
        return await async_validate_pdf_signature(
            found,
            signer_validation_context=self._context(moment),
            ts_validation_context=self._context(latest, timestamps=True),
            skip_diff=not self._analysed(found),
        )

    def _described(
        self, found: EmbeddedPdfSignature, status: PdfSignatureStatus | None, claimed: datetime | None, *, stamped: bool
    ) -> SignatureCheck:
        certificate, dictionary = found.signer_cert, found.sig_object
        subject = certificate.subject.native
        intact = bool(status and status.intact and status.valid and _covers(status.coverage))
        moment = claimed or found.self_reported_timestamp
        return SignatureCheck(
            field=found.field_name,
            name=_text(subject.get("common_name")),
            organisation=_text(subject.get("organization_name")),
            capacity=_text(subject.get("title")),
            time=moment if moment and moment.tzinfo else None,
            timestamp_ok=intact and stamped,
            intact=intact,
            unchanged=self._unchanged(found, status) if status else None,
            trusted=bool(intact and status and status.trusted),
            level=self._level(found, intact and stamped, claimed),
            certification=self._certification == found.field_name,
            serial=f"{certificate.serial_number:X}",
            reason=_text(dictionary.get("/Reason")),
            location=_text(dictionary.get("/Location")),
        )

    def _level(self, found: EmbeddedPdfSignature, stamped: bool, moment: datetime | None) -> str:
        if not stamped or moment is None:
            return "B-B"
        issuer = found.signer_cert.issuer
        listed = any(made.issuer == issuer for made in _usable(self._store[0], moment)) or bool(self._store[1])
        if not listed:
            return "B-T"
        return "B-LTA" if any(revision > found.signed_revision for revision, _ in self._archived) else "B-LT"

    def _known_at(self, found: EmbeddedPdfSignature) -> datetime:
        """The earliest time at which the signature is known to have existed already: a later archive timestamp's, else now."""
        return min((moment for revision, moment in self._archived if revision > found.signed_revision), default=self._now)

    def _analysed(self, found: EmbeddedPdfSignature) -> bool:
        """In quick mode the only difference looked at is what follows the last signature, most often nothing."""
        return self._full or found is self._last

    def _unchanged(self, found: EmbeddedPdfSignature, status: ModificationInfo) -> bool | None:
        if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
            return True
        if found is self._last and not self._continued(found):
            return False
        if not self._analysed(found):
            return None
        # Filling a form is all that may happen to a document of ours; annotations, allowed by default, are not.
        strict = found.docmdp_level == MDPPerm.NO_CHANGES
        allowed = ModificationLevel.LTA_UPDATES if strict else ModificationLevel.FORM_FILLING
        result = status.diff_result
        harmless = isinstance(result, DiffResult) and result.modification_level <= allowed
        if found is self._last:
            self.harmless_end = harmless
        return harmless

    def _continued(self, found: EmbeddedPdfSignature) -> bool:
        """Whether what follows the signature is whole revisions: bytes no reader looks at may be the stump of a cut file."""
        stream = self._reader.stream
        stream.seek(-64, 2)
        return bool(self._reader.total_revisions > found.signed_revision + 1 and stream.read().rstrip().endswith(b"%%EOF"))

    def _context(self, moment: datetime, *, timestamps: bool = False) -> ValidationContext:
        revocations, responses, certificates = self._store
        trust = self._trust
        known = [*revocations, *(asn1_crl.CertificateList.load(made) for made in trust.revocation_lists)]
        return ValidationContext(
            trust_roots=[load_certificate(made) for made in (*trust.roots, *(trust.tsa_roots if timestamps else ()))],
            other_certs=[*certificates, *map(load_certificate, trust.others)],
            crls=_usable(known, moment),
            ocsps=responses,
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )

    @cached_property
    def _last(self) -> EmbeddedPdfSignature | None:
        return self._reader.embedded_signatures[-1] if self._reader.embedded_signatures else None

    @cached_property
    def _certification(self) -> str | None:
        data = read_certification_data(self._reader)
        if data is None:
            return None
        return next((found.field_name for found in self._reader.embedded_regular_signatures if found.sig_object == data.author_sig), None)

    @cached_property
    def _store(self) -> tuple[list[asn1_crl.CertificateList], list[asn1_ocsp.OCSPResponse], list[asn1_x509.Certificate]]:
        """Revocation lists, status responses and certificates the document carries."""
        try:
            store = DocumentSecurityStore.read_dss(self._reader)
        except ValidationInfoReadingError:
            return [], [], []
        lists = [asn1_crl.CertificateList.load(held.get_object().read_data(DecodePurpose.CRL)) for held in store.crls]
        return lists, list(store.ocsps), list(store.load_certs())


def _usable(lists: Iterable[asn1_crl.CertificateList], moment: datetime) -> list[asn1_crl.CertificateList]:
    """Those in force at `moment`: a stale list would count as a failure where none at all does not."""
    return [
        made
        for made in lists
        if made["tbs_cert_list"]["this_update"].native <= moment + TOLERANCE
        and (made["tbs_cert_list"]["next_update"].native is None or moment <= made["tbs_cert_list"]["next_update"].native)
    ]


def _covers(coverage: SignatureCoverageLevel | None) -> bool:
    return coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)


def _text(value: object) -> str:
    """A name or a sentence read from the file, as one clean string."""
    return clean(", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))
