"""What is kept of words that come from a file: the schema's nodes, typeset as a new charter is.

Tidying is idempotent, and what an export writes is read again as `tidy` of what was exported: an import is compared with the present
articles on that ground, so that a space or an apostrophe of the other program makes no amendment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

from charter.adapters.pdf.typography import french
from charter.drafting.live.canonical import normalise
from charter.drafting.live.schema import MAX_COLUMNS, MAX_NOTE, MAX_ROWS, safe_link

Node = dict[str, Any]

DEEPEST_LIST = 9
_SPACES = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_DROPPED = {"Cc", "Cs", "Co"}
_PASSES = 4


def tidy(nodes: Iterable[Node]) -> list[Node]:
    """Normalised nodes without empty paragraphs, doubled spaces and control characters, lists at most DEEPEST_LIST deep, typeset."""
    return normalise(_blocks(normalise(nodes), 1))


def line(text: str) -> str:
    """One line of text, typeset: a title, a note."""
    return _typeset(_SPACES.sub(" ", _legible(text))).strip()


def link(href: str) -> str | None:
    """The address as it may stand in a text, None when a link may not go there."""
    address = quote(_legible(href).strip(), safe=":/?#[]@!$&'()*+,;=%~-._" + "".join({c for c in href if ord(c) > 127 and not c.isspace()}))
    return address if safe_link(address) else None


def plain(nodes: Iterable[Node]) -> str:
    """The words of inline nodes, on one line, notes left out."""
    return line("".join(" " if node["type"] == "hard_break" else str(node.get("text", "")) for node in nodes))


def _legible(text: str) -> str:
    return "".join(c for c in text if c in "\t\n\r" or (unicodedata.category(c) not in _DROPPED and ord(c) & 0xFFFE != 0xFFFE))


def _typeset(text: str) -> str:
    for _ in range(_PASSES):
        typeset = unicodedata.normalize("NFC", french(text))
        if typeset == text:
            break
        text = typeset
    return text


def _blocks(nodes: Iterable[Node], depth: int) -> Iterator[Node]:
    for node in nodes:
        content = node.get("content") or []
        if node["type"] in ("paragraph", "heading"):
            if inline := _inline(content):
                yield {**node, "content": inline}
        elif node["type"] == "table":
            yield from _table(content)
        else:
            yield from _list(node, content, depth)


def _list(node: Node, items: Sequence[Node], depth: int) -> Iterator[Node]:
    tidied = [blocks for blocks in (list(_blocks(item.get("content") or [], depth + 1)) for item in items) if blocks]
    if depth > DEEPEST_LIST:
        yield from (block for blocks in tidied for block in blocks)
        return
    content = [{"type": "list_item", "content": _led(blocks)} for blocks in tidied]
    attributes = {name: value for name, value in (node.get("attrs") or {}).items() if name != "order" or value not in (None, 1)}
    if content:
        yield {"type": node["type"], **({"attrs": attributes} if attributes else {}), "content": content}


def _led(blocks: list[Node]) -> list[Node]:
    """An item begins with a paragraph."""
    return blocks if blocks[0]["type"] == "paragraph" else [{"type": "paragraph"}, *blocks]


def _table(rows: Sequence[Node]) -> Iterator[Node]:
    lines = [[_cell(cell) for cell in row.get("content") or []] for row in rows]
    width = max(map(len, lines), default=0)
    if not width:
        return
    for cells in lines:
        kind = "table_header" if cells and all(cell["type"] == "table_header" for cell in cells) else "table_cell"
        cells.extend({"type": kind, "content": [{"type": "paragraph"}]} for _ in range(width - len(cells)))
    lines = [_narrow(cells) for cells in lines]
    for first in range(0, len(lines), MAX_ROWS):
        yield {"type": "table", "content": [{"type": "table_row", "content": cells} for cells in lines[first : first + MAX_ROWS]]}


def _narrow(cells: list[Node]) -> list[Node]:
    """The words of columns beyond the last one allowed go in that one."""
    if len(cells) <= MAX_COLUMNS:
        return cells
    beyond = [block for cell in cells[MAX_COLUMNS - 1 :] for block in cell["content"] if block.get("content")]
    last = {"type": cells[MAX_COLUMNS - 1]["type"], "content": beyond or [{"type": "paragraph"}]}
    return [*cells[: MAX_COLUMNS - 1], last]


def _cell(cell: Node) -> Node:
    paragraphs = [block for block in _blocks(cell.get("content") or [], 1) if block["type"] == "paragraph"]
    return {"type": cell["type"], "content": paragraphs or [{"type": "paragraph"}]}


def _inline(nodes: Sequence[Node]) -> list[Node]:
    """Runs without doubled spaces, breaks and edges without spaces around."""
    lines: list[list[Node]] = [[]]
    for is_break, group in groupby(nodes, key=lambda node: node["type"] == "hard_break"):
        if is_break:
            lines.extend([] for _ in group)
        else:
            lines[-1].extend(_runs(list(group)))
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return [node for index, runs in enumerate(lines) for node in ([{"type": "hard_break"}] if index else []) + runs]


def _runs(nodes: Sequence[Node]) -> list[Node]:
    out: list[Node] = []
    for node in _merged(nodes):
        if node["type"] == "note":
            text = line(str(node["attrs"]["text"]))[:MAX_NOTE].strip()
            out += [{"type": "note", "attrs": {"text": text}}] if text else []
            continue
        text = _typeset(_SPACES.sub(" ", node["text"]))
        text = text.lstrip() if not out else text.lstrip(" ") if _ends_with_space(out[-1]) else text
        out += [{**node, "text": text}] if text else []
    while out and out[-1]["type"] == "text":
        bare = out[-1]["text"].rstrip()
        if bare:
            out[-1] = {**out[-1], "text": bare}
            break
        out.pop()
    return out


def _merged(nodes: Iterable[Node]) -> Iterator[Node]:
    """The runs, links that may not be there taken off, equal neighbours as one: French spacing looks at whole runs."""
    made = [node if node["type"] == "note" else _run(node) for node in nodes]
    for key, group in groupby(made, key=lambda node: (node["type"], node.get("marks"), str(node.get("attrs")))):
        items = list(group)
        if key[0] == "note":
            yield from items
        else:
            yield {**items[0], "text": "".join(item["text"] for item in items)}


def _run(node: Node) -> Node:
    marks = []
    for mark in node.get("marks") or []:
        if mark["type"] != "link":
            marks.append(mark)
        elif href := link(str(mark["attrs"]["href"])):
            marks.append({"type": "link", "attrs": {"href": href}})
    return {"type": "text", "text": _legible(node["text"]), **({"marks": marks} if marks else {})}


def _ends_with_space(node: Node) -> bool:
    return node["type"] == "text" and str(node["text"]).endswith(" ")
