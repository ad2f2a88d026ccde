"""A token's keys under the interface of `cryptography`'s private keys: certificates, revocation lists, timestamps and signatures are
made with them as with any other.

Each signature is checked under the public key expected before it is used: a module that answers with another key, or wrongly, is told
rather than believed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from charter.adapters.signer.certificates import PrivateKey
from charter.adapters.signer.errors import KeyTrouble
from charter.adapters.signer.tokens import PublicKey, Token
from workflows.base import N_


def key_of(token: Token, label: str, public: PublicKey | None = None) -> PrivateKey:
    """The private key called `label`. `public`, when known, saves asking the token: it may then be away until the first signature.

    Raises KeyTrouble, SignerUnavailable.
    """
    known = public or token.public_key(label)
    return EcTokenKey(token, label, known) if isinstance(known, ec.EllipticCurvePublicKey) else RsaTokenKey(token, label, known)


@dataclass(frozen=True)
class EcTokenKey(ec.EllipticCurvePrivateKey):
    """An elliptic curve key of a token."""

    token: Token
    label: str
    public: ec.EllipticCurvePublicKey

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Its public half."""
        return self.public

    @property
    def curve(self) -> ec.EllipticCurve:
        """Its curve."""
        return self.public.curve

    @property
    def key_size(self) -> int:
        """Its curve's size, in bits."""
        return self.public.key_size

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """The DER signature of `data` hashed with SHA-256. The digest is made here: ECDSA over a digest is what every module knows."""
        from pkcs11.util.ec import encode_ecdsa_signature

        digest = hashlib.sha256(data).digest()
        made = encode_ecdsa_signature(self.token.sign(self.label, digest, "ECDSA"))
        try:
            self.public.verify(made, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        except InvalidSignature as error:
            raise _another(self.label) from error
        return made

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """Not done: these keys sign."""
        raise UnsupportedAlgorithm("this key signs only")

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Never: the token keeps them."""
        raise UnsupportedAlgorithm("this key does not leave its token")

    def private_bytes(self, encoding: object, format: object, encryption_algorithm: object) -> bytes:
        """Never: the token keeps them."""
        raise UnsupportedAlgorithm("this key does not leave its token")

    def __copy__(self) -> EcTokenKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> EcTokenKey:
        return self


@dataclass(frozen=True)
class RsaTokenKey(rsa.RSAPrivateKey):
    """An RSA key of a token."""

    token: Token
    label: str
    public: rsa.RSAPublicKey

    def public_key(self) -> rsa.RSAPublicKey:
        """Its public half."""
        return self.public

    @property
    def key_size(self) -> int:
        """Its modulus's size, in bits."""
        return self.public.key_size

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """The PKCS #1 v1.5 signature of `data` hashed with SHA-256."""
        made = self.token.sign(self.label, bytes(data), "SHA256_RSA_PKCS")
        try:
            self.public.verify(made, data, PKCS1, hashes.SHA256())
        except InvalidSignature as error:
            raise _another(self.label) from error
        return made

    def decrypt(self, ciphertext: bytes, padding: Any) -> bytes:
        """Not done: these keys sign."""
        raise UnsupportedAlgorithm("this key signs only")

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        """Never: the token keeps them."""
        raise UnsupportedAlgorithm("this key does not leave its token")

    def private_bytes(self, encoding: object, format: object, encryption_algorithm: object) -> bytes:
        """Never: the token keeps them."""
        raise UnsupportedAlgorithm("this key does not leave its token")

    def __copy__(self) -> RsaTokenKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> RsaTokenKey:
        return self


PKCS1 = padding.PKCS1v15()


def _another(label: str) -> KeyTrouble:
    return KeyTrouble(
        N_("HSM : la clé « %(label)s » n’est pas celle de son certificat. Remettez la bonne clé, ou lancez « charte keys rotate »."),
        label=label,
    )
