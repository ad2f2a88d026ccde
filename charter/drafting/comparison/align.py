"""Aligning two sequences in a time that grows with their length, not with its square: what is unique on both sides anchors the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

LARGEST_TABLE = 40_000
"""Cells: a stretch without anchor is compared one by one up to this size, and beyond it counts as rewritten."""

Pairs = list[tuple[int, int]]


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Pairs:
    """Places (in `old`, in `new`) of what both hold in the same order, increasing."""
    found: Pairs = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        i, j, k, n = waiting.pop()
        while i < j and k < n and old[i] == new[k]:
            found.append((i, k))
            i, k = i + 1, k + 1
        while i < j and k < n and old[j - 1] == new[n - 1]:
            j, n = j - 1, n - 1
            found.append((j, n))
        if i == j or k == n:
            continue
        anchors = _anchors(old, new, i, j, k, n)
        if not anchors:
            found += _longest(old, new, i, j, k, n)
            continue
        for at, on in anchors:
            waiting.append((i, at, k, on))
            found.append((at, on))
            i, k = at + 1, on + 1
        waiting.append((i, j, k, n))
    return sorted(found)


def best(old: int, new: int, likeness: Callable[[int, int], float], least: float) -> Pairs:
    """Pairs in order that make the sum of `likeness(i, k)` greatest, none under `least`. One by one beyond LARGEST_TABLE cells."""
    if old * new > LARGEST_TABLE:
        return [(place, place) for place in range(min(old, new)) if likeness(place, place) >= least]
    alike = [[likeness(i, k) for k in range(new)] for i in range(old)]
    table = [[0.0] * (new + 1) for _ in range(old + 1)]
    for i in range(old - 1, -1, -1):
        for k in range(new - 1, -1, -1):
            paired = table[i + 1][k + 1] + alike[i][k] if alike[i][k] >= least else 0.0
            table[i][k] = max(table[i + 1][k], table[i][k + 1], paired)
    found, i, k = [], 0, 0
    while i < old and k < new:
        if alike[i][k] >= least and table[i][k] == table[i + 1][k + 1] + alike[i][k]:
            found.append((i, k))
            i, k = i + 1, k + 1
        elif table[i][k] == table[i + 1][k]:
            i += 1
        else:
            k += 1
    return found


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], i: int, j: int, k: int, n: int) -> Pairs:
    """What is there once on both sides, in the longest common order (Bram Cohen's « patience »)."""
    here, there = Counter(old[i:j]), Counter(new[k:n])
    place = {new[at]: at for at in range(k, n) if there[new[at]] == 1}
    pairs = [(at, place[old[at]]) for at in range(i, j) if here[old[at]] == 1 and old[at] in place]
    tops: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for number, (_, on) in enumerate(pairs):
        pile = bisect_left(tops, on)
        before.append(heads[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [on]
        heads[pile : pile + 1] = [number]
    chain: Pairs = []
    at = heads[-1] if heads else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _longest(old: Sequence[Hashable], new: Sequence[Hashable], i: int, j: int, k: int, n: int) -> Pairs:
    if (j - i) * (n - k) > LARGEST_TABLE:
        return []
    found = best(j - i, n - k, lambda a, b: 1.0 if old[i + a] == new[k + b] else 0.0, 1.0)
    return [(i + a, k + b) for a, b in found]
