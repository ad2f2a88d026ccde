"""What a document may be at most, and what the process that lays it out may use.

Layout time grows out of all proportion with depth and spans (a `colspan` of a million, 135 nested boxes end an
interpreter), so they are counted on the parsed tree before any layout starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from xml.etree.ElementTree import Element

from workflows.base import N_


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts are of the whole document; `depth` of its deepest element; seconds and bytes are of the laying-out process."""

    html_bytes: int = 6_000_000
    attachment_bytes: int = 20_000_000
    elements: int = 80_000
    depth: int = 100
    table_depth: int = 8
    list_depth: int = 24
    span: int = 50
    rows: int = 6_000
    images: int = 200
    image_pixels: int = 24_000_000
    pages: int = 600
    cpu_seconds: int = 120
    wall_seconds: float = 180.0
    memory_bytes: int = 1_500_000_000

    def plain(self) -> dict[str, int | float]:
        """As a JSON object."""
        return asdict(self)


MESSAGES = {
    "html_bytes": N_("Le document est trop long : %(limit)s octets de texte au plus"),
    "attachment_bytes": N_("Les pièces jointes au document sont trop volumineuses : %(limit)s octets au plus"),
    "elements": N_("Le document compte trop d’éléments : %(limit)s au plus"),
    "depth": N_("Le texte est trop imbriqué : %(limit)s niveaux au plus"),
    "table_depth": N_("Trop de tableaux sont imbriqués les uns dans les autres : %(limit)s niveaux au plus"),
    "list_depth": N_("Trop de listes sont imbriquées les unes dans les autres : %(limit)s niveaux au plus"),
    "span": N_("Une cellule de tableau s’étend sur trop de lignes ou de colonnes : %(limit)s au plus"),
    "rows": N_("Les tableaux du document comptent trop de lignes : %(limit)s au plus"),
    "images": N_("Le document compte trop d’images : %(limit)s au plus"),
    "image_pixels": N_("Une image du document est trop grande : %(limit)s points au plus"),
    "pages": N_("Le document compte trop de pages : %(limit)s au plus"),
}


class Excess(Exception):
    """A limit is passed; `what` names it (a key of `MESSAGES`)."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def check_tree(root: Element, limits: Limits) -> None:
    """Count a parsed HTML tree; raises Excess at the first limit passed. Never recursive, whatever the tree."""
    counts = {"elements": 0, "rows": 0, "images": 0}
    for element, depths in _walk(root):
        tag = _name(element)
        counts["elements"] += 1
        counts["rows"] += tag == "tr"
        counts["images"] += tag in ("img", "image", "svg", "object", "embed")
        for what, value in {**counts, **depths, "span": _span(element)}.items():
            if value > getattr(limits, what):
                raise Excess(what)


def _walk(root: Element) -> Iterator[tuple[Element, dict[str, int]]]:
    stack = [(root, {"depth": 1, "table_depth": 0, "list_depth": 0})]
    while stack:
        element, depths = stack.pop()
        tag = _name(element)
        here = {
            "depth": depths["depth"] + 1,
            "table_depth": depths["table_depth"] + (tag == "table"),
            "list_depth": depths["list_depth"] + (tag in ("ul", "ol", "dl")),
        }
        yield element, {**here, "depth": depths["depth"]}
        stack.extend((child, here) for child in element)


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def _span(element: Element) -> int:
    return max(_number(element.get(name, "")) for name in ("colspan", "rowspan", "span"))


def _number(value: str) -> int:
    """As HTML reads it: leading digits, else 1; anything too long to be honest is huge."""
    digits = value.strip().lstrip("+")
    digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return (int(digits) if len(digits) < 9 else 10**9) if digits else 1
