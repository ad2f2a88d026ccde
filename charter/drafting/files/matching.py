"""Which article of a file stands for which article of the charter: by title, else by their words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from charter.adapters.richtext import to_text
from charter.drafting.files.tidy import Node, line, tidy
from charter.drafting.files.understood import ReadArticle

ALIKE = 0.45
"""Share of words in common from which two articles without the same title are one that was reworded (Sørensen-Dice, on words counted)."""

_WORDS = re.compile(r"\w+")


class Present(Protocol):
    """An article of the charter, as `services.ArticleWords` is."""

    @property
    def ref(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def nodes(self) -> list[Node]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """`same`: nothing to do; `wording`: `found` rewords the article `ref`; `insertion`: `found` is new, after the article `after` ("": at
    the beginning); `removal`: the article `ref` is not in the file. `found`: its place in the file, from 0; -1 for a removal."""

    kind: Literal["same", "wording", "insertion", "removal"]
    ref: str = ""
    found: int = -1
    after: str = ""

    @property
    def key(self) -> str:
        """What names it on a page: « wording-3 »."""
        return f"{self.kind}-{self.ref or self.found}"


def changes(present: Sequence[Present], found: Sequence[ReadArticle]) -> list[Change]:
    """What the file changes, in its order; the articles it does not have come last."""
    pairs = _pairs(present, found)
    made: list[Change] = []
    after = ""
    for place, article in enumerate(found):
        match = pairs.get(place)
        if match is None:
            made.append(Change("insertion", found=place, after=after))
            continue
        one = present[match]
        same = line(one.title) == line(article.title) and tidy(one.nodes) == tidy(article.nodes)
        made.append(Change("same" if same else "wording", ref=one.ref, found=place))
        after = one.ref
    gone = [one for at, one in enumerate(present) if at not in pairs.values()]
    return [*made, *(Change("removal", ref=one.ref) for one in gone)]


def _pairs(present: Sequence[Present], found: Sequence[ReadArticle]) -> dict[int, int]:
    """Of each article of the file by place, the place of the one it stands for."""
    pairs: dict[int, int] = {}
    for place, article in enumerate(found):
        same = (at for at, one in enumerate(present) if at not in pairs.values() and _key(one.title) == _key(article.title))
        if (match := next(same, None)) is not None:
            pairs[place] = match
    left = [at for at in range(len(present)) if at not in pairs.values()]
    free = [place for place in range(len(found)) if place not in pairs]
    bags = {at: _bag(present[at].title, present[at].nodes) for at in left}
    others = {place: _bag(found[place].title, found[place].nodes) for place in free}
    scores = sorted(((_likeness(bags[at], others[place]), -abs(at - place), at, place) for at in left for place in free), reverse=True)
    for likeness, _, at, place in scores:
        if likeness >= ALIKE and place not in pairs and at not in pairs.values():
            pairs[place] = at
    return pairs


def _key(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold())
    return " ".join(_WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _bag(title: str, nodes: Sequence[Node]) -> Counter[str]:
    return Counter(_WORDS.findall(_key(f"{title} {to_text(nodes)}")))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
