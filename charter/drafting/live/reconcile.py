"""Making a live article hold given nodes by the least edits: what restores a version, takes in an import or merges an amendment.

Whatever stays keeps its place in the shared document: its author, its comments, and what somebody is writing there at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pycrdt import XmlElement, XmlFragment, XmlText

from charter.drafting.live.alignment import TEXT, Unit, pairs, unit
from charter.drafting.live.canonical import EMPTY, Node, attributes_of, insert_nodes, nodes_of
from charter.drafting.live.retyping import retype

Parent = XmlFragment | XmlElement


def reconcile(root: XmlFragment, nodes: Sequence[Node]) -> None:
    """Edits `root` until its normalised nodes are those of `nodes`. Call it inside a transaction (`content.edit` does).

    Blocks are aligned by likeness, texts changed word by word and marked afresh where marks differ. Raises OutOfSchema (KeyError,
    TypeError, ValueError on what is no node at all), and the tree may then be half edited: check it and throw it away."""
    _children(root, nodes or EMPTY, 0)


def _children(parent: Parent, nodes: Iterable[Node], depth: int) -> None:
    children = list(parent.children)
    # A text emptied by its author is nothing to see and somebody's caret may be in it: it stays unless it can serve.
    old = [unit(child.tag or "" if isinstance(child, XmlElement) else TEXT, list(nodes_of(child))) for child in children]
    new = [unit(kind, members) for kind, members in _units(nodes)]
    kept = pairs(old, new)
    here = _cleared(parent, old, set(kept.values()))
    place = 0
    for number, wanted in enumerate(new):
        if number in kept:
            place = here.index(kept[number]) + 1
            if old[kept[number]].key != wanted.key:
                _become(children[kept[number]], wanted, depth)
            continue
        insert_nodes(parent, place, wanted.nodes, depth)
        here.insert(place, -1)
        place += 1


def _units(nodes: Iterable[Node]) -> Iterator[tuple[str, list[Node]]]:
    for kind, group in groupby(nodes, key=lambda node: str(node["type"])):
        if kind != TEXT:
            yield from ((kind, [node]) for node in group)
        elif texts := [node for node in group if node["text"]]:
            yield TEXT, texts


def _cleared(parent: Parent, old: Sequence[Unit], kept: set[int]) -> list[int]:
    """Takes out what nothing wanted comes from; gives the places, before that, of those still there."""
    gone = [place for place, one in enumerate(old) if place not in kept and (one.kind != TEXT or one.nodes)]
    for place in reversed(gone):
        del parent.children[place]
    return [place for place in range(len(old)) if place not in set(gone)]


def _become(child: XmlElement | XmlText | XmlFragment, wanted: Unit, depth: int) -> None:
    if isinstance(child, XmlText):
        retype(child, wanted.nodes)
        return
    if isinstance(child, XmlElement):
        _set_attributes(child, wanted.nodes[0])
    _children(child, wanted.nodes[0].get("content") or (), depth + 1)


def _set_attributes(element: XmlElement, node: Node) -> None:
    wanted = attributes_of(node)
    present = dict(element.attributes)  # type: ignore[call-overload]
    for name in present.keys() - wanted.keys():
        del element.attributes[name]
    for name, value in wanted.items():
        if present.get(name) != value:
            element.attributes[name] = value
