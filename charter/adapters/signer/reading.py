"""Facts read from signed bytes, before any judgement on them."""

from __future__ import annotations

import io
from datetime import datetime

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from charter.naming import one_line


def clean(text: str) -> str:
    """`text` on one line, without control or direction characters that would make it read otherwise; at most 500 characters."""
    return one_line(text)[:500]


def load_certificate(data: bytes) -> x509.Certificate:
    """A certificate from DER or PEM bytes. Raises ValueError."""
    return x509.Certificate.load(pem.unarmor(data)[2] if pem.detect(data) else data)


def token_time(signature: EmbeddedPdfSignature) -> datetime | None:
    """The time (aware) claimed by the signature's own timestamp token, not verified; None when it has none."""
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        return archive_time(token)
    return None


def archive_time(signed_data: object) -> datetime:
    """The time (aware) written in a timestamp token's signed data (RFC 3161 TSTInfo)."""
    moment: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native  # type: ignore[index]
    return moment


def signed_revisions(pdf: bytes) -> list[tuple[str, bytes]]:
    """Each signature's field with the document as it was when signed, oldest first: to compare how their pages look with the final file.

    Some attacks hide content from every structural check; only pictures of the pages tell. Raises what pyHanko raises on
    bytes that are no PDF: meant for documents `verify` found intact.
    """
    reader = PdfFileReader(io.BytesIO(pdf))
    return [(found.field_name, pdf[: int(found.byte_range[2]) + int(found.byte_range[3])]) for found in reader.embedded_regular_signatures]
