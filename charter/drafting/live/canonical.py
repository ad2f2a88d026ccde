"""From a Yjs document to the canonical text consents and signatures bind to (docs/canonical-text.md), and back.

A node is a ProseMirror node as JSON: `{"type": "paragraph", "content": [{"type": "text", "text": "…", "marks": [{"type": "strong"}]}]}`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import rfc8785
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from charter.drafting.live.schema import CELLS, DOCUMENT, MARK_ORDER, MARKS, MAX_DEPTH, NODES, ROOT, OutOfSchema, check_children, mark_name

Node = dict[str, Any]
EMPTY: tuple[Node, ...] = ({"type": "paragraph"},)


LARGEST = 2**53  # what every JSON reader holds exactly (RFC 8259, section 6)


def fragment(doc: Doc[Any]) -> XmlFragment:
    """The content of an article's document."""
    root: XmlFragment = doc.get(ROOT, type=XmlFragment)
    return root


def nodes_from_doc(doc: Doc[Any]) -> list[Node]:
    """The document's nodes as they stand, comment marks included; numbers that are whole come as int, marks in schema order."""
    return list(_children(fragment(doc)))


def _children(parent: XmlFragment | XmlElement) -> Iterator[Node]:
    for child in parent.children:
        yield from nodes_of(child)


def nodes_of(child: XmlFragment | XmlElement | XmlText) -> Iterator[Node]:
    """The node an element is, or those a text makes."""
    if isinstance(child, XmlText):
        yield from _runs(child)
    elif isinstance(child, XmlElement):
        yield _element(child)


def _element(element: XmlElement) -> Node:
    node: Node = {"type": element.tag}
    attributes = {name: _number(value) for name, value in element.attributes}  # type: ignore[attr-defined]
    if attributes:
        node["attrs"] = dict(sorted(attributes.items()))
    if content := list(_children(element)):
        node["content"] = content
    return node


def _runs(text: XmlText) -> Iterator[Node]:
    for chunk, attributes in text.diff():
        node: Node = {"type": "text", "text": str(chunk)}
        if marks := _marks(attributes or {}):
            node["marks"] = marks
        yield node


def _marks(attributes: Mapping[str, Any]) -> list[Node]:
    marks = []
    for key, value in attributes.items():
        mark: Node = {"type": mark_name(key)}
        if value:
            mark["attrs"] = {name: _number(item) for name, item in sorted(value.items())}
        marks.append(mark)
    return sorted(marks, key=_mark_rank)


def _mark_rank(mark: Node) -> tuple[int, str]:
    return MARK_ORDER.get(mark["type"], len(MARK_ORDER)), str(mark.get("attrs", ""))


def _number(value: Any) -> Any:
    # Yjs has JavaScript's one kind of number: 3 comes back as 3.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def normalise(nodes: Iterable[Node]) -> list[Node]:
    """The nodes that count for consent: no comment marks, marks in schema order, adjacent equal runs merged, text in NFC,
    lists, items and rows emptied by concurrent edits dropped, tables rectangular; a text without anything is one empty paragraph."""
    return list(_normal(nodes)) or _empty()


def _normal(nodes: Iterable[Node]) -> Iterator[Node]:
    for is_text, group in groupby(nodes, key=lambda node: node["type"] == "text"):
        if is_text:
            yield from _normal_text(group)
        else:
            yield from filter(None, map(_normal_element, group))


def _normal_text(nodes: Iterable[Node]) -> Iterator[Node]:
    for marks, group in groupby(nodes, key=_lasting_marks):
        text = unicodedata.normalize("NFC", "".join(node["text"] for node in group))
        if text:
            yield {"type": "text", "text": text, **({"marks": marks} if marks else {})}


def _lasting_marks(node: Node) -> list[Node]:
    return sorted((mark for mark in node.get("marks", ()) if mark["type"] != "comment"), key=_mark_rank)


def _normal_element(node: Node) -> Node | None:
    content = list(_normal(node.get("content", ())))
    if node["type"] in CELLS:
        content = content or _empty()
    elif node["type"] == "table":
        content = _rectangular(content)
    rule = NODES.get(node["type"])
    if rule is not None and rule.needs_children and not content:
        return None
    normal: Node = {"type": node["type"]}
    if attributes := {name: _normal_value(value) for name, value in (node.get("attrs") or {}).items() if value is not None}:
        normal["attrs"] = attributes
    return normal | ({"content": content} if content else {})


