"""Rich text: ProseMirror JSON nodes as HTML or as plain text.

The schema is the editor's: paragraph, heading (level 3 or 4), bullet_list, ordered_list, list_item, table, table_row, table_header,
table_cell, hard_break, note (text), text; marks strong, em, link (href), comment (id; never shown here). Everything is escaped by
construction; a node or mark outside the schema is an error, since leaving it out would change what people agreed to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from charter.i18n import gettext

Node = Mapping[str, Any]
MAX_DEPTH = 40
LINK_SCHEMES = ("http", "https", "mailto")

_BLOCKS = {"paragraph": "p", "bullet_list": "ul", "list_item": "li"}
_MARKS = {"strong": "strong", "em": "em"}
_CELLS = ("table_header", "table_cell")


class Malformed(ValueError):
    """Not a text of our schema, or nested beyond MAX_DEPTH."""


def _same(text: str) -> str:
    return text


def to_html(nodes: Sequence[Node], text: Callable[[str], str] = _same, *, notes: str = "") -> Markup:
    """Block nodes as HTML, the notes numbered and listed at the end, linked both ways. Raises Malformed.

    `text` is applied to each run of text before it is escaped (typography). `notes` makes the anchors of notes this text's own on a page
    that shows several (an article's reference or number); when empty, a digest of the notes does."""
    writer = _Html(text, notes or _digest(nodes))
    return writer.blocks(nodes, 1) + writer.endnotes()


def to_text(nodes: Sequence[Node]) -> str:
    """Block nodes as plain text: a blank line between blocks, « – » or a number before items, a line a row with « | » between cells, links
    followed by their address, notes as [1] and listed at the end.

    Raises Malformed.
    """
    notes: list[str] = []
    blocks = list(_text_blocks(nodes, 1, notes))
    if notes:
        blocks.append("\n".join(f"[{number}] {words}" for number, words in enumerate(notes, start=1)))
    return "\n\n".join(blocks)


def safe_href(href: object) -> str | None:
    """The address if a link may go there (http, https, mailto), else None."""
    try:
        parts = urlsplit(str(href).strip())
    except ValueError:
        return None
    whole = parts.netloc if parts.scheme in ("http", "https") else parts.path
    return parts.geturl() if parts.scheme in LINK_SCHEMES and whole else None


class _Html:
    def __init__(self, text: Callable[[str], str], label: str) -> None:
        self._text = text
        self._label = label
        self._notes: list[str] = []
        self._third_level = False

    def blocks(self, nodes: Sequence[Node], depth: int) -> Markup:
        return Markup("").join(self._block(node, depth) for node in nodes)

    def _block(self, node: Node, depth: int) -> Markup:
        kind = _kind(node, depth)
        if kind in ("paragraph", "heading"):
            return _wrap(self._heading(node) if kind == "heading" else "p", self._inline(_content(node), depth + 1))
        if kind == "ordered_list":
            order = _attrs(node).get("order", 1)
            start = int(order) if isinstance(order, (int, float)) and 0 <= order < 10_000 else 1
            opening = Markup("<ol>") if start == 1 else Markup('<ol start="{}">').format(start)
            return opening + self.blocks(_content(node), depth + 1) + Markup("</ol>")
        if kind == "table":
            return self._table(node, depth)
        if kind in _BLOCKS:
            return _wrap(_BLOCKS[kind], self.blocks(_content(node), depth + 1))
        raise Malformed(f"{kind}: not a block of the schema")

    def _heading(self, node: Node) -> str:
        # A fourth level with no third above would break the order of headings that screen readers (and PDF/UA) rely on.
        level = 4 if _attrs(node).get("level") == 4 and self._third_level else 3
        self._third_level = True
        return f"h{level}"

    def _inline(self, nodes: Sequence[Node], depth: int) -> Markup:
        return Markup("").join(self._run(node, depth) for node in nodes)

    def _run(self, node: Node, depth: int) -> Markup:
        kind = _kind(node, depth)
        if kind == "hard_break":
            return Markup("<br>")
        if kind == "note":
            return self._reference(node)
        if kind != "text":
            raise Malformed(f"{kind}: not an inline node of the schema")
        html = escape(self._text(str(node.get("text", ""))))
        # The link innermost: in a tagged PDF every element inside a link would become a link of its own.
        for mark in sorted(_marks(node), key=lambda mark: mark.get("type") != "link"):
            html = self._mark(mark, html)
        return html

    def _mark(self, mark: Node, html: Markup) -> Markup:
        kind = mark.get("type")
        if kind in _MARKS:
            return _wrap(_MARKS[kind], html)
        if kind == "link":
            href = safe_href(_attrs(mark).get("href"))
            return Markup('<a href="{}">{}</a>').format(href, html) if href else html
        if kind == "comment":
            return html
        raise Malformed(f"{kind}: not a mark of the schema")

    def _table(self, node: Node, depth: int) -> Markup:
        rows = rows_of(node)
        head = next((place for place, row in enumerate(rows) if not _is_heading(row)), len(rows))
        parts = Markup("")
        for tag, some, scope in (("thead", rows[:head], "col"), ("tbody", rows[head:], "row")):
            if some:
                parts += _wrap(tag, Markup("").join(self._row(row, scope, depth + 1) for row in some))
        # On a phone a wide table scrolls inside its frame, by keyboard too.
        frame = Markup('<div class="rich-table" role="group" aria-label="{}" tabindex="0"><table>{}</table></div>')
        return frame.format(gettext("Tableau"), parts) if parts else parts

    def _row(self, row: Sequence[Node], scope: str, depth: int) -> Markup:
        return _wrap("tr", Markup("").join(self._cell(cell, scope, depth + 1) for cell in row))

    def _cell(self, cell: Node, scope: str, depth: int) -> Markup:
        kind, paragraphs = _kind(cell, depth), _paragraphs(cell, depth)
        inside = self._inline(_content(paragraphs[0]), depth + 2) if len(paragraphs) == 1 else self.blocks(paragraphs, depth + 1)
        if kind == "table_header":
            return Markup('<th scope="{}">{}</th>').format(scope, inside)
        return _wrap("td", inside)

    def _reference(self, node: Node) -> Markup:
        self._notes.append(note_text(node))
        number = len(self._notes)
        reference = Markup('<sup class="note-call"><a id="{0}" href="#{1}" role="doc-noteref" aria-label="{2}">{3}</a></sup>')
        return reference.format(
            self._anchor("call", number), self._anchor("note", number), gettext("Note %(number)s", number=number), number
        )

    def endnotes(self) -> Markup:
        """The notes met, numbered, each with its way back to the text; nothing when there was none."""
        if not self._notes:
            return Markup("")
        items = Markup("").join(self._endnote(number, words) for number, words in enumerate(self._notes, start=1))
        return Markup('<div class="notes" role="group" aria-label="{}"><ol>{}</ol></div>').format(gettext("Notes"), items)

    def _endnote(self, number: int, words: str) -> Markup:
        back = gettext("Retour à l’appel de la note %(number)s", number=number)
        item = Markup('<li id="{}">{} <a class="note-back" href="#{}" role="doc-backlink" aria-label="{}">↑</a></li>')
        return item.format(self._anchor("note", number), self._text(words), self._anchor("call", number), back)

    def _anchor(self, kind: str, number: int) -> str:
        return f"{kind}-{self._label}-{number}"


def rows_of(table: Node) -> list[list[Node]]:
    """The cells of a table, row by row, each row as long as the longest: it is completed with empty cells. Raises Malformed."""
    rows = [_cells(row) for row in _content(table)]
    width = max(map(len, rows), default=0)
    return [row + [{"type": row[-1]["type"]}] * (width - len(row)) for row in rows if row]


def _cells(row: Node) -> list[Node]:
    cells = list(_content(row))
    if row.get("type") != "table_row" or any(cell.get("type") not in _CELLS for cell in cells):
        raise Malformed("a table holds rows of cells only")
    return cells


def _paragraphs(cell: Node, depth: int) -> Sequence[Node]:
    if any(_kind(child, depth + 1) != "paragraph" for child in _content(cell)):
        raise Malformed("a cell holds paragraphs only")
    return _content(cell)


def _is_heading(row: Sequence[Node]) -> bool:
    return all(cell["type"] == "table_header" for cell in row)


def note_text(node: Node) -> str:
    """What a note says. Raises Malformed."""
    words = _attrs(node).get("text")
    if not isinstance(words, str) or not words.strip():
        raise Malformed("a note without words")
    return words.strip()


def _digest(nodes: Sequence[Node]) -> str:
    return hashlib.sha256("\n".join(_noted(nodes, 1)).encode("utf-8", "replace")).hexdigest()[:8]


def _noted(nodes: Sequence[Node], depth: int) -> Iterator[str]:
    for node in nodes:
        if _kind(node, depth) == "note":
            yield note_text(node)
        yield from _noted(_content(node), depth + 1)


def _text_blocks(nodes: Sequence[Node], depth: int, notes: list[str]) -> Iterator[str]:
    for node in nodes:
        kind = _kind(node, depth)
        if kind in ("paragraph", "heading"):
            yield "".join(_text_run(child, depth + 1, notes) for child in _content(node))
        elif kind in ("bullet_list", "ordered_list"):
            yield "\n".join(_text_items(node, depth + 1, notes))
        elif kind == "table":
            yield "\n".join(" | ".join(_text_cell(cell, depth + 2, notes) for cell in row) for row in rows_of(node))
        else:
            raise Malformed(f"{kind}: not a block of the schema")


def _text_cell(cell: Node, depth: int, notes: list[str]) -> str:
    return " ".join(_text_blocks(_paragraphs(cell, depth), depth + 1, notes)).replace("\n", " ")


def _text_items(node: Node, depth: int, notes: list[str]) -> Iterator[str]:
    first = _attrs(node).get("order", 1)
    for number, item in enumerate(_content(node), start=int(first) if isinstance(first, (int, float)) else 1):
        if _kind(item, depth) != "list_item":
            raise Malformed("a list holds list items only")
        label = f"{number}. " if node["type"] == "ordered_list" else "– "
        inside = "\n".join(_text_blocks(_content(item), depth + 1, notes))
        yield label + inside.replace("\n", "\n" + " " * len(label))


def _text_run(node: Node, depth: int, notes: list[str]) -> str:
    kind = _kind(node, depth)
    if kind == "hard_break":
        return "\n"
    if kind == "note":
        notes.append(note_text(node))
        return f"[{len(notes)}]"
    if kind != "text":
        raise Malformed(f"{kind}: not an inline node of the schema")
    text = str(node.get("text", ""))
    hrefs = [safe_href(_attrs(mark).get("href")) for mark in _marks(node) if mark.get("type") == "link"]
    return "".join([text, *(f" ({href})" for href in hrefs if href and href != text)])


def _kind(node: Node, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Malformed(f"nested beyond {MAX_DEPTH} levels")
    if not isinstance(node, Mapping) or not isinstance(node.get("type"), str):
        raise Malformed("a node is an object with a type")
    return str(node["type"])


def _content(node: Node) -> Sequence[Node]:
    return _list(node, "content")


def _marks(node: Node) -> Sequence[Node]:
    return _list(node, "marks")


def _list(node: Node, key: str) -> Sequence[Node]:
    value = node.get(key) or []
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, Mapping) for item in value):
        raise Malformed(f"{key} is a list of objects")
    return value


def _attrs(node: Node) -> Mapping[str, Any]:
    attrs = node.get("attrs") or {}
    return attrs if isinstance(attrs, Mapping) else {}


def _wrap(tag: str, inside: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(tag, inside)
