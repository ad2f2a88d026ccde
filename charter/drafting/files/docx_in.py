"""A DOCX read as blocks of the schema. What a charter has no place for is counted, never fetched, run or guessed."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from charter.drafting.files.archive import Archive
from charter.drafting.files.docx_names import APART, APART_NAME, TABLE_HEADING, W, w
from charter.drafting.files.docx_runs import Runs
from charter.drafting.files.docx_styles import Numbering, Styles, value
from charter.drafting.files.lists import Lists
from charter.drafting.files.understood import Block, Met, Node, Unreadable

_MAIN = "word/document.xml"
_CONTAINERS = {w("ins"), w("moveTo"), w("smartTag"), w("customXml"), w("sdtContent")}
_GONE = {w("del"), w("moveFrom")}


def read_docx(archive: Archive) -> Met:
    """All that is in the document. Raises Unreadable."""
    root = archive.xml(_MAIN)
    body = root.find(w("body")) if root is not None else None
    if body is None:
        raise Unreadable("damaged")
    reader = _Reader(archive)
    reader.blocks(body)
    reader.around(archive)
    return reader.met


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.met = Met()
        self._styles, self._numbering, self._lists = Styles(archive), Numbering(archive), Lists()
        self._runs = Runs(archive, self._styles, self.met.left_out)

    def blocks(self, parent: etree._Element) -> None:
        """Each block under `parent`, in order."""
        for child in parent:
            if child.tag == w("p"):
                self._paragraph(child)
            elif child.tag == w("tbl"):
                self._lists.close()
                self.met.blocks.append(Block(self._table(child)))
            elif child.tag == w("sdt"):
                self._control(child)
            elif child.tag in _CONTAINERS:
                self.met.left_out["insertions"] += child.tag == w("ins")
                self.blocks(child)
            elif child.tag in _GONE:
                self.met.left_out["deletions"] += 1
            elif child.tag == w("altChunk"):
                self.met.left_out["external"] += 1

    def around(self, archive: Archive) -> None:
        """Counts what other parts hold."""
        for name in archive.names():
            base = name.removeprefix("word/")
            if base.startswith(("header", "footer")) and base.endswith(".xml"):
                root = archive.xml(name)
                words = "".join(text.text or "" for text in root.iter(w("t"))).strip() if root is not None else ""
                self.met.left_out["headers"] += bool(words)
            elif base == "vbaProject.bin":
                self.met.left_out["macros"] += 1
            elif base == "comments.xml":
                root = archive.xml(name)
                self.met.left_out["comments"] += len(root.findall(w("comment"))) if root is not None else 0

    def _control(self, control: etree._Element) -> None:
        gallery = control.find(f"{{{W}}}sdtPr/{{{W}}}docPartObj/{{{W}}}docPartGallery")
        if gallery is not None and "Contents" in gallery.get(w("val"), ""):
            self.met.left_out["contents"] = 1
            return
        content = control.find(w("sdtContent"))
        if content is not None:
            self.blocks(content)

    def _paragraph(self, element: etree._Element) -> None:
        properties = element.find(w("pPr"))
        names = self._styles.names(properties)
        if value(properties, "pStyle").startswith(APART) or any(name.startswith(APART_NAME.lower()) for name in names):
            self.met.left_out["around"] = 1
            self._lists.close()
            return
        if self._styles.is_contents(properties):
            self.met.left_out["contents"] = 1
            return
        level = self._styles.level(properties)
        content, bold = self._runs.inline(element, properties, heading=level > 0)
        paragraph: Node = {"type": "paragraph", "content": content}
        if level or names[:1] in (["title"], ["subtitle"]):
            self._title(paragraph, level, names)
        elif not self._in_list(paragraph, properties, has_words=bool(content)):
            self.met.blocks.append(Block(paragraph, bold=bold))

    def _title(self, paragraph: Node, level: int, names: list[str]) -> None:
        self._lists.close()
        if level or names[0] == "title":
            self.met.blocks.append(Block(paragraph, level=level, is_title=not level))
        elif self.met.blocks and self.met.blocks[-1].is_title:
            self.met.left_out["around"] = 1
        else:
            self.met.blocks.append(Block(paragraph))

    def _in_list(self, paragraph: Node, properties: etree._Element | None, *, has_words: bool) -> bool:
        numbered = self._numbering.of(self._styles.numbering(properties))
        if numbered is not None:
            ordered, start = self._numbering.is_ordered(numbered), self._numbering.start(numbered)
            made = self._lists.item(numbered.list_id, numbered.level, paragraph, ordered=ordered, start=start)
            if made is not None:
                self.met.blocks.append(Block(made))
            return True
        if level := self._styles.continued(properties):
            return self._lists.follow(level - 1, paragraph)
        if has_words:
            self._lists.close()
        return False

    def _table(self, table: etree._Element) -> Node:
        rows = list(_under(table, "tr"))
        look = table.find(f"{{{W}}}tblPr/{{{W}}}tblLook")
        headed = look is not None and look.get(w("firstRow")) in ("1", "true") and len(rows) > 1
        return {"type": "table", "content": [self._row(row, first=headed and not place) for place, row in enumerate(rows)]}

    def _row(self, row: etree._Element, *, first: bool) -> Node:
        repeated = row.find(f"{{{W}}}trPr/{{{W}}}tblHeader")
        cells = [made for cell in _under(row, "tc") for made in self._cell(cell, header=first or repeated is not None)]
        return {"type": "table_row", "content": cells}

    def _cell(self, cell: etree._Element, *, header: bool) -> Iterator[Node]:
        properties = cell.find(w("tcPr"))
        span = value(properties, "gridSpan")
        merged = properties.find(w("vMerge")) if properties is not None else None
        paragraphs = list(cell.iter(w("p")))
        self.met.left_out["nested_tables"] += len(cell.findall(f".//{w('tbl')}"))
        styled = bool(paragraphs) and all(value(p.find(w("pPr")), "pStyle") == TABLE_HEADING for p in paragraphs)
        kind = "table_header" if header or styled else "table_cell"
        content = [
            {"type": "paragraph", "content": self._runs.inline(p, p.find(w("pPr")), heading=kind == "table_header")[0]} for p in paragraphs
        ]
        wide, tall = span.isdigit() and int(span) > 1, merged is not None and merged.get(w("val")) == "restart"
        self.met.left_out["merged_cells"] += wide or tall
        yield {"type": kind, "content": content}
        for _ in range(min(int(span) if span.isdigit() else 1, 63) - 1):
            yield {"type": kind, "content": [{"type": "paragraph"}]}


def _under(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of that name, those inside content controls and tracked insertions too."""
    for child in parent:
        if child.tag == w(name):
            yield child
        elif child.tag in _CONTAINERS or child.tag == w("sdt"):
            yield from _under(child, name)