def _empty() -> list[Node]:
    return [dict(node) for node in EMPTY]


def _rectangular(rows: list[Node]) -> list[Node]:
    """The rows, each completed with empty cells of its last one's kind up to the longest."""
    width = max((len(row["content"]) for row in rows), default=0)
    return [{**row, "content": row["content"] + _filling(row["content"], width)} for row in rows]


def _filling(cells: list[Node], width: int) -> list[Node]:
    return [{"type": cells[-1]["type"], "content": _empty()} for _ in range(width - len(cells))]


def _normal_value(value: Any) -> Any:
    return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else _number(value)


def canonical_text(title: str, nodes: Iterable[Node]) -> bytes:
    """RFC 8785 JSON of `{"content": […], "title": "…"}`, UTF-8: what is hashed."""
    return rfc8785.dumps({"title": unicodedata.normalize("NFC", title.strip()), "content": normalise(nodes)})


def content_hash(title: str, nodes: Iterable[Node]) -> str:
    """SHA-256, 64 hexadecimal digits, of the canonical text."""
    return hashlib.sha256(canonical_text(title, nodes)).hexdigest()


def content_from_nodes(nodes: Sequence[Node]) -> bytes:
    """A Yjs update that makes an empty document hold `nodes`. Raises OutOfSchema when the schema has no place for them.

    Each call writes under a fresh client number: applying two of them to one document doubles its words, so an article is
    seeded once, and later texts are edits (`content.edit`)."""
    doc: Doc[Any] = Doc()
    root = fragment(doc)
    with doc.transaction():
        write_nodes(root, nodes)
    check_children(root)
    return doc.get_update()


def write_nodes(parent: XmlFragment | XmlElement, nodes: Iterable[Node], depth: int = 0) -> None:
    """Appends `nodes` at the end of `parent`. Raises OutOfSchema."""
    insert_nodes(parent, len(parent.children), nodes, depth)


def insert_nodes(parent: XmlFragment | XmlElement, place: int, nodes: Iterable[Node], depth: int = 0) -> None:
    """Puts `nodes` in `parent` before its child number `place`. Raises OutOfSchema."""
    rule = NODES[parent.tag or ""] if isinstance(parent, XmlElement) else DOCUMENT
    for is_text, group in groupby(nodes, key=lambda node: node.get("type") == "text"):
        if is_text:
            if not rule.text:
                raise OutOfSchema("text outside a paragraph")
            _write_text(parent.children.insert(place, XmlText()), group)
            place += 1
            continue
        for node in group:
            if depth > MAX_DEPTH:
                raise OutOfSchema("nested too deep")
            if node.get("type") not in rule.children:
                raise OutOfSchema(f"element {str(node.get('type'))[:64]!r}")
            element = parent.children.insert(place, XmlElement(node["type"], attributes_of(node)))
            place += 1
            write_nodes(element, node.get("content") or (), depth + 1)


def attributes_of(node: Node) -> dict[str, Any]:
    """The attributes to write for a node, or for a mark. Raises OutOfSchema."""
    return _plain({name: value for name, value in (node.get("attrs") or {}).items() if value is not None})


def formatting(node: Node) -> dict[str, Any]:
    """What to say when inserting a text node: every mark, those absent as None, or it would inherit the formatting on its left."""
    return dict.fromkeys(MARKS) | {mark["type"]: attributes_of(mark) for mark in node.get("marks") or ()}


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """The same. Raises OutOfSchema on what is not a word or a small number: the Yjs library panics on a whole number past 64 bits."""
    for name, value in attributes.items():
        if not isinstance(value, str) and not (type(value) is int and abs(value) <= LARGEST):
            raise OutOfSchema(f"attribute {name[:64]!r}")
    return attributes


def _write_text(text: XmlText, nodes: Iterable[Node]) -> None:
    for node in nodes:
        text.insert(len(text), node["text"], formatting(node) if node.get("marks") else None)
