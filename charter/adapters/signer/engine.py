"""What pyHanko is given to work with: a signer over any of our keys, and what it may believe and fetch while signing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    InsufficientRevinfoError,
    OCSPValidationError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from charter.adapters.signer.certificates import Credential
from charter.adapters.signer.errors import Away, NotSealable, SignerUnavailable
from charter.adapters.signer.fetching import Backend
from charter.adapters.signer.reading import load_certificate

TOLERANCE = timedelta(minutes=5)
"""Between our clock and the one of an outside authority's revocation server."""


class KeySigner(Signer):
    """Signs with the key of `credential`, wherever it is kept; `known` are the certificates that lead to its root."""

    def __init__(self, credential: Credential, known: Iterable[x509.Certificate]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(map(lasting, known))
        super().__init__(signing_cert=as_asn1(credential.certificate), cert_registry=store)
        self._key = credential.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of `data`; as many bytes at least when `dry_run`: a token is not asked twice."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return bytes(self._key.key_size // 8) if dry_run else self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return bytes(self._key.key_size // 4 + 9) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def inside(
    when: datetime, roots: Sequence[x509.Certificate], others: Sequence[x509.Certificate], lists: Sequence[bytes]
) -> ValidationContext:
    """What may be believed at `when` of our own certificates: our lists, nothing fetched, and no certificate without its status."""
    return ValidationContext(
        trust_roots=[lasting(one) for one in roots],
        other_certs=[lasting(one) for one in others],
        crls=list(lists),
        moment=when,
        allow_fetching=False,
        revocation_mode="require",
    )


def outside(
    when: datetime,
    roots: Sequence[asn1_x509.Certificate],
    others: Sequence[x509.Certificate],
    lists: Sequence[bytes],
    ours: frozenset[bytes],
) -> ValidationContext:
    """The same when an outside authority takes part: the status of its certificates is fetched where they say, and must be had
    (fetching.py).

    One that declares no status has none. `ours` are the names (DER) of our own authorities, whose lists are at hand and never fetched.
    """
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=[lasting(one) for one in others],
        crls=list(lists),
        moment=when,
        allow_fetching=True,
        fetcher_backend=Backend(ours),
        revocation_mode="hard-fail",
        time_tolerance=TOLERANCE,
    )


@contextmanager
def explained() -> Iterator[None]:
    """Engine failures as errors of ours."""
    try:
        yield
    except (TimeoutError, TimestampRequestError) as error:
        raise SignerUnavailable(f"timestamping: {error}", away=Away.TIMESTAMPS) from error
    except (PathError, ValidationError, CRLValidationError, OCSPValidationError) as error:
        raise _unproven(error) from error
    except (PdfError, SigningError) as error:
        if isinstance(error.__cause__, PathError | ValidationError):
            raise _unproven(error.__cause__) from error
        raise NotSealable(str(error)) from error


def _unproven(error: Exception) -> SignerUnavailable:
    """A certificate could not be proven good: most often its revocation server is away."""
    lacking = isinstance(error, InsufficientRevinfoError | CRLValidationError | OCSPValidationError) and not isinstance(error, RevokedError)
    return SignerUnavailable(f"certificate: {error}", away=Away.REVOCATION if lacking else Away.KEYS)


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko reads it."""
    return load_certificate(certificate.public_bytes(Encoding.DER))


class _Read(threading.local):
    """Certificates met at each signature: pyHanko reads and compares their names at leisure, too slowly to begin again each time.

    Kept by the thread: what is read at leisure is not made for two at once.
    """

    def __init__(self) -> None:
        self.certificate = lru_cache(64)(load_certificate)


_read = _Read()


def lasting(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same as `as_asn1`, read once: for an authority's certificate, not a signatory's."""
    return _read.certificate(certificate.public_bytes(Encoding.DER))
