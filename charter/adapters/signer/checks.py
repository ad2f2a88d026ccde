"""The examination of each signature and timestamp of a document, last to first in time (ETSI EN 319 142-1 baseline levels).

What is later vouches for what is earlier: the last document timestamp is checked as of now, the one before as of that
timestamp, and a signature's certificate as of its own proven time. Certificates may thus have ended since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from charter.adapters.signer import troubles
from charter.adapters.signer.evolution import Evolution
from charter.adapters.signer.grounds import TOLERANCE, Grounds
from charter.adapters.signer.model import PLATFORM_FIELD
from charter.adapters.signer.outside_time import SKEW
from charter.adapters.signer.ranges import Span, digests, span
from charter.adapters.signer.reading import archive_time, clean, token_time
from charter.adapters.signer.troubles import Trouble
from charter.adapters.signer.trust import Trust


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One signature. Times are aware.

    `time` is the time proven when `timestamp_ok`, else only claimed (None when not even that). `intact`: it matches the bytes it
    covers. `unchanged`: nothing forbidden was added afterwards; None when not analysed. `trusted`: its certificate was
    valid, at that time, under an authority trusted; `trouble` says why not. `level`: B-B, B-T, B-LT or B-LTA. `certification`: it is the
    author's signature that freezes the document, the platform's when trusted. `serial` is upper-case hexadecimal. `revision` counts the
    states of the document from 1: it signs this one, `size` bytes long. `revoked`: since when
    its certificate is revoked, once it had proven to have signed: that takes nothing from it (ETSI EN 319 102-1, 5.5.4: existence proven
    before the revocation); None otherwise.
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
    trouble: Trouble = Trouble.NONE
    revision: int = 0
    size: int = 0
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """One document timestamp: `time` is what it says, believed when `intact` and `trusted`; another must have been added by `until`.

    `unchanged`: nothing forbidden was added afterwards; None when not analysed.
    """

    field: str
    time: datetime
    intact: bool
    trusted: bool
    until: datetime
    unchanged: bool | None = None


class Examiner:
    """Examines one open document, `pdf` being its bytes.

    `strict` when it is certified as this product certifies: it then grew as our documents do, or was tampered with. After `run`,
    `states` are the SHA-256 of the file as it was at each signature and timestamp, in the order they were made.
    """

    def __init__(self, reader: PdfFileReader, pdf: bytes, trust: Trust, now: datetime, full: bool) -> None:
        self._reader = reader
        self._size = len(pdf)
        self._now = now
        self._full = full
        self._archived: list[tuple[int, datetime]] = []
        self._grounds = Grounds(reader, trust)
        self._spans = _spans(reader, pdf)
        read = digests(pdf, self._spans.values())
        for found in reader.embedded_signatures:
            place = self._spans.get(found.field_name)
            if place is not None and found.external_md_algorithm == "sha256":
                found.external_digests["sha256"] = read[place][0]
        self.states = tuple(read[place][1] for place in sorted(set(self._spans.values()), key=lambda one: one.end))
        self.strict = self._certification == PLATFORM_FIELD
        self.evolution = Evolution(reader, strict=self.strict)

    async def run(self) -> tuple[list[ArchiveCheck], list[SignatureCheck]]:
        """Archive timestamps then signatures, each in the order they were made."""
        archives = [await self._archive(found) for found in reversed(self._reader.embedded_timestamp_signatures)]
        signatures = [await self._signature(found) for found in self._reader.embedded_regular_signatures]
        return archives[::-1], signatures

    @property
    def last(self) -> EmbeddedPdfSignature | None:
        """The last signature or timestamp made."""
        return self._reader.embedded_signatures[-1] if self._reader.embedded_signatures else None

    @cached_property
    def closed(self) -> bool:
        """Whether nothing follows the last signature of a document of ours: nothing ever does. (Of other documents: True.)"""
        if not self.strict or self.last is None:
            return True
        place = self._spans.get(self.last.field_name)
        return place is not None and place.end == self._size

    @property
    def covered(self) -> bool:
        """Whether nothing follows the last signature, or nothing that matters where something may."""
        found = self.last
        if found is None:
            return True
        place = self._spans.get(found.field_name)
        return place is not None and (place.end == self._size or self._unchanged(found) is True)

    async def _archive(self, found: EmbeddedPdfSignature) -> ArchiveCheck:
        until = found.signer_cert.not_valid_after
        moment = archive_time(found.signed_data)
        latest = self._known_at(found)
        try:
            status = await async_validate_pdf_timestamp(found, self._grounds.context(latest, timestamps=True), skip_diff=True)
        except SignatureValidationError:
            return ArchiveCheck(found.field_name, moment, intact=False, trusted=False, until=until)
        intact = bool(status.intact and status.valid and self._covers(found, status.coverage) and (not self.strict or troubles.tidy(found)))
        trusted = bool(intact and status.trusted and moment <= self._not_after(latest))
        if trusted:
            self._archived.append((found.signed_revision, moment))
        return ArchiveCheck(found.field_name, moment, intact, trusted, until, self._unchanged(found))

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
        return self._described(found, status, claimed, stamped=stamped and claimed is not None and claimed <= self._not_after(latest))

    async def _status(self, found: EmbeddedPdfSignature, moment: datetime, latest: datetime) -> PdfSignatureStatus:
        return await async_validate_pdf_signature(
            found,
            signer_validation_context=self._grounds.context(moment),
            ts_validation_context=self._grounds.context(latest, timestamps=True),
            skip_diff=True,
        )

    def _described(
        self, found: EmbeddedPdfSignature, status: PdfSignatureStatus | None, claimed: datetime | None, *, stamped: bool
    ) -> SignatureCheck:
        certificate, dictionary = found.signer_cert, found.sig_object
        subject = certificate.subject.native
        intact = bool(status and status.intact and status.valid and self._covers(found, status.coverage))
        struck = self._grounds.struck_off(certificate, claimed if stamped and claimed else self._known_at(found))
        trouble = troubles.of(found, status, struck=struck, stamps_due=self.strict, dated=stamped) if status else Trouble.NONE
        moment = found.self_reported_timestamp if trouble is Trouble.STAMP else claimed or found.self_reported_timestamp
        return SignatureCheck(
            field=found.field_name,
            name=_text(subject.get("common_name")),
            organisation=_text(subject.get("organization_name")),
            capacity=_text(subject.get("title")),
            time=moment if moment and moment.tzinfo else None,
            timestamp_ok=intact and stamped,
            intact=intact,
            unchanged=self._unchanged(found) if status else None,
            trusted=bool(intact and status and status.trusted and not trouble),
            level=self._level(found, claimed if intact and stamped else None),
            certification=self._certification == found.field_name,
            serial=f"{certificate.serial_number:X}",
            reason=_text(dictionary.get("/Reason")),
            location=_text(dictionary.get("/Location")),
            trouble=trouble,
            revoked=None if trouble else self._grounds.struck_since(certificate),
            revision=self._revisions[found.field_name],
            size=self._spans[found.field_name].end if found.field_name in self._spans else 0,
        )

    def _level(self, found: EmbeddedPdfSignature, proven: datetime | None) -> str:
        if proven is None:
            return "B-B"
        if not self._grounds.shows_status(found.signer_cert, proven):
            return "B-T"
        return "B-LTA" if any(revision > found.signed_revision for revision, _ in self._archived) else "B-LT"

    def _known_at(self, found: EmbeddedPdfSignature) -> datetime:
        """The earliest time at which the signature is known to have existed already: a later archive timestamp's, else now."""
        return min((moment for revision, moment in self._archived if revision > found.signed_revision), default=self._now)

    def _not_after(self, latest: datetime) -> datetime:
        """The last time a stamp may tell: an outside authority's clock may be ahead of ours, two stamps of one document are in order."""
        return latest + (SKEW if latest == self._now else TOLERANCE)

    def _covers(self, found: EmbeddedPdfSignature, coverage: SignatureCoverageLevel | None) -> bool:
        whole = coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
        return whole and found.field_name in self._spans

    def _unchanged(self, found: EmbeddedPdfSignature) -> bool | None:
        """In quick mode the only difference looked at is what follows the last signature, most often nothing."""
        place = self._spans.get(found.field_name)
        if place is None or not self.closed:
            return False
        if place.end == self._size:
            return True
        if found is self.last and not self._continued(found):
            return False
        return self.evolution.harmless_after(found) if self._full or found is self.last else None

    def _continued(self, found: EmbeddedPdfSignature) -> bool:
        """Whether what follows the signature is whole revisions: bytes no reader looks at may be the stump of a cut file."""
        stream = self._reader.stream
        stream.seek(-64, 2)
        return bool(self._reader.total_revisions > found.signed_revision + 1 and stream.read().rstrip().endswith(b"%%EOF"))

    @cached_property
    def _revisions(self) -> dict[str, int]:
        return {found.field_name: number for number, found in enumerate(self._reader.embedded_signatures, start=1)}

    @cached_property
    def _certification(self) -> str | None:
        data = read_certification_data(self._reader)
        if data is None:
            return None
        return next((found.field_name for found in self._reader.embedded_regular_signatures if found.sig_object == data.author_sig), None)


def _spans(reader: PdfFileReader, pdf: bytes) -> dict[str, Span]:
    """The place of each signature in the bytes, by field; no place for what stands otherwise than it must, nor for one shown twice."""
    found: dict[str, Span] = {}
    for one in reader.embedded_signatures:
        place = span(pdf, one.byte_range, one.pkcs7_content)
        if place is not None and place not in found.values():
            found[one.field_name] = place
    return found


def _text(value: object) -> str:
    """A name or a sentence read from the file, as one clean string."""
    return clean(", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))
