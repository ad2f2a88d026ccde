"""A text as the flat list of blocks people see: paragraphs, titles, list items, table rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from charter.drafting.live.canonical import Node
from charter.i18n import gettext
from workflows.base import N_

Kind = Literal["title", "paragraph", "heading", "subheading", "bullet", "number", "row"]
Mark = tuple[str, str]
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
WORD = re.compile(r"\w+")
CELLS = " | "


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters alike: `marks` as (name, where a link leads); `author`: whatever the text node said of who wrote it."""

    text: str
    marks: tuple[Mark, ...] = ()
    author: Any = None


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a blank or a sign. `marks`: those of any of its characters."""

    text: str
    marks: frozenset[Mark] = frozenset()

    @property
    def key(self) -> str:
        """What makes two tokens the same: every blank is one blank, so that a non-breaking space is no other word."""
        return " " if self.text.isspace() else self.text


@dataclass(frozen=True, slots=True)
class Block:
    """One line of thought. `label`: « – » or « 3. » before an item; `depth`: how deep in lists, from 0."""

    kind: Kind
    spans: tuple[Span, ...]
    label: str = ""
    depth: int = 0

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(span.text for span in self.spans)

    @property
    def marked(self) -> list[tuple[str, Mark]]:
        """Which characters bear which mark: equal for two blocks formatted alike."""
        return [(span.text, mark) for span in self.spans for mark in span.marks]

    def tokens(self) -> list[Token]:
        """Its words, blanks and signs; a word half in bold is one word."""
        text, ends, place = self.text, [], 0
        for span in self.spans:
            place += len(span.text)
            ends.append((place, span.marks))
        found, at = [], 0
        for match in _TOKENS.finditer(text):
            while at < len(ends) and ends[at][0] <= match.start():
                at += 1
            marks, over = set(ends[at][1]), at
            while ends[over][0] < match.end():
                over += 1
                marks.update(ends[over][1])
            found.append(Token(match.group(), frozenset(marks)))
        return found


def words_in(text: str) -> int:
    """How many words a person would count."""
    return len(WORD.findall(text))


def blocks_of(nodes: Iterable[Node]) -> list[Block]:
    """The blocks of ProseMirror nodes, in reading order; what holds no character is left out."""
    return [block for block in _blocks(nodes, 0) if block.text.strip()]


def _blocks(nodes: Iterable[Node], depth: int) -> Iterator[Block]:
    for node in nodes:
        kind = node["type"]
        if kind in ("bullet_list", "ordered_list"):
            yield from _items(node, depth)
        elif kind == "table":
            yield from (Block("row", _row(row), depth=depth) for row in _content(node))
        elif kind == "heading":
            level: Kind = "subheading" if (node.get("attrs") or {}).get("level") == 4 else "heading"
            yield Block(level, _spans(_content(node)), depth=depth)
        elif kind == "paragraph":
            yield Block("paragraph", _spans(_content(node)), depth=depth)
        else:
            yield from _blocks(_content(node), depth)


def _items(node: Node, depth: int) -> Iterator[Block]:
    ordered = node["type"] == "ordered_list"
    first = int((node.get("attrs") or {}).get("order", 1))
    for number, item in enumerate(_content(node), start=first):
        label = f"{number}." if ordered else "–"
        for place, block in enumerate(_blocks(_content(item), depth + 1)):
            if place == 0 and block.kind == "paragraph":
                yield Block("number" if ordered else "bullet", block.spans, label, block.depth)
            else:
                yield block


def _row(row: Node) -> tuple[Span, ...]:
    spans: list[Span] = []
    for cell in _content(row):
        if spans:
            spans.append(Span(CELLS))
        for place, block in enumerate(_blocks(_content(cell), 0)):
            spans += [*([Span("\n")] if place else []), *block.spans]
    return tuple(spans)


def _spans(nodes: Sequence[Node]) -> tuple[Span, ...]:
    return tuple(_span(node) for node in nodes)


def _span(node: Node) -> Span:
    if node["type"] == "text":
        return Span(node["text"], _marks(node), node.get("author"))
    if node["type"] == "hard_break":
        return Span("\n")
    said = (node.get("attrs") or {}).get("text", "")
    return Span(" " + gettext(N_("[note : %(text)s]"), text=said) if said else "")


def _marks(node: Node) -> tuple[Mark, ...]:
    kept = (mark for mark in node.get("marks") or () if mark["type"] != "comment")
    return tuple((mark["type"], str((mark.get("attrs") or {}).get("href", ""))) for mark in kept)


def _content(node: Node) -> Sequence[Node]:
    return node.get("content") or ()
