"""What changed in an article since a party said its word: the words it read, against those of today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from charter.adapters.richtext import to_text
from charter.drafting.live.canonical import Node
from charter.drafting.models import Consent
from charter.drafting.words import words_at
from charter.work import Work

LONGEST = 20_000
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `kept`, `added` since, or `removed` since."""

    kind: Literal["kept", "added", "removed"]
    text: str


def since(work: Work, consent: Consent, title: str, nodes: list[Node]) -> list[Piece]:
    """From the words the consent binds to, to `title` and `nodes`. Empty when they are too long to compare word by word."""
    before = f"{consent.title}\n\n{to_text(words_at(work.session, consent.article_id, consent.seq))}"
    after = f"{title}\n\n{to_text(nodes)}"
    return [] if len(before) + len(after) > LONGEST else list(compare(before, after))


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
