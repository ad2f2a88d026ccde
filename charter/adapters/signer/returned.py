"""The signatures of a file that came back from elsewhere, in the order they were made."""

from __future__ import annotations

import io
from dataclasses import dataclass

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader

from charter.adapters.signer.reading import clean


@dataclass(frozen=True, slots=True)
class ReturnedSignature:
    """One signature: its field, its certificate (PEM), and how many bytes of the file there were when it was made.

    `names` are the names its certificate bears, each in words: the common name, then first names and surname (ETSI EN 319 412-2). `seal`:
    the certificate is an organisation's (EN 319 412-3), nobody's. `shown` is how it is told to people.
    """

    field: str
    certificate_pem: str
    length: int
    names: tuple[tuple[str, ...], ...] = ()
    seal: bool = False
    shown: str = ""


def returned_signatures(pdf: bytes) -> tuple[ReturnedSignature, ...]:
    """Every signature of a file `verify` found intact (it raises what pyHanko raises on anything else)."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return tuple(
        ReturnedSignature(
            found.field_name,
            pem.armor("CERTIFICATE", found.signer_cert.dump()).decode(),
            int(found.byte_range[2]) + int(found.byte_range[3]),
            *_subject(found.signer_cert.subject),
        )
        for found in reader.embedded_regular_signatures
    )


def _subject(subject: x509.Name) -> tuple[tuple[tuple[str, ...], ...], bool, str]:
    told = subject.native
    common, person = _words(told.get("common_name")), (*_words(told.get("given_name")), *_words(told.get("surname")))
    seal = not person and bool(told.get("organization_name") or told.get("organization_identifier"))
    shown = " ".join(common or person) or subject.human_friendly
    return tuple(each for each in (common, person) if each), seal, clean(shown)[:120]


def _words(value: str | list[str] | None) -> tuple[str, ...]:
    """An attribute, which may be there several times."""
    return (value,) if isinstance(value, str) else tuple(value or ())
