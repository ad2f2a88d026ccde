"""Who wrote each character of an article, from its stored updates: the author is the one the server authenticated and wrote beside each
update, whatever client number or name the update itself bears. Formatting is no authorship; what was deleted is nobody's any more.

The updates are replayed in a document that is observed. Beside it a mirror of its texts holds (characters, author) runs, changed by the
document's own events, so that a character keeps its author wherever edits around it push it. Offsets in events are bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from charter.drafting.live.canonical import Node, fragment, nodes_from_doc
from charter.drafting.live.document import weakly

Author = tuple[int | None, int | None]
"""Person id, and the id of the party this person acted for then; None for nobody known."""
NOBODY: Author = (None, None)
Runs = list[tuple[bytes, Author]]


class Drift(RuntimeError):
    """The mirror and the document do not say the same: the attribution is not to be believed."""


@dataclass(slots=True)
class _Branch:
    """An element of the mirror: its children, elements and texts."""

    children: list[_Branch | _Leaf] = field(default_factory=list)


@dataclass(slots=True)
class _Leaf:
    """A text of the mirror."""

    runs: Runs = field(default_factory=list)

    def change(self, delta: Iterable[dict[str, Any]], author: Author) -> None:
        """Applies a text event's delta."""
        made: Runs = []
        rest = _Reader(self.runs)
        for step in delta:
            if "insert" in step:
                made.append((str(step["insert"]).encode(), author))
            elif "delete" in step:
                rest.take(int(step["delete"]))
            else:
                made += rest.take(int(step["retain"]))
        self.runs = _merged([*made, *rest.rest()])


class _Reader:
    """Reads runs by numbers of bytes."""

    def __init__(self, runs: Runs) -> None:
        self._runs, self._place, self._inside = runs, 0, 0

    def take(self, size: int) -> Runs:
        found: Runs = []
        while size > 0 and self._place < len(self._runs):
            text, author = self._runs[self._place]
            piece = text[self._inside : self._inside + size]
            found.append((piece, author))
            size -= len(piece)
            self._inside += len(piece)
            if self._inside == len(text):
                self._place, self._inside = self._place + 1, 0
        return found

    def rest(self) -> Runs:
        return self.take(sum(len(text) for text, _ in self._runs))


class Attribution:
    """An article's document with the author of each character. Begin with nothing, or with a document and its `texts`, then `replay`."""

    def __init__(self, base: Sequence[bytes] = (), texts: Sequence[Sequence[Sequence[int | None]]] = ()) -> None:
        """`base`: updates already attributed, whose `texts` say by whom. Raises Drift when they do not fit."""
        self.doc: Doc[Any] = Doc()
        self._root = fragment(self.doc)
        with self.doc.transaction():
            for update in base:
                self.doc.apply_update(update)
        given = iter(texts)
        self._mirror = _Branch([_mirrored(child, given) for child in self._root.children])
        if next(given, None) is not None:
            raise Drift("more texts than the document has")
        self._author: Author = NOBODY
        self._subscription = self._root.observe_deep(weakly(self._hear))
        self._trouble: Exception | None = None

    def replay(self, updates: Iterable[tuple[bytes, Author]]) -> None:
        """Applies stored updates in order, each with its author; those of one author in a row go together. Raises Drift."""
        for author, row in groupby(updates, key=lambda one: one[1]):
            self._author = author
            with self.doc.transaction():
                for update, _ in row:
                    self.doc.apply_update(update)
            if self._trouble is not None:
                raise Drift(str(self._trouble)) from self._trouble
        self.check()

    def check(self) -> None:
        """Raises Drift unless the mirror holds the document's very words."""
        if [runs_text(leaf.runs) for leaf in _leaves(self._mirror)] != [str_of(text) for text in _texts(self._root)]:
            raise Drift("the attributed words are not the document's")

    def texts(self) -> list[list[list[int | None]]]:
        """For storing: for each text in order, [characters, person id, party id] runs."""
        return [[[len(text.decode()), *author] for text, author in leaf.runs] for leaf in _leaves(self._mirror)]

    def nodes(self) -> list[Node]:
        """The article's nodes, comment marks included, each run of text with its `author`, cut where the author changes."""
        runs = [(text.decode(), author) for leaf in _leaves(self._mirror) for text, author in leaf.runs]
        return _authored(nodes_from_doc(self.doc), _Characters(runs))

    def _hear(self, events: Sequence[Any]) -> None:
        # An exception here would be swallowed by the library: it is kept and raised by `replay`.
        try:
            for event in sorted(events, key=lambda one: len(one.path)):
                self._follow(event)
        except Exception as error:
            self._trouble = error

    def _follow(self, event: Any) -> None:
        place: _Branch | _Leaf = self._mirror
        for step in event.path:
            if not isinstance(place, _Branch):
                raise Drift("a path through a text")
            place = place.children[int(step)]
        if isinstance(place, _Leaf):
            place.change(event.delta, self._author)
        else:
            place.children = _children_after(place.children, event.delta, self._author)


