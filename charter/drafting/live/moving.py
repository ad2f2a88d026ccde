"""Words that go from one article to another with everything they bear: formatting, and each comment's own mark, however many overlap.

Pieces are read from a live tree as they are stored, not through nodes: a mark that overlaps another of its kind keeps its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from charter.drafting.live.schema import mark_name

Run = tuple[str, Mapping[str, Any]]
WHOLE = frozenset({"table"})
"""Blocks that are never cut: they go as they are."""


class Nowhere(ValueError):
    """There is no such place in the article any more, or nothing on one side of it."""


@dataclass(frozen=True, slots=True)
class Words:
    """Runs of text with their stored formatting."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """An element and what it holds."""

    tag: str
    attributes: Mapping[str, Any]
    children: tuple[Piece, ...] = ()


Piece = Words | Element


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an article: before character `offset` of the text of block number `block` (both from 0, characters of the whole block,
    lists included). `before` and `after` are the words around it, by which it is found again when others wrote meanwhile."""

    block: int
    offset: int = 0
    before: str = ""
    after: str = ""


def lifted(node: Any) -> Piece:
    """A node of a live tree as a piece, which outlives it."""
    if isinstance(node, XmlText):
        return Words(tuple((str(chunk), dict(formatting or {})) for chunk, formatting in node.diff()))
    attributes = {name: _number(value) for name, value in node.attributes}
    return Element(node.tag, attributes, tuple(lifted(child) for child in node.children))


def _number(value: Any) -> Any:
    # Yjs has JavaScript's one kind of number.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plant(parent: XmlFragment | XmlElement, pieces: Sequence[Piece]) -> None:
    """Appends pieces at the end of `parent`."""
    for piece in pieces:
        if isinstance(piece, Words):
            _plant_words(parent.children.append(XmlText()), piece.runs)
        else:
            plant(parent.children.append(XmlElement(piece.tag, dict(piece.attributes))), piece.children)


def _plant_words(text: XmlText, runs: Sequence[Run]) -> None:
    # Every key is said, those absent as None: an insertion would else inherit the formatting on its left.
    keys = {key for _, formatting in runs for key in formatting}
    for chunk, formatting in runs:
        text.insert(len(text), chunk, dict.fromkeys(keys) | dict(formatting) if keys else None)


def plain(piece: Piece) -> str:
    """The piece's bare text."""
    if isinstance(piece, Words):
        return "".join(chunk for chunk, _ in piece.runs)
    return "".join(plain(child) for child in piece.children)


def comments(pieces: Sequence[Piece]) -> Iterator[str]:
    """The ids of the comments whose marks the pieces bear."""
    for piece in pieces:
        if isinstance(piece, Element):
            yield from comments(piece.children)
            continue
        for _, formatting in piece.runs:
            yield from (str(value.get("id", "")) for key, value in formatting.items() if value and mark_name(key) == "comment")


def found(root: XmlFragment, place: Place) -> tuple[int, int]:
    """Block and offset of a place as the text stands. Raises Nowhere when its words are gone, or in several places."""
    texts = [plain(lifted(child)) for child in root.children]
    if 0 <= place.block < len(texts):
        text = texts[place.block]
        if text[: place.offset].endswith(place.before) and text[place.offset :].startswith(place.after) and place.offset <= len(text):
            return place.block, place.offset
    around = place.before + place.after
    hits = [(block, at) for block, text in enumerate(texts) for at in _all(text, around)]
    if len(hits) != 1:
        raise Nowhere
    block, at = hits[0]
    return block, at + len(place.before)


def _all(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def cut(root: XmlFragment, block: int, offset: int) -> list[Piece]:
    """Takes what follows that place out of the tree, and gives it. Raises Nowhere when one side would have no words."""
    blocks: list[Any] = list(root.children)
    if blocks[block].tag in WHOLE and offset < _length(blocks[block]):
        offset = 0
    whole = block + 1 if offset else block
    pieces = [lifted(child) for child in blocks[whole:]]
    if offset and (rest := _cut(blocks[block], offset)) is not None:
        pieces.insert(0, rest)
    del root.children[whole : len(blocks)]
    if not any(map(plain, pieces)) or not any(plain(lifted(child)) for child in root.children):
        raise Nowhere
    return pieces


def _length(node: Any) -> int:
    return len(plain(lifted(node)))


def _cut(element: XmlElement, offset: int) -> Element | None:
    """What follows `offset` in the element, taken out of it; None when nothing does."""
    rest: list[Piece] = []
    children = list(element.children)
    kept = len(children)
    for index, child in enumerate(children):
        size = _length(child)
        if size <= offset:
            offset -= size
            continue
        if offset and (part := _cut_child(child, offset)) is not None:
            rest.append(part)
            index += 1
        kept = index
        rest += [lifted(other) for other in children[index:]]
        break
    if kept < len(children):
        del element.children[kept : len(children)]
    # A numbered list that goes on in another article begins again there.
    attributes = {name: _number(value) for name, value in element.attributes if name != "order"}  # type: ignore[attr-defined]
    return Element(str(element.tag), attributes, tuple(rest)) if rest else None


def _cut_child(child: Any, offset: int) -> Piece | None:
    return _cut_text(child, offset) if isinstance(child, XmlText) else _cut(child, offset)


def _cut_text(text: XmlText, offset: int) -> Words:
    left, rest = offset, []
    for chunk, formatting in text.diff():
        if len(chunk) > left:
            rest.append((str(chunk)[left:], dict(formatting or {})))
        left = max(0, left - len(chunk))
    # Places in a stored text are counted in bytes of UTF-8.
    del text[len(str("".join(chunk for chunk, _ in text.diff()))[:offset].encode()) :]
    return Words(tuple(rest))
