"""X.509 certificates and revocation lists of the local authority (RFC 5280), all on P-256 keys.

P-256 because widespread PDF readers refuse Ed25519, and RSA costs a hundred times more to make for each signatory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

_ARC = "2.25.128547367886517941546181308900959558730"
"""Our own branch of the object identifier tree, under the UUID arc (Rec. ITU-T X.667)."""

POLICY_SIGNATORY = ObjectIdentifier(_ARC + ".1")
POLICY_PLATFORM = ObjectIdentifier(_ARC + ".2")
TIMESTAMP_POLICY = _ARC + ".3"
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""Extended key usage « document signing » (RFC 9336)."""

MAX_NAME = 64
"""Upper bound of common name, organisation and title (RFC 5280, appendix A)."""

CRL_VALIDITY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def pem(self) -> bytes:
        """Key (PKCS #8, unencrypted) then certificate."""
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return key + self.certificate.public_bytes(serialization.Encoding.PEM)

    @classmethod
    def load(cls, pem: bytes) -> Credential:
        """Reads what `pem` wrote. Raises ValueError when it is damaged."""
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not an elliptic curve key")
        certificate = x509.load_pem_x509_certificate(pem)
        if certificate.public_key() != key.public_key():
            raise ValueError("key and certificate do not go together")
        return cls(key, certificate)


def name(**parts: str) -> x509.Name:
    """A distinguished name from `organisation`, `title` and `common` (French in general), each cut to what X.520 accepts."""
    oids = {"organisation": NameOID.ORGANIZATION_NAME, "title": NameOID.TITLE, "common": NameOID.COMMON_NAME}
    return x509.Name([x509.NameAttribute(oids[key], value.strip()[:MAX_NAME]) for key, value in parts.items() if value.strip()])


def authority(common: str, organisation: str, start: datetime, end: datetime, *, parent: Credential | None = None) -> Credential:
    """A certification authority: self-signed root when there is no `parent`, else one that signs end certificates only.

    The beginning of the key's fingerprint ends its name, so that two generations of an authority are never confused.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8].upper()
    subject = name(organisation=organisation, common=f"{common[: MAX_NAME - 9]} {mark}")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    depth = x509.BasicConstraints(ca=True, path_length=0 if parent else 1)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(depth, True), (usage, True)]
    return _issue(key, subject, start, end, extensions, parent)


def timestamping(subject: x509.Name, start: datetime, end: datetime, parent: Credential) -> Credential:
    """A timestamping unit's certificate: extended key usage timeStamping alone, critical (RFC 3161, section 2.3)."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
    ]
    return _issue(ec.generate_private_key(ec.SECP256R1()), subject, start, end, extensions, parent)


def signing(
    subject: x509.Name, start: datetime, end: datetime, parent: Credential, policy: ObjectIdentifier, email: str = ""
) -> Credential:
    """A document signing certificate under `policy`, with the e-mail address as alternative name when it can be written."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True, content_commitment=True), True),
        (x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), False),
        (x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), False),
    ]
    if address := _ascii_email(email):
        extensions.append((x509.SubjectAlternativeName([x509.RFC822Name(address)]), False))
    return _issue(ec.generate_private_key(ec.SECP256R1()), subject, start, end, extensions, parent)


def revocation_list(issuer: Credential, when: datetime, revoked: Sequence[x509.RevokedCertificate] = ()) -> x509.CertificateRevocationList:
    """The list signed at `when`, good for a day. Its number grows with time, as RFC 5280 section 5.2.3 asks."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(when)
        .next_update(when + CRL_VALIDITY)
        .add_extension(x509.CRLNumber(int(when.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256())


def _issue(
    key: ec.EllipticCurvePrivateKey,
    subject: x509.Name,
    start: datetime,
    end: datetime,
    extensions: list[tuple[x509.ExtensionType, bool]],
    parent: Credential | None,
) -> Credential:
    issuer_name, issuer_key = (parent.certificate.subject, parent.key) if parent else (subject, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        # A certificate never outlives its issuer: some readers check that the periods nest.
        .not_valid_after(min(end, parent.certificate.not_valid_after_utc) if parent else end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Credential(key, builder.sign(issuer_key, hashes.SHA256()))


def _usage(**granted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{usage: granted.get(usage, False) for usage in names})


def _ascii_email(email: str) -> str:
    """The address as rfc822Name allows it (ASCII, internationalised domain in its encoded form); empty when it cannot be."""
    local, _, domain = email.strip().rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}" if local and domain else ""
    except UnicodeError:
        return ""