def _children_after(children: list[_Branch | _Leaf], delta: Iterable[dict[str, Any]], author: Author) -> list[_Branch | _Leaf]:
    made: list[_Branch | _Leaf] = []
    place = 0
    for step in delta:
        if "insert" in step:
            made += [_new(child, author) for child in step["insert"]]
        elif "delete" in step:
            place += int(step["delete"])
        else:
            made += children[place : place + int(step["retain"])]
            place += int(step["retain"])
    return [*made, *children[place:]]


def _new(node: XmlFragment | XmlElement | XmlText, author: Author) -> _Branch | _Leaf:
    """What came whole: all its words are its author's."""
    if isinstance(node, XmlText):
        words = str_of(node).encode()
        return _Leaf([(words, author)] if words else [])
    return _Branch([_new(child, author) for child in node.children])


def _mirrored(node: XmlFragment | XmlElement | XmlText, given: Iterator[Sequence[Sequence[int | None]]]) -> _Branch | _Leaf:
    if not isinstance(node, XmlText):
        return _Branch([_mirrored(child, given) for child in node.children])
    words, place = str_of(node), 0
    made: Runs = []
    for size, person, party in next(given, ()):
        made.append((words[place : place + (size or 0)].encode(), (person, party)))
        place += size or 0
    if place != len(words):
        raise Drift("a text of another length")
    return _Leaf(made)


def _leaves(branch: _Branch) -> Iterator[_Leaf]:
    for child in branch.children:
        if isinstance(child, _Leaf):
            yield child
        else:
            yield from _leaves(child)


def _texts(parent: XmlFragment | XmlElement) -> Iterator[XmlText]:
    for child in parent.children:
        if isinstance(child, XmlText):
            yield child
        else:
            yield from _texts(child)


def str_of(text: XmlText) -> str:
    """A text's characters, without formatting."""
    return "".join(str(chunk) for chunk, _ in text.diff())


def runs_text(runs: Runs) -> str:
    """The characters of runs."""
    return b"".join(text for text, _ in runs).decode()


def _merged(runs: Runs) -> Runs:
    return [
        (b"".join(text for text, _ in group), author) for author, group in groupby((one for one in runs if one[0]), key=lambda one: one[1])
    ]


class _Characters:
    """Reads attributed characters in order."""

    def __init__(self, runs: Sequence[tuple[str, Author]]) -> None:
        self._runs, self._place, self._inside = runs, 0, 0

    def take(self, size: int) -> Iterator[tuple[str, Author]]:
        while size > 0:
            text, author = self._runs[self._place]
            piece = text[self._inside : self._inside + size]
            self._inside += len(piece)
            size -= len(piece)
            if self._inside == len(text):
                self._place, self._inside = self._place + 1, 0
            yield piece, author


def _authored(nodes: Iterable[Node], characters: _Characters) -> list[Node]:
    made: list[Node] = []
    for node in nodes:
        if node["type"] == "text":
            made += [{**node, "text": piece, "author": author} for piece, author in characters.take(len(node["text"]))]
        elif "content" in node:
            made.append({**node, "content": _authored(node["content"], characters)})
        else:
            made.append(node)
    return made
