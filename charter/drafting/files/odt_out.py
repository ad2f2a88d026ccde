"""A charter as ODT (ISO/IEC 26300): real styles, lists, notes and links, in French, « PROJET » above each page of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from charter.drafting.files import odt_parts as parts
from charter.drafting.files.charter import ExportedCharter
from charter.drafting.files.odt_names import APART, APART_TITLE, DECLARATIONS, MEDIA, RESERVATION, TABLE_HEADING
from charter.drafting.files.packing import pack
from charter.drafting.files.tidy import line, tidy

Node = dict[str, Any]
_LOOKS = {frozenset({"strong"}): "T1", frozenset({"em"}): "T2", frozenset({"strong", "em"}): "T3"}


def to_odt(charter: ExportedCharter) -> bytes:
    """The file's bytes, the same for the same charter."""
    body = "".join(_document(charter))
    files = {
        "mimetype": MEDIA,
        "content.xml": f"{parts.DECLARATION}<office:document-content {DECLARATIONS} {parts.VERSION}>{parts.AUTOMATIC}"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        "styles.xml": parts.styles(_header(charter), _footer(charter)),
        "meta.xml": _meta(charter),
        "META-INF/manifest.xml": parts.MANIFEST,
    }
    return pack(files, charter.at, plain="mimetype")


def _document(charter: ExportedCharter) -> Iterator[str]:
    words, body = charter.words, _Body()
    yield _said("Title", charter.title)
    yield _said("Subtitle", charter.state)
    yield _said(APART_TITLE, words.parties)
    for name, identity in charter.parties:
        yield _said(APART, f"{name}, {identity}" if identity else name)
    if charter.facilitator:
        yield _said(APART, f"{words.facilitator} {charter.facilitator}")
    for article in charter.articles:
        yield _heading(1, escape(line(charter.heading(article))))
        yield from body.blocks(tidy(article.nodes))
        for party, reason in article.reservations:
            yield _said(RESERVATION, f"{words.reservation} {party} : {reason}")
    yield _said(APART_TITLE, words.hashes)
    for article in charter.articles:
        yield _said(APART, f"{words.hash_of} {article.number} : {article.sha256}")
    if charter.sha256:
        yield _said(APART, f"{words.whole} {charter.sha256}")


class _Body:
    """Writes blocks; numbers notes and tables."""

    def __init__(self) -> None:
        self._notes = self._tables = 0

    def blocks(self, nodes: Sequence[Node]) -> Iterator[str]:
        for node in nodes:
            content = node.get("content") or []
            if node["type"] == "heading":
                yield _heading(node["attrs"]["level"] - 1, self._inline(content))
            elif node["type"] == "paragraph":
                yield _paragraph("Standard", self._inline(content))
            elif node["type"] == "table":
                yield self._table(content)
            else:
                yield self._list(node, outer=True)

    def _list(self, node: Node, *, outer: bool) -> str:
        ordered, start = node["type"] == "ordered_list", int((node.get("attrs") or {}).get("order", 1))
        items = (self._item(item, start if ordered and start != 1 and not place else None) for place, item in enumerate(node["content"]))
        # Two lists that follow one another number apart.
        apart = ' text:continue-numbering="false"' if outer else ""
        return f'<text:list text:style-name="{"Numbers" if ordered else "Bullets"}"{apart}>{"".join(items)}</text:list>'

    def _item(self, item: Node, start: int | None) -> str:
        inside = "".join(
            _paragraph("List_20_Contents", self._inline(block.get("content") or []))
            if block["type"] == "paragraph"
            else self._list(block, outer=False)
            for block in item["content"]
        )
        first = f' text:start-value="{start}"' if start is not None else ""
        return f"<text:list-item{first}>{inside}</text:list-item>"

    def _table(self, rows: Sequence[Node]) -> str:
        self._tables += 1
        written = ["".join(self._cell(cell) for cell in row["content"]) for row in rows]
        lines = [f"<table:table-row>{cells}</table:table-row>" for cells in written]
        if all(cell["type"] == "table_header" for cell in rows[0]["content"]):
            lines[0] = f"<table:table-header-rows>{lines[0]}</table:table-header-rows>"
        columns = f'<table:table-column table:number-columns-repeated="{len(rows[0]["content"])}"/>'
        return f'<table:table table:name="Tableau{self._tables}" table:style-name="Grid">{columns}{"".join(lines)}</table:table>'

    def _cell(self, cell: Node) -> str:
        style = TABLE_HEADING if cell["type"] == "table_header" else "Table_20_Contents"
        inside = "".join(_paragraph(style, self._inline(child.get("content") or [])) for child in cell["content"])
        return f'<table:table-cell table:style-name="Cell" office:value-type="string">{inside}</table:table-cell>'

    def _inline(self, nodes: Sequence[Node]) -> str:
        return "".join(map(self._run, nodes))

    def _run(self, node: Node) -> str:
        if node["type"] == "hard_break":
            return "<text:line-break/>"
        if node["type"] == "note":
            return self._note(node["attrs"]["text"])
        marks = {mark["type"]: mark.get("attrs") or {} for mark in node.get("marks") or []}
        look = _LOOKS.get(frozenset(marks) & {"strong", "em"})
        run = escape(node["text"])
        run = f'<text:span text:style-name="{look}">{run}</text:span>' if look else run
        if "link" not in marks:
            return run
        return (
            f'<text:a xlink:type="simple" xlink:href={quoteattr(marks["link"]["href"])} text:style-name="Internet_20_link">{run}</text:a>'
        )

    def _note(self, words: str) -> str:
        self._notes += 1
        return (
            f'<text:note text:id="ftn{self._notes}" text:note-class="footnote"><text:note-citation>{self._notes}</text:note-citation>'
            f"<text:note-body>{_paragraph('Footnote', escape(words))}</text:note-body></text:note>"
        )


def _paragraph(style: str, inside: str) -> str:
    return f'<text:p text:style-name="{style}">{inside}</text:p>'


def _heading(level: int, inside: str) -> str:
    return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{inside}</text:h>'


def _said(style: str, words: str) -> str:
    return _paragraph(style, escape(line(words)))


def _header(charter: ExportedCharter) -> str:
    return _said("Header", charter.alliance) + (_said("Draft", charter.words.draft) if charter.draft else "")


def _footer(charter: ExportedCharter) -> str:
    pages = '<text:page-number text:select-page="current">1</text:page-number> / <text:page-count>1</text:page-count>'
    return _paragraph("Footer", f"{escape(charter.state)} · {pages}")


def _meta(charter: ExportedCharter) -> str:
    at = charter.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    authors = escape(", ".join(name for name, _ in charter.parties))
    return (
        f"{parts.DECLARATION}<office:document-meta {DECLARATIONS} {parts.VERSION}><office:meta>"
        f"<meta:generator>Charte du faire alliance</meta:generator><dc:title>{escape(charter.title)}</dc:title>"
        f"<dc:subject>{escape(charter.state)}</dc:subject><meta:initial-creator>{authors}</meta:initial-creator><dc:creator>{authors}</dc:creator>"
        f"<meta:creation-date>{at}</meta:creation-date><dc:date>{at}</dc:date><dc:language>fr-FR</dc:language>"
        "</office:meta></office:document-meta>"
    )
