"""What the styles and the numbering of a DOCX say of its paragraphs and of its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from charter.drafting.files.archive import Archive
from charter.drafting.files.docx_names import W, w

Mark = Literal["b", "i"]
_HEADING = re.compile(r"heading (\d)")
_CONTENTS = re.compile(r"toc( heading|\s*\d)?$")
_LIST_CONTINUE = re.compile(r"list continue(?: (\d))?$")
_CHAIN = 12
_OFF = {"0", "false", "off", "none"}


def value(element: etree._Element | None, name: str) -> str:
    """`w:val` of the child `name`, "" when there is none."""
    child = element.find(w(name)) if element is not None else None
    return child.get(w("val"), "") if child is not None else ""


def on(element: etree._Element | None, name: str) -> bool | None:
    """Whether a property that is on or off is on; None when it is not said."""
    child = element.find(w(name)) if element is not None else None
    return None if child is None else child.get(w("val"), "1") not in _OFF


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph of a list: the list it belongs to, its level from 0."""

    list_id: str
    level: int


class Styles:
    """The styles by id; names are compared in lower case, those Word gives its own whatever its language."""

    def __init__(self, archive: Archive) -> None:
        root = archive.xml("word/styles.xml")
        found = root.findall(w("style")) if root is not None else []
        self._styles = {style.get(w("styleId"), ""): style for style in found}
        self._default = next((k for k, s in self._styles.items() if s.get(w("type")) == "paragraph" and s.get(w("default")) == "1"), "")

    def _chain(self, style_id: str) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while style_id in self._styles and len(chain) < _CHAIN:
            chain.append(self._styles[style_id])
            style_id = value(chain[-1], "basedOn")
        return chain

    def names(self, properties: etree._Element | None) -> list[str]:
        """The names of a paragraph's style and of those it is based on."""
        return [value(style, "name").lower() for style in self._chain(value(properties, "pStyle") or self._default)]

    def level(self, properties: etree._Element | None) -> int:
        """The rank of a title from 1, 0 for anything else."""
        own = value(properties, "outlineLvl")
        if own.isdigit():
            return int(own) + 1 if int(own) < 9 else 0
        for style in self._chain(value(properties, "pStyle")):
            if match := _HEADING.fullmatch(value(style, "name").lower()):
                return int(match[1])
            outline = value(style.find(w("pPr")), "outlineLvl")
            if outline.isdigit():
                return int(outline) + 1 if int(outline) < 9 else 0
        return 0

    def is_contents(self, properties: etree._Element | None) -> bool:
        """True for a line of a table of contents."""
        return any(_CONTENTS.match(name) for name in self.names(properties))

    def continued(self, properties: etree._Element | None) -> int:
        """The level, from 1, of a list's item the paragraph goes on with; 0 for none."""
        match = next(filter(None, map(_LIST_CONTINUE.match, self.names(properties))), None)
        return int(match[1] or 1) if match else 0

    def mark(self, run: etree._Element | None, paragraph: etree._Element | None, name: Mark, *, heading: bool) -> bool:
        """Whether a run is bold (`b`) or italic (`i`), by itself or by its styles. A title's own look does not count."""
        own = on(run, name)
        if own is not None:
            return own
        chains = [value(run, "rStyle"), "" if heading else value(paragraph, "pStyle")]
        said = (on(style.find(w("rPr")), name) for style_id in chains for style in self._chain(style_id))
        return next((one for one in said if one is not None), False)

    def numbering(self, properties: etree._Element | None) -> etree._Element | None:
        """The `numPr` of a paragraph, its own or its style's."""
        own = properties.find(w("numPr")) if properties is not None else None
        if own is not None:
            return own
        found = (style.find(f"{{{W}}}pPr/{{{W}}}numPr") for style in self._chain(value(properties, "pStyle")))
        return next((one for one in found if one is not None), None)


class Numbering:
    """The lists by id."""

    def __init__(self, archive: Archive) -> None:
        root = archive.xml("word/numbering.xml")
        self._abstract = {one.get(w("abstractNumId"), ""): one for one in root.findall(w("abstractNum"))} if root is not None else {}
        self._lists = {one.get(w("numId"), ""): one for one in root.findall(w("num"))} if root is not None else {}

    def of(self, properties: etree._Element | None) -> Numbered | None:
        """Where the paragraph stands in a list; None when it is in none."""
        list_id, level = value(properties, "numId"), value(properties, "ilvl") or "0"
        if list_id not in self._lists or not level.isdigit():
            return None
        numbered = Numbered(list_id, min(int(level), 8))
        return None if self._format(numbered) == "none" else numbered

    def is_ordered(self, numbered: Numbered) -> bool:
        """True for numbers and letters, False for bullets."""
        return self._format(numbered) != "bullet"

    def start(self, numbered: Numbered) -> int:
        """The first number of the list."""
        override = next(
            (o for o in self._lists[numbered.list_id].findall(w("lvlOverride")) if o.get(w("ilvl")) == str(numbered.level)), None
        )
        said = value(override, "startOverride") or value(self._level(numbered), "start")
        return int(said) if said.isdigit() and len(said) < 7 else 1

    def _format(self, numbered: Numbered) -> str:
        return value(self._level(numbered), "numFmt") or "decimal"

    def _level(self, numbered: Numbered) -> etree._Element | None:
        abstract = self._abstract.get(value(self._lists[numbered.list_id], "abstractNumId"))
        levels = abstract.findall(w("lvl")) if abstract is not None else []
        return next((one for one in levels if one.get(w("ilvl")) == str(numbered.level)), None)
