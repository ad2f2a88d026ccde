"""The hand of the provider of tests: signs PDFs for people, really, under an authority of its own that is none of the product's."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pikepdf
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

Attributes = Mapping[x509.ObjectIdentifier, str]
NOTHING: Attributes = {}
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


@dataclass
class Identity:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        return asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def identity(name: str, parent: Identity | None = None, *, stamps: bool = False, more: Attributes = NOTHING) -> Identity:
    """A self-signed authority, or somebody under `parent` who signs (or `stamps` times); `more` attributes of their name."""
    key = rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(ec.SECP256R1())  # pyHanko's stamper is RSA only
    told = {**({NameOID.COMMON_NAME: name} if name else {}), **more}
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in told.items()])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent.certificate.subject if parent else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=parent is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=parent is not None,
                content_commitment=parent is not None and not stamps,
                key_cert_sign=parent is None,
                crl_sign=parent is None,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if stamps:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Identity(key, made.sign(parent.key if parent else key, hashes.SHA256()))


@dataclass
class Hand:
    """Signs. `now` is the time its authority stamps."""

    now: Any = lambda: datetime.now(UTC)
    root: Identity = field(default_factory=lambda: identity("Prestataire de test, racine"))
    _stamps: Identity | None = None

    @property
    def roots_pem(self) -> bytes:
        """What an operator is to trust."""
        return self.root.certificate.public_bytes(Encoding.PEM)

    def sign(self, pdf: bytes, name: str, box: tuple[int, int, int, int, int], number: int, more: Attributes = NOTHING) -> bytes:
        """`name` signs, visibly in `box` (page from 1, x, y, width, height from the top left), in a new increment."""
        page, x, y, width, height = box
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            top = float(opened.pages[page - 1].mediabox[3])
        who = identity(name, self.root, more=more)
        self._stamps = self._stamps or identity("Prestataire de test, horodatage", self.root, stamps=True)
        store = SimpleCertificateStore.from_certs([self.root.asn1])
        when = self.now().replace(microsecond=0)
        stamper = DummyTimeStamper(self._stamps.asn1, self._stamps.asn1_key, certs_to_embed=store, fixed_dt=when)
        signer = SimpleSigner(signing_cert=who.asn1, signing_key=who.asn1_key, cert_registry=store)
        metadata = PdfSignatureMetadata(
            field_name=f"Signature{number}", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=f"Signed by {name}"
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        where = SigFieldSpec(metadata.field_name or "", on_page=page - 1, box=(x, round(top) - y - height, x + width, round(top) - y))
        append_signature_field(writer, where)
        style = TextStampStyle(stamp_text=f"Signed by {name.encode('ascii', 'replace').decode()}")
        out = io.BytesIO()
        PdfSigner(metadata, signer, timestamper=stamper, stamp_style=style).sign_pdf(writer, output=out)
        return out.getvalue()


def rewritten(pdf: bytes) -> bytes:
    """As a provider that rewrites the file before it has it signed."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(made, linearize=True)
    return made.getvalue()


def trail(lines: list[str]) -> bytes:
    """A one-page PDF that says so."""
    made, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    document.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    said = " Tj 0 -16 Td ".join(f"({line.encode('latin-1', 'replace').decode('latin-1')})" for line in lines)
    document.pages[0].Contents = document.make_stream(f"BT /F1 11 Tf 60 780 Td {said} Tj ET".encode("latin-1"))
    document.save(made)
    return made.getvalue()
