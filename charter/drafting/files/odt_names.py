"""The names of OpenDocument we write and read (ISO/IEC 26300, version 1.3)."""

from __future__ import annotations

_BASE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = {
    "office": f"{_BASE}office:1.0",
    "style": f"{_BASE}style:1.0",
    "text": f"{_BASE}text:1.0",
    "table": f"{_BASE}table:1.0",
    "draw": f"{_BASE}drawing:1.0",
    "fo": f"{_BASE}xsl-fo-compatible:1.0",
    "svg": f"{_BASE}svg-compatible:1.0",
    "meta": f"{_BASE}meta:1.0",
    "script": f"{_BASE}script:1.0",
    "manifest": f"{_BASE}manifest:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items() if prefix != "manifest")
MEDIA = "application/vnd.oasis.opendocument.text"

APART = "Charte_20_a_20_part"
"""Style of the paragraphs of ours around the articles; what bears it, or a style whose name begins so, is not read as an article."""

APART_TITLE = f"{APART}_20_titre"
RESERVATION = f"{APART}_20_reserve"
TABLE_HEADING = "Table_20_Heading"


def q(name: str) -> str:
    """The qualified name: `q("text:p")`."""
    prefix, _, local = name.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"
