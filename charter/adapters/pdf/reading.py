"""Looking into a PDF of ours without opening it for writing."""

from __future__ import annotations

import io

import pikepdf


def page_count(pdf: bytes) -> int:
    """How many pages it has. Raises `pikepdf.PdfError` when it is not a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def attached(pdf: bytes, name: str) -> bytes | None:
    """The file it carries under that name, None without one. Raises `pikepdf.PdfError` when it is not a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = document.attachments.get(name)
        return found.get_file().read_bytes() if found is not None else None
