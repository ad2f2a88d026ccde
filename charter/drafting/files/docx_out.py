"""A charter as DOCX (ECMA-376): real styles, numbering, footnotes and links, in French, « PROJET » above each page of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from charter.drafting.files import docx_parts as parts
from charter.drafting.files.charter import ExportedArticle, ExportedCharter
from charter.drafting.files.docx_names import APART, APART_TITLE, LIST_LEVELS, RESERVATION, TABLE_HEADING, R, W
from charter.drafting.files.packing import pack
from charter.drafting.files.tidy import line, tidy

Node = dict[str, Any]
_OPEN = f'xmlns:w="{W}" xmlns:r="{R}"'
_WIDTH = 9070  # twentieths of a point between the margins of an A4 page


def to_docx(charter: ExportedCharter) -> bytes:
    """The file's bytes, the same for the same charter."""
    body = _Body()
    document = "".join(_document(charter, body))
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": parts.CONTENT_TYPES,
        "_rels/.rels": parts.PACKAGE_RELATIONSHIPS,
        "docProps/core.xml": _core(charter),
        "docProps/app.xml": parts.APP,
        "word/document.xml": f"{parts.DECLARATION}<w:document {_OPEN}><w:body>{document}</w:body></w:document>",
        "word/styles.xml": parts.STYLES,
        "word/numbering.xml": parts.numbering(body.lists),
        "word/settings.xml": parts.SETTINGS,
        "word/footnotes.xml": _footnotes(body.notes),
        "word/header1.xml": _header(charter),
        "word/footer1.xml": _footer(charter),
        "word/_rels/document.xml.rels": parts.document_relationships([quoteattr(href)[1:-1] for href in body.links]),
    }
    return pack(files, charter.at)


def _document(charter: ExportedCharter, body: _Body) -> Iterator[str]:
    words = charter.words
    yield _said("Title", charter.title)
    yield _said("Subtitle", charter.state)
    yield _said(APART_TITLE, words.parties)
    for name, identity in charter.parties:
        yield _said(APART, f"{name}, {identity}" if identity else name)
    if charter.facilitator:
        yield _said(APART, f"{words.facilitator} {charter.facilitator}")
    for article in charter.articles:
        yield from _article(charter, article, body)
    yield _said(APART_TITLE, words.hashes)
    for article in charter.articles:
        yield _said(APART, f"{words.hash_of} {article.number} : {article.sha256}")
    if charter.sha256:
        yield _said(APART, f"{words.whole} {charter.sha256}")
    yield (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdheader"/><w:footerReference w:type="default" r:id="rIdfooter"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="680" w:footer="680"'
        ' w:gutter="0"/></w:sectPr>'
    )


def _article(charter: ExportedCharter, article: ExportedArticle, body: _Body) -> Iterator[str]:
    yield _said("Heading1", charter.heading(article))
    yield from body.blocks(tidy(article.nodes))
    for party, reason in article.reservations:
        yield _said(RESERVATION, f"{charter.words.reservation} {party} : {reason}")


