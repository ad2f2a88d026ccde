"""X.509 certificates and revocation lists of the local authority (RFC 5280), all on P-256 keys.

P-256 because widespread PDF readers refuse Ed25519, and RSA costs a hundred times more to make for each signatory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

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


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
"""Anything that signs under that interface of `cryptography`: in memory, or in a token that never lets it out (`tokens`)."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Where an authority's certificate and revocation list can be fetched: under `base`, an address without a final slash."""

    base: str

    def list_of(self, issuer: x509.Certificate) -> str:
        """Address of the revocation list signed by `issuer` (DER, RFC 5280 section 4.2.1.13)."""
        return f"{self.base}/{mark(issuer)}.crl"

    def certificate_of(self, issuer: x509.Certificate) -> str:
        """Address of `issuer` itself (DER, RFC 5280 section 4.2.2.1)."""
        return f"{self.base}/{mark(issuer)}.cer"


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key and its certificate; for an authority, `published` says where its own certificate and list are, if anywhere."""

    key: PrivateKey
    certificate: x509.Certificate
    published: Publication | None = None

    def pem(self) -> bytes:
        """Key (PKCS #8, unencrypted) then certificate; the certificate alone when the key cannot leave its token."""
        certificate = self.certificate.public_bytes(serialization.Encoding.PEM)
        try:
            key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        except UnsupportedAlgorithm:
            return certificate
        return key + certificate

    @classmethod
    def load(cls, pem: bytes) -> Credential:
        """Reads what `pem` wrote. Raises ValueError when it is damaged."""
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not an elliptic curve key")
        return cls.of(key, x509.load_pem_x509_certificate(pem))

    @classmethod
    def of(cls, key: PrivateKey, certificate: x509.Certificate) -> Credential:
        """Both together. Raises ValueError when they are not a pair."""
        if certificate.public_key() != key.public_key():
            raise ValueError("key and certificate do not go together")
        return cls(key, certificate)


def mark(certificate: x509.Certificate) -> str:
    """What tells an authority from every other, in file names and addresses: sixteen digits of its key's fingerprint."""
    return x509.SubjectKeyIdentifier.from_public_key(public_key(certificate)).digest.hex()[:16]


def public_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The certificate's key. Raises ValueError when it is of a kind not used here."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise ValueError("neither an elliptic curve nor an RSA key")
    return key


def name(**parts: str) -> x509.Name:
    """A distinguished name from `organisation`, `title` and `common` (French in general), each cut to what X.520 accepts.

    The 64 are bytes here: a letter of Cyrillic or Arabic counts for two.
    """
    oids = {"organisation": NameOID.ORGANIZATION_NAME, "title": NameOID.TITLE, "common": NameOID.COMMON_NAME}
    fit = {key: cut(value) for key, value in parts.items()}
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in fit.items() if value])


def cut(text: str, most: int = MAX_NAME) -> str:
    """The beginning of `text` that holds in `most` bytes."""
    return text.strip().encode()[:most].decode(errors="ignore").strip()


def authority(
    common: str, organisation: str, start: datetime, end: datetime, *, parent: Credential | None = None, key: PrivateKey | None = None
) -> Credential:
    """A certification authority: self-signed root when there is no `parent`, else one that signs end certificates only.

    `key` is one that exists already, in a token. The beginning of its fingerprint ends the authority's name, so that two generations
    are never confused.
    """
    key = key or new_key()
    ending = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8].upper()
    subject = name(organisation=organisation, common=f"{cut(common, MAX_NAME - 9)} {ending}")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    depth = x509.BasicConstraints(ca=True, path_length=0 if parent else 1)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(depth, True), (usage, True)]
    return _issue(key, subject, start, end, extensions, parent)


def timestamping(subject: x509.Name, start: datetime, end: datetime, parent: Credential, key: PrivateKey | None = None) -> Credential:
    """A timestamping unit's certificate: extended key usage timeStamping alone, critical (RFC 3161, section 2.3)."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
    ]
    return _issue(key or new_key(), subject, start, end, extensions, parent)


def signing(
    subject: x509.Name,
    start: datetime,
    end: datetime,
    parent: Credential,
    policy: ObjectIdentifier,
    *,
    email: str = "",
    key: PrivateKey | None = None,
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
    return _issue(key or new_key(), subject, start, end, extensions, parent)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key of this authority's kind."""
    return ec.generate_private_key(ec.SECP256R1())


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
    key: PrivateKey,
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
    for extension, critical in [*extensions, *_addresses(parent)]:
        builder = builder.add_extension(extension, critical=critical)
    return Credential(key, builder.sign(issuer_key, hashes.SHA256()))


def _addresses(issuer: Credential | None) -> list[tuple[x509.ExtensionType, bool]]:
    """Where whoever meets the certificate finds its issuer and that issuer's revocation list."""
    if issuer is None or issuer.published is None:
        return []
    crl = x509.UniformResourceIdentifier(issuer.published.list_of(issuer.certificate))
    above = x509.UniformResourceIdentifier(issuer.published.certificate_of(issuer.certificate))
    return [
        (x509.CRLDistributionPoints([x509.DistributionPoint([crl], None, None, None)]), False),
        (x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, above)]), False),
    ]


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
