"""What changed in an article since a party said its word: the words it read, against those of today."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from charter.adapters.richtext import to_text
from charter.drafting.live.canonical import Node
from charter.drafting.models import Consent
from charter.drafting.words import words_at
from charter.work import Work

LONGEST = 20_000
BREAK = "\n\n"
GAP = "[…]"
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `kept`, `added` since, or `removed` since."""

    kind: Literal["kept", "added", "removed"]
    text: str


def since(work: Work, consent: Consent, title: str, nodes: list[Node]) -> list[Piece]:
    """From the words the consent binds to, to `title` and `nodes`. Empty when they are too long to compare word by word."""
    return difference(consent.title, words_at(work.session, consent.article_id, consent.seq), title, nodes)


def difference(before_title: str, before_nodes: Sequence[Node], after_title: str, after_nodes: Sequence[Node]) -> list[Piece]:
    """From one text to another, as pieces in reading order: what `templates/pages/drafting/_difference.html` shows."""
    before, after = f"{before_title}\n\n{to_text(before_nodes)}", f"{after_title}\n\n{to_text(after_nodes)}"
    return [] if len(before) + len(after) > LONGEST else _shortened(list(compare(before, after)))


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Whole paragraphs that did not change are left out: « […] » stands for them."""
    last = len(pieces) - 1
    return [
        Piece("kept", _around(one.text, first=place == 0, last=place == last)) if one.kind == "kept" else one
        for place, one in enumerate(pieces)
    ]


def _around(text: str, *, first: bool, last: bool) -> str:
    paragraphs = text.split(BREAK)
    if len(paragraphs) == 1 or (len(paragraphs) == 2 and not first and not last):
        return text
    return BREAK.join([*([] if first else paragraphs[:1]), GAP, *([] if last else paragraphs[-1:])])


def compare(before: str, after: str) -> Iterator[Piece]:
    """The pieces of two texts, in reading order; what was removed comes before what replaced it."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for operation, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            yield Piece("kept", "".join(old[i:j]))
            continue
        if j > i:
            yield Piece("removed", "".join(old[i:j]))
        if n > k:
            yield Piece("added", "".join(new[k:n]))
