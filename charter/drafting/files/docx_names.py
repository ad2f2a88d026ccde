"""The names of WordprocessingML we write and read (ECMA-376, parts 1 and 2)."""

from __future__ import annotations

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"

APART = "CharteApart"
"""Style of the paragraphs of ours around the articles; what bears it, or a style whose name begins so, is not read as an article."""

APART_TITLE = "CharteApartTitre"
RESERVATION = "CharteApartReserve"
APART_NAME = "Charte à part"  # french: a style's name, as a word processor lists it
RESERVATION_NAME = f"{APART_NAME} réserve"  # french: the same
TABLE_HEADING = "TableHeading"
LIST_LEVELS = 9


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def r(name: str) -> str:
    """The qualified name of a relationship attribute."""
    return f"{{{R}}}{name}"
