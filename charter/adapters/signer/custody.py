"""Who keeps each key of the authority: files of its own directory by default, a PKCS #11 token for the roles the operator names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from charter.adapters.signer import certificates
from charter.adapters.signer.certificates import Credential, PrivateKey, Publication
from charter.adapters.signer.errors import KeyTrouble
from charter.adapters.signer.token_keys import EcTokenKey, RsaTokenKey, key_of
from charter.adapters.signer.tokens import Token
from workflows.base import N_

ROLES = ("root", "issuing", "timestamping", "platform")
SETTINGS = {
    "root": "HSM_ROOT_KEY",
    "issuing": "HSM_ISSUING_KEY",
    "timestamping": "HSM_TIMESTAMPING_KEY",
    "platform": "HSM_SEAL_KEY",
}
_KEY = b"PRIVATE KEY-----"
ECDSA = ec.ECDSA(hashes.SHA256())
_PROBE = b"charte du faire alliance: is this key the one of its certificate?"


@dataclass(frozen=True)
class Custody:
    """`labels` names, for each role kept in `token`, its key there; the other roles are files."""

    token: Token | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def key(self, role: str) -> PrivateKey | None:
        """The role's key in the token; None when the role is a file. Raises KeyTrouble, SignerUnavailable."""
        if self.token is None or role not in self.labels:
            return None
        key = key_of(self.token, self.labels[role])
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyTrouble(
                N_("%(setting)s : l’autorité veut une clé sur courbe elliptique (P-256 ou P-384), celle-ci est RSA. Faites-en une autre."),
                setting=SETTINGS[role],
            )
        return key

    def read(self, role: str, pem: bytes, published: Publication | None) -> Credential:
        """The credential written in `pem`, its key there or in the token. Raises ValueError (damaged), KeyTrouble (kept elsewhere)."""
        if role in self.labels and self.token is not None:
            if _KEY in pem:
                raise KeyTrouble(
                    N_("%(setting)s est donné, mais la clé en service est encore un fichier. Lancez « charte keys rotate %(role)s »."),
                    setting=SETTINGS[role],
                    role=role,
                )
            certificate = x509.load_pem_x509_certificate(pem)
            return Credential(key_of(self.token, self.labels[role], certificates.public_key(certificate)), certificate, published)
        if pem.strip() and _KEY not in pem:
            x509.load_pem_x509_certificate(pem)
            raise KeyTrouble(
                N_(
                    "%(setting)s manque : la clé en service est dans un jeton. Redonnez son nom, ou lancez « charte keys rotate %(role)s »."
                ),
                setting=SETTINGS[role],
                role=role,
            )
        found = Credential.load(pem)
        return Credential(found.key, found.certificate, published)

    def former(self, role: str, pem: bytes) -> Credential | None:
        """A former credential with its key; None when the key was in a token that now holds another. Raises ValueError."""
        if _KEY in pem:
            return Credential.load(pem)
        certificate = x509.load_pem_x509_certificate(pem)
        key = self.key(role)
        return Credential(key, certificate) if key is not None and key.public_key() == certificate.public_key() else None


def probe(credential: Credential) -> None:
    """Has a token's key sign something: it checks itself against the certificate. Nothing for a file.

    Raises KeyTrouble, SignerUnavailable.
    """
    if isinstance(credential.key, EcTokenKey):
        credential.key.sign(_PROBE, ECDSA)
    elif isinstance(credential.key, RsaTokenKey):
        credential.key.sign(_PROBE, None, None)
