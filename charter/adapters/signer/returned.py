"""The signatures of a file that came back from elsewhere, in the order they were made."""

from __future__ import annotations

import io
from dataclasses import dataclass

from asn1crypto import pem
from pyhanko.pdf_utils.reader import PdfFileReader


@dataclass(frozen=True, slots=True)
class ReturnedSignature:
    """One signature: its field, its certificate (PEM), and how many bytes of the file there were when it was made."""

    field: str
    certificate_pem: str
    length: int


def returned_signatures(pdf: bytes) -> tuple[ReturnedSignature, ...]:
    """Every signature of a file `verify` found intact (it raises what pyHanko raises on anything else)."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return tuple(
        ReturnedSignature(
            found.field_name,
            pem.armor("CERTIFICATE", found.signer_cert.dump()).decode(),
            int(found.byte_range[2]) + int(found.byte_range[3]),
        )
        for found in reader.embedded_regular_signatures
    )
