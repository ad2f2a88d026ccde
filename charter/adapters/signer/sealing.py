"""Signing PDF documents: PAdES baseline signatures, each an increment the earlier ones stay valid under."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    PreSignValidationStatus,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from charter.adapters.signer import engine, levels, stamp
from charter.adapters.signer.authority import LocalAuthority
from charter.adapters.signer.certificates import Credential
from charter.adapters.signer.engine import KeySigner, explained, lasting
from charter.adapters.signer.increments import Increment, require_empty, require_unsigned
from charter.adapters.signer.model import PLATFORM_FIELD, Sealed, SignerIdentity
from charter.adapters.signer.reading import clean, load_certificate
from charter.adapters.signer.seals import OutsideSeal
from charter.adapters.signer.timestamps import LocalTimestamps, TimestampSource

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Europe/Paris")
RESERVES: tuple[int | None, ...] = (None, 64 * 1024, 256 * 1024)
"""Room left for the signature, in hexadecimal digits: pyHanko's estimate, then more when it proves too small."""

_ARCHIVE_FIELD = "Horodatage d’archivage"  # french: a name inside the signed file, as all of it is
_OUT_OF_PAGE = InvisSigSettings(box_out_of_bounds=True)
"""An untagged invisible field is accepted by PDF/UA only outside the page; PDF/A wants it printable."""


class SealingService:
    """The local `Signer`: certificates of `authority`, time of `timestamps` (the authority's own by default).

    `seal` certifies instead of the authority's own platform certificate, when the operator has bought one. `font` is a TrueType file's
    bytes, cut to each stamp's letters; `zone` the time zone of the dates drawn. Safe to share between threads; not to be called from a
    running event loop.
    """

    def __init__(
        self,
        authority: LocalAuthority,
        font: bytes,
        *,
        timestamps: TimestampSource | None = None,
        seal: OutsideSeal | None = None,
        zone: ZoneInfo = ZONE,
        reserves: Sequence[int | None] = RESERVES,
    ) -> None:
        self._authority = authority
        self._font = font
        self._timestamps = timestamps or LocalTimestamps(authority)
        self._seal = seal
        self._zone = zone
        self._reserves = reserves

    def certify(self, pdf: bytes, *, when: datetime, reason: str) -> Sealed:
        """Certifies `pdf`: from now on signature fields may be filled and nothing else may change (DocMDP level 2).

        The field `PLATFORM_FIELD` is used when it exists, made invisible otherwise. Raises NotSealable, SignerUnavailable.
        """
        when = _instant(when)
        with explained():
            credential = self._seal.at(when) if self._seal else self._authority.credential("platform", when)
            metadata = self._metadata(PLATFORM_FIELD, reason, certify=True)
            signed, writer = self._embed(pdf, metadata, credential, when, None)
            return self._sealed(signed, credential, PLATFORM_FIELD, written=writer)

    def sign(
        self, pdf: bytes, *, field: str, identity: SignerIdentity, when: datetime, reason: str, location: str = "", final: bool = False
    ) -> Sealed:
        """`identity` signs in the existing field `field`, under a certificate made for this signature and a key destroyed after it.

        Level B-LT; with `final`, an archive timestamp over the whole document makes it B-LTA. Raises AlreadySigned,
        FieldMissing, NotSealable, SignerUnavailable.
        """
        when = _instant(when)
        with explained():
            name = clean(identity.name) or identity.email  # a name of nothing visible is no name
            identity = SignerIdentity(*map(clean, (name, identity.email, identity.organisation, identity.capacity)))
            credential = self._authority.issue(identity, when)
            metadata = self._metadata(field, reason, location=location, name=identity.name)
            drawn = stamp.lines(identity, when, self._zone, _serial(credential))
            signed, writer = self._embed(pdf, metadata, credential, when, stamp.StampStyle(lines=drawn, font=self._font))
            if final:
                return self._sealed(self._archived(signed, when), credential, field, final=True)
            return self._sealed(signed, credential, field, written=writer)

    def extend(self, pdf: bytes, *, when: datetime) -> bytes:
        """`pdf` with one more archive timestamp and the validation material of `when`.

        To be done before the last timestamp's certificate ends (fifteen years for the local authority) or its algorithms age.
        Raises NotSealable, SignerUnavailable.
        """
        with explained():
            return self._archived(pdf, _instant(when))

    def _metadata(self, field: str, reason: str, *, location: str = "", name: str = "", certify: bool = False) -> PdfSignatureMetadata:
        return PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=clean(reason) or None,
            location=clean(location) or None,
            name=clean(name) or None,
            certify=certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            embed_validation_info=True,
            signer_key_usage=self._seal.usage if certify and self._seal else {"non_repudiation"},
            # One increment a signature: every byte of the file is then under the last signature or timestamp.
            dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
        )

    def _validation(self, when: datetime, *, certify: bool = False, archive: bool = False) -> ValidationContext:
        """What may be believed while signing. An archive's last timestamp may come from a root of before."""
        root, *others = self._authority.chain(when)
        lists = self._authority.revocation_lists(when)
        roots = [root, *(self._authority.former_roots() if archive else ())]
        seal = self._seal if certify else None
        if seal is None and not self._timestamps.outside:
            return engine.inside(when, roots, others, lists)
        trusted = [*map(lasting, roots), *map(load_certificate, self._timestamps.roots), *map(lasting, seal.roots if seal else ())]
        ours = frozenset(issuer.subject.public_bytes() for issuer in self._authority.issuers(when))
        return engine.outside(when, trusted, [*others, *(seal.chain if seal else ())], lists, ours)

    def _embed(
        self, pdf: bytes, metadata: PdfSignatureMetadata, credential: Credential, when: datetime, style: stamp.StampStyle | None
    ) -> tuple[bytes, Increment]:
        known = self._seal.chain if metadata.certify and self._seal else self._authority.chain(when)[:2]
        signer = KeySigner(credential, known)
        for position, reserve in enumerate(self._reserves):
            spec = SigFieldSpec(PLATFORM_FIELD, invis_sig_settings=_OUT_OF_PAGE) if metadata.certify else None
            checked = replace(metadata, validation_context=self._validation(when, certify=metadata.certify))
            writing = _ClockedSigner(checked, signer, timestamper=self._timestamps.client(when), stamp_style=style, new_field_spec=spec)
            writing.when = when
            writer, output = Increment(io.BytesIO(pdf)), io.BytesIO()
            if metadata.certify:
                require_unsigned(writer)
            else:
                require_empty(writer, str(metadata.field_name))
            try:
                writing.sign_pdf(writer, existing_fields_only=not metadata.certify, bytes_reserved=reserve, output=output)
            except SigningError as error:
                if "larger than expected" not in str(error) or position == len(self._reserves) - 1:
                    raise
                log.warning("signature larger than the %s digits reserved, reserving more", reserve)
                continue
            return output.getvalue(), writer
        raise AssertionError("unreachable")

    def _archived(self, pdf: bytes, when: datetime) -> bytes:
        writing = PdfTimeStamper(self._timestamps.client(when), invis_settings=_OUT_OF_PAGE, readable_field_name=_ARCHIVE_FIELD)
        output = io.BytesIO()
        settings = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        believed = self._validation(when, archive=True)
        writing.timestamp_pdf(Increment(io.BytesIO(pdf)), "sha256", believed, output=output, dss_settings=settings)
        levels.require_archive(output.getvalue())
        return output.getvalue()

    def _sealed(self, pdf: bytes, credential: Credential, field: str, *, final: bool = False, written: Increment | None = None) -> Sealed:
        bought = self._seal is not None and field == PLATFORM_FIELD
        timestamp, level = levels.proven(pdf, field, final=final, outside=self._timestamps.outside, bought=bought, written=written)
        certificate = credential.certificate
        return Sealed(
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            certificate_pem=certificate.public_bytes(Encoding.PEM).decode(),
            serial=_serial(credential),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            timestamp=timestamp,
            level=level,
        )


