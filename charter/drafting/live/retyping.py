"""Making one live text hold other words by touching only what differs, so that the words kept keep their author and their comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from pycrdt import XmlText

from charter.drafting.live.canonical import Node, formatting
from charter.drafting.live.schema import mark_name

MOST_COMPARED = 4_000_000
"""Pairs of words looked at; beyond, the passage that differs is replaced whole."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Format = dict[str, Any]


class Run(NamedTuple):
    """Characters with the same formatting: mark key → its attributes."""

    text: str
    format: Format


class Change(NamedTuple):
    """Characters `start` to `end` of the old text become `first` to `last` of the new one."""

    start: int
    end: int
    first: int
    last: int


def retype(text: XmlText, nodes: Iterable[Node]) -> None:
    """The least edits that make `text` hold the words of `nodes` (text nodes), with their lasting marks.

    Comments stay on the words that stay, and on a word set between two words of the same comment."""
    wanted = [Run(node["text"], formatting(node)) for node in nodes if node["text"]]
    _reword(text, wanted)
    _remark(text, wanted)


def changes(old: str, new: str) -> list[Change]:
    """What differs, word by word, then narrowed to letters added or taken out of a word; in order."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    at, to = (list(accumulate(map(len, words), initial=0)) for words in (left, right))
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    found = _differing(left[head : len(left) - tail], right[head : len(right) - tail])
    return [_narrowed(old, new, Change(at[head + i], at[head + j], to[head + k], to[head + n])) for i, j, k, n in found]


def _differing(left: Sequence[str], right: Sequence[str]) -> list[Change]:
    if len(left) * len(right) > MOST_COMPARED:
        return [Change(0, len(left), 0, len(right))]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [Change(i, j, k, n) for operation, i, j, k, n in matcher.get_opcodes() if operation != "equal"]


def _narrowed(old: str, new: str, change: Change) -> Change:
    """To the letters added or taken out when that is all; another word is another word."""
    before, after = old[change.start : change.end], new[change.first : change.last]
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    if head + tail < min(len(before), len(after)):
        return change
    return Change(change.start + head, change.end - tail, change.first + head, change.last - tail)


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many characters, or words, they begin with together."""
    most = min(len(left), len(right))
    return next((place for place in range(most) if left[place] != right[place]), most)


def _runs(text: XmlText) -> list[Run]:
    return [Run(str(chunk), dict(attributes or {})) for chunk, attributes in text.diff()]


def _reword(text: XmlText, wanted: Sequence[Run]) -> None:
    runs = _runs(text)
    old = "".join(run.text for run in runs)
    absent = dict.fromkeys(key for run in runs for key in run.format)
    # From the end, so that places further on in the old text stay true. The library counts in UTF-8 bytes.
    for change in reversed(changes(old, "".join(run.text for run in wanted))):
        start, end = _bytes(old[: change.start]), _bytes(old[: change.end])
        if end > start:
            del text[start:end]
        around = _comments_around(runs, change)
        for run in _between(wanted, change.first, change.last):
            # Every mark is said, those absent as None: an insertion would else inherit the formatting on its left.
            text.insert(start, run.text, absent | run.format | around)
            start += _bytes(run.text)


def _bytes(text: str) -> int:
    return len(text.encode())


def _between(runs: Iterable[Run], first: int, last: int) -> Iterator[Run]:
    place = 0
    for run in runs:
        inside = run.text[max(first - place, 0) : max(last - place, 0)]
        if inside:
            yield Run(inside, run.format)
        place += len(run.text)


def _comments_around(runs: Sequence[Run], change: Change) -> Format:
    """The comments whose words stand on both sides of the change."""
    left = _format_at(runs, change.start - 1)
    right = _format_at(runs, change.end)
    return {key: value for key, value in left.items() if mark_name(key) == "comment" and right.get(key) == value}


def _format_at(runs: Sequence[Run], place: int) -> Format:
    return next((run.format for run in _between(runs, place, place + 1)), {}) if place >= 0 else {}


def _remark(text: XmlText, wanted: Sequence[Run]) -> None:
    start = 0
    for run, target in _segments(_runs(text), wanted):
        end = start + _bytes(run.text)
        if difference := _difference(run.format, target):
            text.format(start, end, difference)
        start = end


def _segments(runs: Sequence[Run], wanted: Sequence[Run]) -> Iterator[tuple[Run, Format]]:
    """The runs, cut where the formatting wanted changes; both have the same characters."""
    cuts = sorted({place for one in (runs, wanted) for place in accumulate((len(run.text) for run in one), initial=0)})
    for first, last in pairwise(cuts):
        yield next(_between(runs, first, last)), next(_between(wanted, first, last)).format


def _difference(now: Mapping[str, Any], target: Format) -> Format:
    """What to say to go from one formatting to the other; comments are not words and stay."""
    lasting = {name: value for name, value in target.items() if mark_name(name) != "comment" and value is not None}
    gone = {key: None for key in now if mark_name(key) != "comment" and key not in lasting}
    return gone | {name: value for name, value in lasting.items() if now.get(name) != value}
