"""An ODT read as blocks of the schema. What a charter has no place for is counted, never fetched, run or guessed."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from charter.drafting.files.archive import Archive
from charter.drafting.files.odt_names import APART, TABLE_HEADING, q
from charter.drafting.files.odt_runs import Runs
from charter.drafting.files.odt_styles import Styles
from charter.drafting.files.understood import Block, Met, Node, Unreadable

_CONTENTS = {q(f"text:{name}") for name in ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "user-index")}
_THROUGH = {q("text:section"), q("text:list-header"), q("text:index-body"), q("text:numbered-paragraph")}
_WIDEST = 30
_MOST_REPEATED = 50


def read_odt(archive: Archive) -> Met:
    """All that is in the document. Raises Unreadable."""
    root = archive.xml("content.xml")
    body = root.find(f"{q('office:body')}/{q('office:text')}") if root is not None else None
    if root is None or body is None:
        raise Unreadable("damaged")
    met = Met()
    _Reader(archive, root, met).blocks(body)
    met.left_out["macros"] += sum(name.startswith(("Basic/", "Scripts/")) for name in archive.names()) > 0
    return met


class _Reader:
    def __init__(self, archive: Archive, root: etree._Element, met: Met) -> None:
        styles = archive.xml("styles.xml")
        self._met, self._styles = met, Styles(root, styles)
        self._runs = Runs(self._styles, met.left_out)
        for edge in ("style:header", "style:footer"):
            found = styles.iter(q(edge)) if styles is not None else ()
            met.left_out["headers"] += any("".join(str(text) for text in one.itertext()).strip() for one in found)

    def blocks(self, parent: etree._Element) -> None:
        """Each block under `parent`, in order."""
        for child in parent:
            if child.tag in (q("text:h"), q("text:p")):
                self._paragraph(child)
            elif child.tag == q("text:list"):
                self._list(child)
            elif child.tag == q("table:table"):
                self._met.blocks.append(Block(self._table(child)))
            elif child.tag in _THROUGH:
                self.blocks(child)
            elif child.tag in _CONTENTS:
                self._met.left_out["contents"] = 1
            elif child.tag == q("text:tracked-changes"):
                self._met.left_out["deletions"] += len(child.findall(f".//{q('text:deletion')}"))
                self._met.left_out["insertions"] += len(child.findall(f".//{q('text:insertion')}"))
            elif child.tag == q("draw:frame"):
                self._runs.frame(child)

    def _paragraph(self, element: etree._Element) -> None:
        names = self._styles.names(element)
        if any(name.startswith(APART) for name in names):
            self._met.left_out["around"] = 1
            return
        level = self._level(element, names)
        content, bold = self._runs.inline(element, heading=level > 0)
        if "Title" in names and not level:
            self._met.blocks.append(Block({"type": "paragraph", "content": content}, is_title=True))
        elif "Subtitle" in names and self._met.blocks and self._met.blocks[-1].is_title:
            self._met.left_out["around"] = 1
        else:
            self._met.blocks.append(Block({"type": "paragraph", "content": content}, level=level, bold=bold))

    def _level(self, element: etree._Element, names: list[str]) -> int:
        said = element.get(q("text:outline-level"), "1") if element.tag == q("text:h") else ""
        if said.isdigit():
            return min(max(int(said), 1), 9)
        return next((int(name[-1]) for name in names if name.startswith("Heading_20_") and name[-1].isdigit()), 0)

    def _list(self, element: etree._Element) -> None:
        # A numbered title is a list of one title in many files.
        if next(element.iter(q("text:h")), None) is not None:
            for item in element.iter(q("text:h")):
                self._paragraph(item)
            return
        for node in self._list_node(element, "", 1):
            self._met.blocks.append(Block(node))

    def _list_node(self, element: etree._Element, style: str, level: int) -> Iterator[Node]:
        style = element.get(q("text:style-name"), style)
        items = [item for item in element if item.tag in (q("text:list-item"), q("text:list-header"))]
        content = [{"type": "list_item", "content": list(self._item(item, style, level))} for item in items]
        if not content:
            return
        ordered, start = self._styles.list_of(style, level)
        said = items[0].get(q("text:start-value"), "")
        start = int(said) if said.isdigit() and len(said) < 7 else start
        attributes = {"attrs": {"order": start}} if ordered and start != 1 else {}
        yield {"type": "ordered_list" if ordered else "bullet_list", **attributes, "content": content}

    def _item(self, item: etree._Element, style: str, level: int) -> Iterator[Node]:
        for child in item:
            if child.tag == q("text:p"):
                yield {"type": "paragraph", "content": self._runs.inline(child, heading=False)[0]}
            elif child.tag == q("text:list"):
                yield from self._list_node(child, style, level + 1)

    def _table(self, table: etree._Element) -> Node:
        return {"type": "table", "content": list(self._rows(table, header=False))}

    def _rows(self, parent: etree._Element, *, header: bool) -> Iterator[Node]:
        for child in parent:
            if child.tag == q("table:table-row"):
                cells = [made for cell in child for made in self._cell(cell, header=header)]
                words = any(block.get("content") for made in cells for block in made["content"])
                for _ in range(_repeated(child, "table:number-rows-repeated", _MOST_REPEATED) if words else 1):
                    yield {"type": "table_row", "content": cells}
            elif child.tag in (q("table:table-header-rows"), q("table:table-rows"), q("table:table-row-group")):
                yield from self._rows(child, header=header or child.tag == q("table:table-header-rows"))

    def _cell(self, cell: etree._Element, *, header: bool) -> Iterator[Node]:
        if cell.tag not in (q("table:table-cell"), q("table:covered-table-cell")):
            return
        merged = any(cell.get(q(f"table:number-{way}-spanned"), "1") != "1" for way in ("columns", "rows"))
        self._met.left_out["merged_cells"] += merged
        self._met.left_out["nested_tables"] += len(cell.findall(f".//{q('table:table')}"))
        paragraphs = [one for one in cell.iter(q("text:p"), q("text:h")) if not _inside_note(one, cell)]
        styled = bool(paragraphs) and all(TABLE_HEADING in self._styles.names(one) for one in paragraphs)
        kind = "table_header" if header or styled else "table_cell"
        content = [{"type": "paragraph", "content": self._runs.inline(one, heading=kind == "table_header")[0]} for one in paragraphs]
        for _ in range(_repeated(cell, "table:number-columns-repeated", _WIDEST)):
            yield {"type": kind, "content": content or [{"type": "paragraph"}]}


def _repeated(element: etree._Element, name: str, most: int) -> int:
    said = element.get(q(name), "1")
    return min(max(int(said), 1), most) if said.isdigit() and len(said) < 10 else 1


def _inside_note(element: etree._Element, cell: etree._Element) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is cell:
            return False
        if ancestor.tag in (q("text:note-body"), q("office:annotation")):
            return True
    return False
