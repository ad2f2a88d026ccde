"""The words of an ODT paragraph: spans, links, notes, breaks. White space counts as one space (ODF 1.3, part 3, 6.1.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from charter.drafting.files.odt_names import q
from charter.drafting.files.odt_styles import Styles
from charter.drafting.files.tidy import link, plain
from charter.drafting.files.understood import Node

_SPACES = re.compile(r"[ \t\r\n]+")
_SILENT = {
    q(f"text:{name}") for name in ("soft-page-break", "bookmark", "bookmark-start", "bookmark-end", "change-start", "change-end", "change")
}


@dataclass(frozen=True, slots=True)
class _Look:
    strong: bool = False
    em: bool = False
    href: str | None = None


class Runs:
    """Reads paragraphs; counts in `left_out` what it does not take."""

    def __init__(self, styles: Styles, left_out: Counter[str]) -> None:
        self._styles, self._left_out = styles, left_out

    def inline(self, paragraph: etree._Element, *, heading: bool) -> tuple[list[Node], bool]:
        """The paragraph's inline nodes, and whether all its words are bold. A title's own look does not count."""
        bold, italic = (None, None) if heading else self._styles.marks("paragraph", paragraph.get(q("text:style-name"), ""))
        found = list(self._nodes(paragraph, _Look(bool(bold), bool(italic))))
        words = [node for node in found if node["type"] == "text" and node["text"].strip()]
        return found, bool(words) and all({"type": "strong"} in node.get("marks", []) for node in words)

    def frame(self, frame: etree._Element) -> None:
        """Counts a frame: a picture, a text box, an object."""
        boxed = frame.find(q("draw:text-box")) is not None
        objects = any(frame.find(q(f"draw:{name}")) is not None for name in ("object", "object-ole", "plugin", "applet"))
        self._left_out["drawings" if boxed else "objects" if objects else "images"] += 1

    def _nodes(self, parent: etree._Element, look: _Look) -> Iterator[Node]:
        yield from _words(parent.text, look)
        for child in parent:
            yield from self._piece(child, look)
            yield from _words(child.tail, look)

    def _piece(self, child: etree._Element, look: _Look) -> Iterator[Node]:
        if child.tag == q("text:span"):
            bold, italic = self._styles.marks("text", child.get(q("text:style-name"), ""))
            inside = replace(look, strong=look.strong if bold is None else bold, em=look.em if italic is None else italic)
            yield from self._nodes(child, inside)
        elif child.tag == q("text:a"):
            href = link(child.get(q("xlink:href"), ""))
            self._left_out["links"] += href is None
            yield from self._nodes(child, replace(look, href=href))
        elif child.tag in (q("text:s"), q("text:tab")):
            yield from _words(" ", look)
        elif child.tag == q("text:line-break"):
            yield {"type": "hard_break"}
        elif child.tag == q("text:note"):
            yield from self._note(child)
        elif child.tag == q("office:annotation"):
            self._left_out["comments"] += 1
        elif child.tag == q("draw:frame"):
            self.frame(child)
        elif str(child.tag).startswith(q("draw:")):
            self._left_out["drawings"] += 1
        elif child.tag not in _SILENT and child.tag != q("office:annotation-end"):
            # Fields (dates, references, numbers of pages) keep the words they show.
            yield from self._nodes(child, look)

    def _note(self, note: etree._Element) -> Iterator[Node]:
        body = note.find(q("text:note-body"))
        paragraphs = body.iter(q("text:p")) if body is not None else ()
        lines = (plain(one for one in self.inline(p, heading=True)[0] if one["type"] != "note") for p in paragraphs)
        if text := " ".join(filter(None, lines)):
            yield {"type": "note", "attrs": {"text": text}}


def _words(text: str | None, look: _Look) -> Iterator[Node]:
    if not text:
        return
    marks: list[Node] = [{"type": "strong"}] * look.strong + [{"type": "em"}] * look.em
    if look.href:
        marks.append({"type": "link", "attrs": {"href": look.href}})
    yield {"type": "text", "text": _SPACES.sub(" ", text), **({"marks": marks} if marks else {})}
