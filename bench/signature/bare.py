"""The limit: pyHanko alone signing the same prepared file in a loop, in memory, with nothing kept, journalled or asked for in between.

The same features as ours: P-256, PAdES with embedded validation material, a revocation list of each authority, timestamps made in the
process, the same stamp, DocMDP certification first and an archive timestamp last. The signatory's certificate and the lists are made once,
before the loop.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from asn1crypto import keys
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference, TimestampDSSContentSettings
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from charter.adapters.signer import PLATFORM_FIELD, LocalAuthority, LocalTimestamps, SignerIdentity, stamp
from charter.adapters.signer.reading import load_certificate
from charter.adapters.signer.sealing import ZONE

OUT_OF_PAGE = InvisSigSettings(box_out_of_bounds=True)


class Bare:
    """pyHanko over an authority kept in `directory`, at `when`."""

    def __init__(self, directory: Path, font: bytes, when: datetime) -> None:
        self._when = when.replace(microsecond=0)
        authority = LocalAuthority.open(directory, self._when)
        self._font = font
        self._lists = list(authority.revocation_lists(self._when))
        self._chain = [load_certificate(one.public_bytes(Encoding.DER)) for one in authority.chain(self._when)]
        self._timestamps = LocalTimestamps(authority).client(self._when)
        self._one_time = authority.issue(SignerIdentity("Camille Benali", "a@exemple.test", "Vigie", "présidente"), self._when)
        self._signer = self._simple(self._one_time)
        self._platform = self._simple(authority.credential("platform", self._when))

    def certify(self, pdf: bytes) -> bytes:
        """The first signature."""
        spec = SigFieldSpec(PLATFORM_FIELD, invis_sig_settings=OUT_OF_PAGE)
        engine = PdfSigner(self._metadata(PLATFORM_FIELD, True), self._platform, timestamper=self._timestamps, new_field_spec=spec)
        return self._written(engine, pdf, existing=False)

    def sign(self, pdf: bytes, field: str, identity: SignerIdentity) -> bytes:
        """One more, with its stamp."""
        drawn = stamp.lines(identity, self._when, ZONE, f"{self._one_time.certificate.serial_number:X}")
        style = stamp.StampStyle(lines=drawn, font=self._font)
        engine = PdfSigner(self._metadata(field, False), self._signer, timestamper=self._timestamps, stamp_style=style)
        return self._written(engine, pdf, existing=True)

    def archive(self, pdf: bytes) -> bytes:
        """The archive timestamp."""
        engine, output = PdfTimeStamper(self._timestamps, invis_settings=OUT_OF_PAGE), io.BytesIO()
        settings = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        engine.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256", self._context(), output=output, dss_settings=settings)
        return output.getvalue()

    def _written(self, engine: PdfSigner, pdf: bytes, *, existing: bool) -> bytes:
        output = io.BytesIO()
        engine.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=existing, output=output)
        return output.getvalue()

    def _metadata(self, field: str, certify: bool) -> PdfSignatureMetadata:
        return PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            reason="Lu et approuvé pour Vigie Sécurité du Plateau n° 12",
            name="Camille Benali",
            embed_validation_info=True,
            validation_context=self._context(),
            dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
        )

    def _context(self) -> ValidationContext:
        root, *others = self._chain
        return ValidationContext(
            trust_roots=[root],
            other_certs=others,
            crls=self._lists,
            moment=self._when,
            allow_fetching=False,
            revocation_mode="require",
        )

    def _simple(self, credential: object) -> SimpleSigner:
        store = SimpleCertificateStore()
        store.register_multiple(self._chain[:2])
        der = credential.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
        certificate = load_certificate(credential.certificate.public_bytes(Encoding.DER))  # type: ignore[attr-defined]
        return SimpleSigner(signing_cert=certificate, signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store)


class Loop:
    """The same documents signed by `bare`, one signatory after the other."""

    def __init__(self, bare: Bare, documents: Iterable[bytes]) -> None:
        self._bare = bare
        self.documents = list(documents)
        self._certified = False

    def sign(self, field: str, identity: SignerIdentity, *, final: bool) -> None:
        """One more signatory, in each document."""
        for position, pdf in enumerate(self.documents):
            begun = pdf if self._certified else self._bare.certify(pdf)
            signed = self._bare.sign(begun, field, identity)
            self.documents[position] = self._bare.archive(signed) if final else signed
        self._certified = True
