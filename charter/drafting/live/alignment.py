"""Which part of a text becomes which part of another: equal parts first, then, in between, the most alike of the same kind.

A *unit* is an element, or the run of text between two elements; its `key` is equal to that of a unit with the same words, its `kind`
tells which ones may become one another, and its `words` say how alike two of them are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from charter.drafting.live.canonical import Node, normalise

TEXT = "text"
SAME_KIND = 0.1
"""What being of the same kind is worth when no word is shared: a paragraph written anew stays the paragraph others are writing in."""
MOST_COMPARED = 40_000
"""Pairs looked at in one gap; beyond, units are paired in order."""
_WORD = re.compile(r"\w+")

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unit:
    """`nodes`: one element, or the texts of a run."""

    kind: str
    nodes: tuple[Node, ...]
    key: str
    words: Counter[str]


def unit(kind: str, nodes: Sequence[Node]) -> Unit:
    """The unit made of `nodes`. Comments count for nothing."""
    same = json.dumps(normalise(nodes), sort_keys=True, ensure_ascii=False)
    return Unit(kind, tuple(nodes), f"{kind} {same}", Counter(_WORD.findall("\n".join(_said(nodes)))))


def pairs(old: Sequence[Unit], new: Sequence[Unit]) -> dict[int, int]:
    """Place in `new` → place in `old` of the unit it comes from; both grow together. Those left out are new, or gone."""
    matcher = SequenceMatcher(None, [one.key for one in old], [one.key for one in new], autojunk=False)
    found: dict[int, int] = {}
    for operation, i, j, k, n in matcher.get_opcodes():
        if operation == "equal":
            found |= zip(range(k, n), range(i, j), strict=True)
        elif operation == "replace":
            found |= {k + right: i + left for left, right in _alike(old[i:j], new[k:n])}
    return found


def _alike(old: Sequence[Unit], new: Sequence[Unit]) -> list[Pair]:
    """The pairs, in order, of the largest total likeness (dynamic programming from the end)."""
    if len(old) * len(new) > MOST_COMPARED:
        return [(place, place) for place, (left, right) in enumerate(zip(old, new, strict=False)) if left.kind == right.kind]
    score = [[_likeness(left, right) for right in new] for left in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = score[i][j] + best[i + 1][j + 1] if score[i][j] else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return list(_followed(score, best))


def _followed(score: list[list[float]], best: list[list[float]]) -> Iterator[Pair]:
    i = j = 0
    while i < len(score) and j < len(score[0]):
        if score[i][j] and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _likeness(left: Unit, right: Unit) -> float:
    if left.kind != right.kind:
        return 0.0
    total = left.words.total() + right.words.total()
    shared = (left.words & right.words).total()
    return SAME_KIND + (2 * shared / total if total else 1.0)


def _said(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        yield str(node.get("text", ""))
        attributes: dict[str, Any] = node.get("attrs") or {}
        yield from (value for value in attributes.values() if isinstance(value, str))
        yield from _said(node.get("content") or ())
