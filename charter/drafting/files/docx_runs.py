"""The words of a DOCX paragraph: runs, links, notes, breaks; changes are read as accepted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from charter.drafting.files.archive import Archive
from charter.drafting.files.docx_names import MATH, MC, RELATIONSHIPS, r, w
from charter.drafting.files.docx_styles import Styles
from charter.drafting.files.tidy import link, plain
from charter.drafting.files.understood import Node

_INSIDE = {w("ins"), w("moveTo"), w("smartTag"), w("customXml"), w("sdtContent"), w("fldSimple"), w("dir"), w("bdo"), w("sdt")}
_GONE = {w("del"), w("moveFrom")}
_PICTURES = {w("drawing"), w("pict")}
_FIELD_LINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"')
_TEXT_BOX = w("txbxContent")
_SIGNS = {w("tab"): " ", w("ptab"): " ", w("noBreakHyphen"): "\u2011", w("softHyphen"): ""}


class Runs:
    """Reads paragraphs; counts in `left_out` what it does not take."""

    def __init__(self, archive: Archive, styles: Styles, left_out: Counter[str]) -> None:
        self._styles, self._left_out = styles, left_out
        self._links = _links(archive)
        self._notes = {
            kind: {note.get(w("id"), ""): note for note in _found(archive.xml(f"word/{kind}s.xml"), w(kind))}
            for kind in ("footnote", "endnote")
        }

    def inline(self, paragraph: etree._Element, properties: etree._Element | None, *, heading: bool) -> tuple[list[Node], bool]:
        """The paragraph's inline nodes, and whether all its words are bold."""
        found = list(_Line(self, properties, heading).nodes(paragraph))
        words = [node for node in found if node["type"] == "text" and node["text"].strip()]
        return found, bool(words) and all({"type": "strong"} in node.get("marks", []) for node in words)

    def target(self, element: etree._Element) -> str | None:
        """Where a link goes, None (and counted) when it may not."""
        href = link(self._links.get(element.get(r("id"), ""), ""))
        self._left_out["links"] += href is None
        return href

    def note(self, kind: str, identifier: str) -> Node | None:
        """A note's words on one line."""
        # Taken out while it is read: a note that speaks of itself would have no end.
        note = self._notes[kind].pop(identifier, None)
        if note is None:
            return None
        lines = [plain(self.inline(p, p.find(w("pPr")), heading=False)[0]) for p in note.iter(w("p"))]
        self._notes[kind][identifier] = note
        text = " ".join(filter(None, lines))
        return {"type": "note", "attrs": {"text": text}} if text else None

    def marks(self, run: etree._Element, paragraph: etree._Element | None, *, heading: bool) -> list[Node]:
        """Bold and italic."""
        own = run.find(w("rPr"))
        strong = self._styles.mark(own, paragraph, "b", heading=heading)
        slanted = self._styles.mark(own, paragraph, "i", heading=heading)
        return [{"type": "strong"}] * strong + [{"type": "em"}] * slanted

    def count(self, kind: str, number: int = 1) -> None:
        """One more thing left out."""
        self._left_out[kind] += number


class _Line:
    """One paragraph: fields open and close along it."""

    def __init__(self, runs: Runs, properties: etree._Element | None, heading: bool) -> None:
        self._runs, self._properties, self._heading = runs, properties, heading
        self._fields: list[list[str]] = []  # of each open field: its instruction, then "" once its result began

    def nodes(self, parent: etree._Element, href: str | None = None) -> Iterator[Node]:
        for child in parent:
            if child.tag == w("r"):
                yield from self._run(child, href)
            elif child.tag == w("hyperlink"):
                yield from self.nodes(child, self._runs.target(child) if child.get(r("id")) else None)
            elif child.tag in _INSIDE:
                self._runs.count("insertions", int(child.tag == w("ins")))
                yield from self.nodes(child, href)
            elif child.tag in _GONE:
                self._runs.count("deletions")
            elif child.tag in (f"{{{MATH}}}oMath", f"{{{MATH}}}oMathPara"):
                self._runs.count("equations")

    def _run(self, run: etree._Element, href: str | None) -> Iterator[Node]:
        marks = self._runs.marks(run, self._properties, heading=self._heading)
        for child in run:
            if child.tag == w("fldChar"):
                self._field(child.get(w("fldCharType"), ""))
            elif child.tag == w("instrText") and self._fields:
                self._fields[-1][0] += child.text or ""
            elif not any(len(field) == 1 for field in self._fields):
                yield from self._piece(child, marks, href or self._field_link())

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append([""])
        elif kind == "separate" and self._fields and len(self._fields[-1]) == 1:
            self._fields[-1].append("")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _field_link(self) -> str | None:
        matches = (_FIELD_LINK.match(field[0]) for field in self._fields)
        return next((link(match[1]) for match in matches if match), None)

    def _piece(self, child: etree._Element, marks: list[Node], href: str | None) -> Iterator[Node]:
        if child.tag == w("t") or child.tag in _SIGNS:
            text = child.text or "" if child.tag == w("t") else _SIGNS[child.tag]
            linked = [{"type": "link", "attrs": {"href": href}}] if href else []
            if text:
                yield {"type": "text", "text": text, **({"marks": [*marks, *linked]} if marks or linked else {})}
        elif child.tag in (w("br"), w("cr")):
            if child.get(w("type"), "textWrapping") == "textWrapping":
                yield {"type": "hard_break"}
        elif child.tag in (w("footnoteReference"), w("endnoteReference")):
            note = self._runs.note("footnote" if child.tag == w("footnoteReference") else "endnote", child.get(w("id"), ""))
            if note is not None:
                yield note
        else:
            self._left_out(child)

    def _left_out(self, child: etree._Element) -> None:
        if child.tag == f"{{{MC}}}AlternateContent" or child.tag in _PICTURES:
            boxed = next(child.iter(_TEXT_BOX), None) is not None
            self._runs.count("drawings" if boxed else "images")
        elif child.tag == w("object"):
            self._runs.count("objects")


def _links(archive: Archive) -> dict[str, str]:
    root = archive.xml("word/_rels/document.xml.rels")
    found = _found(root, f"{{{RELATIONSHIPS}}}Relationship")
    return {one.get("Id", ""): one.get("Target", "") for one in found if one.get("Type", "").endswith("/hyperlink")}


def _found(root: etree._Element | None, tag: str) -> list[etree._Element]:
    return root.findall(tag) if root is not None else []
