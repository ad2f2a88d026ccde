"""Where the signature fields of a document of ours are, as others count: page from 1, points from the top left corner."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pikepdf

Spot = tuple[int, int, int, int, int]
"""Page, x, y, width, height."""


def spots(pdf: bytes) -> Mapping[str, Spot]:
    """Each signature field by its name. Raises `pikepdf.PdfError` when it is not a PDF."""
    found: dict[str, Spot] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, start=1):
            for widget in page.obj.get("/Annots", []):
                field = widget if "/T" in widget else widget.get("/Parent")
                if field is None or "/Rect" not in widget or (widget.get("/FT") or field.get("/FT")) != "/Sig":
                    continue
                found[str(field["/T"])] = (number, *_box(widget["/Rect"], page.cropbox))
    return found


def _box(rectangle: Any, visible: Any) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = map(float, rectangle)
    left, _bottom, _right, top = map(float, visible)
    return round(min(x1, x2) - left), round(top - max(y1, y2)), round(abs(x2 - x1)), round(abs(y2 - y1))
