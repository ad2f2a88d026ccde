"""Signatures that are well made and worth nothing, and timestamps taken elsewhere. All with keys of the tests' own."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from charter.adapters.signer import certificates
from charter.adapters.signer.certificates import Credential
from tests.attacks.increments import Increment
from tests.attacks.originals import NOW

RANGE = re.compile(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)\s*\]")


def twin(of: x509.Certificate, parent: Credential | None = None) -> Credential:
    """An authority's certificate with the very names, dates and key identifier of another's, and a key of ours."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, signing = (parent.certificate.subject, parent.key) if parent else (of.subject, key)
    builder = x509.CertificateBuilder().subject_name(of.subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(of.serial_number).not_valid_before(of.not_valid_before_utc).not_valid_after(of.not_valid_after_utc)
    for extension in of.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return Credential(key, builder.sign(signing, hashes.SHA256()))


def signatory(parent: Credential, start: datetime, end: datetime) -> Credential:
    """A person's certificate under an authority, for the time given."""
    subject = certificates.name(organisation="Organisation 1", common="Camille Nom1")
    return certificates.signing(subject, start, end, parent, certificates.POLICY_SIGNATORY)


def signed_by(
    pdf: bytes,
    field: str,
    credential: Credential,
    chain: list[x509.Certificate],
    *,
    digest: str = "sha256",
    stamper: TimeStamper | None = None,
) -> bytes:
    """`pdf` with one more signature in an existing field, by that certificate."""
    known = SimpleCertificateStore()
    known.register_multiple(_asn1(one) for one in chain)
    key = keys.PrivateKeyInfo.load(credential.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    signer = SimpleSigner(signing_cert=_asn1(credential.certificate), signing_key=key, cert_registry=known)
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm=digest)
    made = io.BytesIO()
    PdfSigner(metadata, signer, timestamper=stamper).sign_pdf(Increment(io.BytesIO(pdf)), existing_fields_only=True, output=made)
    return made.getvalue()


def ended(parent: Credential) -> Credential:
    """A certificate that ended before the documents were signed."""
    return signatory(parent, NOW - timedelta(hours=20), NOW - timedelta(hours=2))


def struck_off(issuer: Credential, credential: Credential, since: datetime) -> bytes:
    """The issuer's list, with that certificate on it."""
    entry = x509.RevokedCertificateBuilder().serial_number(credential.certificate.serial_number).revocation_date(since).build()
    return certificates.revocation_list(issuer, since, [entry]).public_bytes(Encoding.DER)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _value(pdf: bytes, number: int) -> tuple[int, int, cms.ContentInfo]:
    found = list(RANGE.finditer(pdf))[number]
    hole, resume = int(found.group(2)), int(found.group(3))
    return hole, resume, cms.ContentInfo.load(bytes.fromhex(pdf[hole + 1 : resume - 1].decode()))


def _with_attributes(pdf: bytes, attributes: cms.CMSAttributes | None) -> bytes:
    """The last signature's value, with other unsigned attributes."""
    hole, resume, message = _value(pdf, -1)
    signer = message["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = attributes if attributes is not None else cms.CMSAttributes([])
    digits = message.dump(force=True).hex().encode()
    return pdf[: hole + 1] + digits.ljust(resume - hole - 2, b"0") + pdf[resume - 1 :]


def stamp_of_another(pdf: bytes, donor: bytes | None = None, number: int = 1) -> bytes:
    """The last signature bears the timestamp of another one: of the same file, or of a `donor`."""
    _, _, message = _value(donor or pdf, number)
    taken = message["content"]["signer_infos"][0]["unsigned_attrs"]
    return _with_attributes(pdf, cms.CMSAttributes.load(taken.untag().dump()))


def stamp_removed(pdf: bytes) -> bytes:
    """The last signature has lost its timestamp."""
    return _with_attributes(pdf, None)
