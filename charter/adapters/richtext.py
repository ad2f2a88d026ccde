"""Rich text: ProseMirror JSON nodes as HTML or as plain text.

The schema is the editor's: paragraph, heading (level 3 or 4), bullet_list, ordered_list, list_item, hard_break, text; marks
strong, em, link (href), comment (id; never shown here). Everything is escaped by construction; a node or mark outside
the schema is an error, since leaving it out would change what people agreed to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

Node = Mapping[str, Any]
MAX_DEPTH = 40
LINK_SCHEMES = ("http", "https", "mailto")

_BLOCKS = {"paragraph": "p", "bullet_list": "ul", "list_item": "li"}
_MARKS = {"strong": "strong", "em": "em"}


class Malformed(ValueError):
    """Not a text of our schema, or nested beyond MAX_DEPTH."""


def _same(text: str) -> str:
    return text


def to_html(nodes: Sequence[Node], text: Callable[[str], str] = _same) -> Markup:
    """Block nodes as HTML. `text` is applied to each run of text before it is escaped (typography). Raises Malformed."""
    return _Html(text).blocks(nodes, 1)


def to_text(nodes: Sequence[Node]) -> str:
    """Block nodes as plain text: a blank line between blocks, « – » or a number before items, links followed by their address.

    Raises Malformed.
    """
    return "\n\n".join(_text_blocks(nodes, 1))


def safe_href(href: object) -> str | None:
    """The address if a link may go there (http, https, mailto), else None."""
    try:
        parts = urlsplit(str(href).strip())
    except ValueError:
        return None
    whole = parts.netloc if parts.scheme in ("http", "https") else parts.path
    return parts.geturl() if parts.scheme in LINK_SCHEMES and whole else None


class _Html:
    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text
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


def _text_blocks(nodes: Sequence[Node], depth: int) -> Iterator[str]:
    for node in nodes:
        kind = _kind(node, depth)
        if kind in ("paragraph", "heading"):
            yield "".join(_text_run(child, depth + 1) for child in _content(node))
        elif kind in ("bullet_list", "ordered_list"):
            yield "\n".join(_text_items(node, depth + 1))
        else:
            raise Malformed(f"{kind}: not a block of the schema")


def _text_items(node: Node, depth: int) -> Iterator[str]:
    first = _attrs(node).get("order", 1)
    for number, item in enumerate(_content(node), start=int(first) if isinstance(first, (int, float)) else 1):
        if _kind(item, depth) != "list_item":
            raise Malformed("a list holds list items only")
        label = f"{number}. " if node["type"] == "ordered_list" else "– "
        inside = "\n".join(_text_blocks(_content(item), depth + 1))
        yield label + inside.replace("\n", "\n" + " " * len(label))


def _text_run(node: Node, depth: int) -> str:
    kind = _kind(node, depth)
    if kind == "hard_break":
        return "\n"
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
