"""The operator's own seal: an organisation's certificate bought from a trust service provider, used for the platform's certification.

Its key is in a PKCS #12 file, or in a token; its chain ends with roots of its own, and its status is asked of its issuer's servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from charter.adapters.signer.certificates import Credential
from charter.adapters.signer.errors import KeyTrouble
from charter.adapters.signer.keyring import Keyring
from charter.adapters.signer.token_keys import key_of
from charter.adapters.signer.tokens import Token
from workflows.base import N_

KEPT = "seal"


@dataclass(frozen=True)
class OutsideSeal:
    """A seal whose certificate others vouch for: its key, the certificates between it and its `roots`."""

    credential: Credential
    chain: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]

    def at(self, when: datetime) -> Credential:
        """The credential, provided it is in force at `when`. Raises KeyTrouble."""
        certificate = self.credential.certificate
        if not certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc:
            raise KeyTrouble(
                N_("Le certificat de cachet vaut du %(start)s au %(end)s : il n’est pas en vigueur. Renouvelez-le auprès de son émetteur."),
                start=f"{certificate.not_valid_before_utc:%Y-%m-%d}",
                end=f"{certificate.not_valid_after_utc:%Y-%m-%d}",
            )
        return self.credential

    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.credential.certificate.public_bytes(Encoding.DER)

    @property
    def usage(self) -> set[str]:
        """What its certificate allows of the two usages a seal may have, as pyHanko names them."""
        try:
            usage = self.credential.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            return set()
        return {"non_repudiation"} if usage.content_commitment else {"digital_signature"}


def from_file(path: Path, password: str, roots: Path | None) -> OutsideSeal:
    """The seal of a PKCS #12 file. Raises KeyTrouble, which names the setting and the mend."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
    except OSError as error:
        raise KeyTrouble(N_("SEAL_FILE : %(path)s ne se lit pas (%(why)s)."), path=path, why=error.strerror) from error
    except ValueError as error:
        text = N_("SEAL_FILE : %(path)s n’est pas un fichier PKCS #12, ou SEAL_PASSWORD n’est pas son mot de passe.")
        raise KeyTrouble(text, path=path) from error
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyTrouble(N_("SEAL_FILE : %(path)s doit tenir une clé (RSA ou courbe elliptique) et son certificat."), path=path)
    return _seal(Credential(key, certificate), others, roots)


def from_token(token: Token, label: str, certificates: Path, roots: Path | None) -> OutsideSeal:
    """The seal whose key is called `label` in the token and whose certificate is the first of a PEM file, those above it next.

    The token is asked nothing until the first signature. Raises KeyTrouble.
    """
    first, *others = read_certificates(certificates, "SEAL_CERTIFICATES")
    public = first.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise KeyTrouble(N_("SEAL_CERTIFICATES : %(path)s n’est ni pour une clé RSA, ni pour une courbe elliptique."), path=certificates)
    return _seal(Credential(key_of(token, label, public), first), others, roots)


def read_certificates(path: Path, setting: str) -> list[x509.Certificate]:
    """The certificates of a PEM file, one at least. Raises KeyTrouble naming `setting`."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise KeyTrouble(N_("%(setting)s : %(path)s ne se lit pas (%(why)s)."), setting=setting, path=path, why=error.strerror) from error
    except ValueError as error:
        raise KeyTrouble(N_("%(setting)s : %(path)s ne tient aucun certificat PEM."), setting=setting, path=path) from error


def _seal(credential: Credential, others: Sequence[x509.Certificate], roots: Path | None) -> OutsideSeal:
    """With the roots given, or else those that came along. Key and certificate must be a pair."""
    try:
        Credential.of(credential.key, credential.certificate)
    except ValueError as error:
        raise KeyTrouble(N_("La clé du cachet n’est pas celle de son certificat. Donnez les deux qui vont ensemble.")) from error
    alone = [one for one in others if one.issuer == one.subject]
    trusted = read_certificates(roots, "SEAL_ROOTS") if roots else alone
    if not trusted:
        raise KeyTrouble(N_("SEAL_ROOTS manque : donnez, en PEM, le certificat racine dont dépend le certificat de cachet."))
    return OutsideSeal(credential, tuple(one for one in others if one not in alone), tuple(trusted))


def keep(ring: Keyring, seal: OutsideSeal) -> None:
    """Keeps the seal's certificate with the authority's former ones: the documents it sealed are checked under it after it was replaced."""
    certificate = seal.credential.certificate
    ring.keep_former(f"{KEPT}-{certificate.serial_number:X}.pem", certificate.public_bytes(Encoding.PEM))


def kept(ring: Keyring) -> tuple[bytes, ...]:
    """Certificates (DER) of every seal there has been."""
    found = [x509.load_pem_x509_certificate(path.read_bytes()) for path in ring.former(KEPT)]
    return tuple(one.public_bytes(Encoding.DER) for one in found)
