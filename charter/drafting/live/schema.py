"""What an article may hold: the ProseMirror schema of the editor (`assets/editor/schema.ts`), as rules on a Yjs tree.

The rules are about vocabulary and nesting, which one author's update alone can break. They say nothing about what concurrent edits of
honest authors may leave for a moment (an emptied list): refusing that would lose somebody's words, so `canonical` tidies it instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

VERSION = 2
"""Of the schema; it grows with every node, mark or attribute, with the editor's own (`SCHEMA_VERSION` in assets/editor/schema.ts).
An editor that does not know a node deletes it, so one of another version is not let in."""

ROOT = "content"
MAX_DEPTH = 20
MAX_ATTRIBUTE = 8192
MAX_NOTE = 2000
MAX_ROWS = 500
MAX_COLUMNS = 30

Check = Callable[[Any], bool]
_LINK = re.compile(r"(?:https?|mailto):\S", re.IGNORECASE)
_COMMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# y-prosemirror writes marks that may overlap themselves as name--hash.
_OVERLAP = re.compile(r"(.*)--[A-Za-z0-9+/=]{8}")


class OutOfSchema(ValueError):
    """Something an article may not hold; the message says what."""


def _heading_level(value: Any) -> bool:
    return isinstance(value, (int, float)) and value in (3, 4)


def _list_start(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1_000_000 and value == int(value)


def safe_link(value: Any) -> bool:
    """True for an http, https or mailto address of reasonable length."""
    return isinstance(value, str) and len(value) <= MAX_ATTRIBUTE and _LINK.match(value) is not None and "\0" not in value


def _comment_id(value: Any) -> bool:
    return isinstance(value, str) and _COMMENT_ID.fullmatch(value) is not None


def _note_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= MAX_NOTE and not any(map(_is_control, value))


def _is_unwritable(character: str) -> bool:
    return character < " " and character not in "\t\n\r"


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")


@dataclass(frozen=True, slots=True)
class NodeRule:
    """`children`: names of the elements allowed inside, at `most` so many; `text`: whether text is; `needs_children`: dropped by
    `canonical` when empty; `attributes`: the check each must pass; `required`: those that must be there."""

    children: frozenset[str] = frozenset()
    text: bool = False
    needs_children: bool = False
    attributes: Mapping[str, Check] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    most: int | None = None


_LISTS = frozenset({"bullet_list", "ordered_list"})
_INLINE = frozenset({"hard_break", "note"})
CELLS = frozenset({"table_header", "table_cell"})

DOCUMENT = NodeRule(children=frozenset({"paragraph", "heading", "table"}) | _LISTS)
NODES: Mapping[str, NodeRule] = {
    "paragraph": NodeRule(children=_INLINE, text=True),
    "heading": NodeRule(children=_INLINE, text=True, attributes={"level": _heading_level}, required=frozenset({"level"})),
    "bullet_list": NodeRule(children=frozenset({"list_item"}), needs_children=True),
    "ordered_list": NodeRule(children=frozenset({"list_item"}), needs_children=True, attributes={"order": _list_start}),
    "list_item": NodeRule(children=frozenset({"paragraph"}) | _LISTS, needs_children=True),
    # Rows may be of different lengths for a moment: one adds a column while another adds a row. `canonical` completes them.
    "table": NodeRule(children=frozenset({"table_row"}), needs_children=True, most=MAX_ROWS),
    "table_row": NodeRule(children=CELLS, needs_children=True, most=MAX_COLUMNS),
    "table_header": NodeRule(children=frozenset({"paragraph"})),
    "table_cell": NodeRule(children=frozenset({"paragraph"})),
    "hard_break": NodeRule(),
    "note": NodeRule(attributes={"text": _note_text}, required=frozenset({"text"})),
}
# In the editor's order, which is the order of the canonical text.
MARKS: Mapping[str, Mapping[str, Check]] = {
    "strong": {},
    "em": {},
    "link": {"href": safe_link},
    "comment": {"id": _comment_id},
}
MARK_ORDER = {name: index for index, name in enumerate(MARKS)}


def mark_name(key: str) -> str:
    """The mark a formatting attribute stands for: `comment--q9fTUGbH` is a comment."""
    match = _OVERLAP.fullmatch(key)
    return match.group(1) if match else key


def check_marks(attributes: Mapping[str, Any] | None) -> None:
    """Raises OutOfSchema when the formatting of a run of text has an unknown mark or attribute."""
    for key, value in (attributes or {}).items():
        checks = MARKS.get(mark_name(key))
        if checks is None:
            raise OutOfSchema(f"mark {key[:64]!r}")
        if not isinstance(value, Mapping) or set(value) != set(checks) or not all(checks[name](value[name]) for name in checks):
            raise OutOfSchema(f"attributes of mark {key[:64]!r}")


def check_text(text: XmlText) -> None:
    """Raises OutOfSchema when a text holds anything but formatted characters."""
    if len(text.attributes):
        raise OutOfSchema("attributes on text")
    for chunk, attributes in text.diff():
        if not isinstance(chunk, str):
            raise OutOfSchema("embedded object")
        # No editor writes them; PostgreSQL keeps a NUL in no JSON, so no version could hold the article, and the others read as nothing.
        if any(map(_is_unwritable, chunk)):
            raise OutOfSchema("a control character")
        if attributes:
            check_marks(attributes)


def check_attributes(element: XmlElement) -> None:
    """Raises OutOfSchema when an element has an unknown attribute or lacks one."""
    rule = NODES[element.tag or ""]
    attributes: dict[str, Any] = dict(element.attributes)  # type: ignore[call-overload]
    for name, value in attributes.items():
        check = rule.attributes.get(name)
        if check is None or not check(value):
            raise OutOfSchema(f"attribute {name[:64]!r} of {element.tag}")
    if rule.required - attributes.keys():
        raise OutOfSchema(f"{element.tag} lacks an attribute")


def check_children(parent: XmlFragment | XmlElement, depth: int = 0) -> None:
    """Checks everything under `parent`, whose own attributes are not looked at. Raises OutOfSchema."""
    if depth > MAX_DEPTH:
        raise OutOfSchema("nested too deep")
    rule = NODES[parent.tag or ""] if isinstance(parent, XmlElement) else DOCUMENT
    children = list(parent.children)
    # Things that are not XML nodes (strings, maps, sub-documents) count in the length and are not listed.
    if len(children) != len(parent.children):
        raise OutOfSchema("something that is not a node")
    if rule.most is not None and len(children) > rule.most:
        raise OutOfSchema(f"{parent.tag} of more than {rule.most}")  # type: ignore[union-attr]
    for child in children:
        if isinstance(child, XmlText):
            if not rule.text:
                raise OutOfSchema("text outside a paragraph")
            check_text(child)
        elif not isinstance(child, XmlElement) or child.tag not in rule.children:
            raise OutOfSchema(f"element {str(getattr(child, 'tag', None))[:64]!r} inside {getattr(parent, 'tag', 'the document')}")
        else:
            check_attributes(child)
            check_children(child, depth + 1)


def check_node(node: XmlFragment | XmlElement | XmlText) -> None:
    """Checks a node that changed, and what is under it. Raises OutOfSchema."""
    if isinstance(node, XmlText):
        check_text(node)
        return
    if isinstance(node, XmlElement):
        check_attributes(node)
    check_children(node, _depth(node))


def _depth(node: XmlFragment | XmlElement) -> int:
    depth, parent = 0, node.parent
    while parent is not None and depth <= MAX_DEPTH:
        depth, parent = depth + 1, parent.parent
    return depth
