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

from charter.drafting.live.schema import DOCUMENT, MARK_ORDER, MARKS, MAX_DEPTH, NODES, ROOT, OutOfSchema, check_children, mark_name

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
    lists and items emptied by concurrent edits dropped; a text without anything is one empty paragraph."""
    return list(_normal(nodes)) or [dict(node) for node in EMPTY]


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
    rule = NODES.get(node["type"])
    if rule is not None and rule.needs_children and not content:
        return None
    normal: Node = {"type": node["type"]}
    if attributes := {name: _number(value) for name, value in (node.get("attrs") or {}).items() if value is not None}:
        normal["attrs"] = attributes
    return normal | ({"content": content} if content else {})


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
    rule = NODES[parent.tag or ""] if isinstance(parent, XmlElement) else DOCUMENT
    for is_text, group in groupby(nodes, key=lambda node: node.get("type") == "text"):
        if is_text:
            if not rule.text:
                raise OutOfSchema("text outside a paragraph")
            _write_text(parent, group)
            continue
        for node in group:
            if depth > MAX_DEPTH:
                raise OutOfSchema("nested too deep")
            if node.get("type") not in rule.children:
                raise OutOfSchema(f"element {str(node.get('type'))[:64]!r}")
            element = parent.children.append(XmlElement(node["type"], _attributes(node)))
            write_nodes(element, node.get("content") or (), depth + 1)


def _attributes(node: Node) -> dict[str, Any]:
    return _plain({name: value for name, value in (node.get("attrs") or {}).items() if value is not None})


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """The same. Raises OutOfSchema on what is not a word or a small number: the Yjs library panics on a whole number past 64 bits."""
    for name, value in attributes.items():
        if not isinstance(value, str) and not (type(value) is int and abs(value) <= LARGEST):
            raise OutOfSchema(f"attribute {name[:64]!r}")
    return attributes


def _write_text(parent: XmlFragment | XmlElement, nodes: Iterable[Node]) -> None:
    text = parent.children.append(XmlText())
    for node in nodes:
        # Every mark is said, those absent as None: an insertion would else inherit the formatting on its left.
        formatting: dict[str, Any] = dict.fromkeys(MARKS) | {
            mark["type"]: _plain(mark.get("attrs") or {}) for mark in node.get("marks") or ()
        }
        text.insert(len(text), node["text"], formatting if node.get("marks") else None)