class _Body:
    """Writes blocks; gathers the lists, notes and links other parts speak of."""

    def __init__(self) -> None:
        self.lists: list[tuple[bool, int, int]] = []
        self.notes: list[str] = []
        self.links: list[str] = []

    def blocks(self, nodes: Sequence[Node]) -> Iterator[str]:
        for node in nodes:
            content = node.get("content") or []
            if node["type"] == "heading":
                yield _paragraph(f"Heading{node['attrs']['level'] - 1}", self._inline(content))
            elif node["type"] == "paragraph":
                yield _paragraph("", self._inline(content))
            elif node["type"] == "table":
                yield self._table(content)
            else:
                yield from self._list(node, 0)

    def _list(self, node: Node, level: int) -> Iterator[str]:
        start = int((node.get("attrs") or {}).get("order", 1))
        self.lists.append((node["type"] == "ordered_list", level, start))
        number = len(self.lists)
        for item in node["content"]:
            for place, block in enumerate(item["content"]):
                if block["type"] != "paragraph":
                    yield from self._list(block, min(level + 1, LIST_LEVELS - 1))
                elif place == 0:
                    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
                    yield _paragraph("ListParagraph", self._inline(block.get("content") or []), numbered)
                else:
                    yield _paragraph(f"ListContinue{level + 1 if level else ''}", self._inline(block.get("content") or []))

    def _table(self, rows: Sequence[Node]) -> str:
        width = len(rows[0]["content"])
        headed = all(cell["type"] == "table_header" for cell in rows[0]["content"])
        grid = "".join(f'<w:gridCol w:w="{_WIDTH // width}"/>' for _ in range(width))
        lines = "".join(
            f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if headed and not place else ''}</w:trPr>"
            + "".join(self._cell(cell, _WIDTH // width) for cell in row["content"])
            + "</w:tr>"
            for place, row in enumerate(rows)
        )
        # An empty paragraph follows: two tables that touch would be one, and a document may not end with a table.
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="0000" w:firstRow="{int(headed)}" w:lastRow="0" w:firstColumn="0"'
            ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl><w:p/>"
        )

    def _cell(self, cell: Node, width: int) -> str:
        style = TABLE_HEADING if cell["type"] == "table_header" else "TableText"
        inside = "".join(_paragraph(style, self._inline(child.get("content") or [])) for child in cell["content"])
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inside}</w:tc>'

    def _inline(self, nodes: Sequence[Node]) -> str:
        return "".join(map(self._run, nodes))

    def _run(self, node: Node) -> str:
        if node["type"] == "hard_break":
            return "<w:r><w:br/></w:r>"
        if node["type"] == "note":
            self.notes.append(node["attrs"]["text"])
            return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{len(self.notes)}"/></w:r>'
        marks = {mark["type"]: mark.get("attrs") or {} for mark in node.get("marks") or []}
        look = '<w:rStyle w:val="Hyperlink"/>' if "link" in marks else ""
        look += "<w:b/><w:bCs/>" if "strong" in marks else ""
        look += "<w:i/><w:iCs/>" if "em" in marks else ""
        run = _text(node["text"], look)
        if "link" not in marks:
            return run
        href = marks["link"]["href"]
        if href not in self.links:
            self.links.append(href)
        return f'<w:hyperlink r:id="rIdL{self.links.index(href) + 1}" w:history="1">{run}</w:hyperlink>'


def _text(words: str, look: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{look}</w:rPr>" if look else ""}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def _paragraph(style: str, inside: str, more: str = "") -> str:
    look = (f'<w:pStyle w:val="{style}"/>' if style else "") + more
    return f"<w:p>{f'<w:pPr>{look}</w:pPr>' if look else ''}{inside}</w:p>"


def _said(style: str, words: str) -> str:
    return _paragraph(style, _text(line(words)))


def _footnotes(notes: Sequence[str]) -> str:
    mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
    ours = "".join(
        f'<w:footnote w:id="{number}">{_paragraph("FootnoteText", mark + _text(" " + text))}</w:footnote>'
        for number, text in enumerate(notes, start=1)
    )
    return (
        f"{parts.DECLARATION}<w:footnotes {_OPEN}>"
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
        f"{ours}</w:footnotes>"
    )


def _header(charter: ExportedCharter) -> str:
    draft = _text(charter.words.draft, "<w:b/><w:bCs/>" + '<w:color w:val="8A3B12"/>') if charter.draft else ""
    inside = _paragraph("Header", f"{_text(charter.alliance)}<w:r><w:tab/></w:r>{draft}")
    return f"{parts.DECLARATION}<w:hdr {_OPEN}>{inside}</w:hdr>"


def _footer(charter: ExportedCharter) -> str:
    def counted(field: str) -> str:
        return f'<w:fldSimple w:instr=" {field} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    inside = f"{_text(charter.state)}<w:r><w:tab/></w:r>{counted('PAGE')}{_text(' / ')}{counted('NUMPAGES')}"
    return f"{parts.DECLARATION}<w:ftr {_OPEN}>{_paragraph('Footer', inside)}</w:ftr>"


def _core(charter: ExportedCharter) -> str:
    at = _stamp(charter.at)
    return (
        f'{parts.DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(charter.title)}</dc:title><dc:subject>{escape(charter.state)}</dc:subject>"
        f"<dc:creator>{escape(', '.join(name for name, _ in charter.parties))}</dc:creator>"
        f"<dc:identifier>{escape(charter.reference)}</dc:identifier><dc:language>fr-FR</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified>'
        f"<cp:contentStatus>{escape(charter.words.draft if charter.draft else charter.state)}</cp:contentStatus>"
        f"<cp:version>{charter.version}</cp:version></cp:coreProperties>"
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