class _ClockedSigner(PdfSigner):
    """pyHanko reads the machine's clock; this one is told the time. Nor does it put in the document what the signature holds already."""

    when: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """The session, at our time."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.when
        gather = session.perform_presign_validation

        async def gathered(pdf_out: BasePdfFileWriter | None = None) -> PreSignValidationStatus | None:
            found = await gather(pdf_out)
            if found is not None:
                paths = (_without_leaf(path) if path is found.signer_path else path for path in found.validation_paths)
                found = replace(found, validation_paths=list(paths))
            return found

        session.perform_presign_validation = gathered  # type: ignore[method-assign]
        return session


def _without_leaf(path: ValidationPath) -> ValidationPath:
    """The way to a signatory's certificate, which is in the signature: kept beside as well, all are read again by each who signs after."""
    between = list(path)[1:-1]
    return ValidationPath(path.trust_anchor, between[:-1], between[-1]) if between else ValidationPath(path.trust_anchor, (), None)


def _instant(when: datetime) -> datetime:
    """`when` in UTC, to the second: certificates and timestamps know no finer, and a fraction would put one before the other."""
    if when.tzinfo is None:
        raise ValueError("an aware datetime is expected")
    return when.astimezone(UTC).replace(microsecond=0)


def _serial(credential: Credential) -> str:
    return f"{credential.certificate.serial_number:X}"
