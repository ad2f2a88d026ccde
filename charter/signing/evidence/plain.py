"""How the evidence writes instants, hashes and certificates."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

Data = dict[str, Any]


def canonical(evidence: Data) -> bytes:
    """preuve.json: RFC 8785 canonical JSON, so that its own hash means something."""
    return rfc8785.dumps(evidence)


def instant(at: datetime | None) -> str:
    """ISO 8601 in UTC, to the second; empty for None."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def certificate(pem: str) -> Data:
    """A certificate as the evidence tells it: serial in upper-case hexadecimal, SHA-256 of its DER bytes as every viewer shows it, who it
    names and who issued it (RFC 4514), its dates, and itself."""
    found = x509.load_pem_x509_certificate(pem.encode())
    return {
        "serial": f"{found.serial_number:X}",
        "sha256": found.fingerprint(hashes.SHA256()).hex(),
        "subject": found.subject.rfc4514_string(),
        "issuer": found.issuer.rfc4514_string(),
        "not_before": instant(found.not_valid_before_utc),
        "not_after": instant(found.not_valid_after_utc),
        "pem": pem,
    }


def to_pem(ders: tuple[bytes, ...]) -> str:
    """Certificates (DER or PEM), as one PEM file."""
    return "".join(_pem(der) for der in ders)


def _pem(data: bytes) -> str:
    if data.lstrip().startswith(b"-----"):
        return data.decode()
    return x509.load_der_x509_certificate(data).public_bytes(Encoding.PEM).decode()
