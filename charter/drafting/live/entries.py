"""What waits to be stored, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from charter.drafting.live.canonical import Node

Fate = Literal["stored", "frozen", "locked", "stale", "gone", "failed", "later"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`stored` (an update: under number `seq`); `frozen`: the text is; `locked`: the article is, for a round; `stale`: another process
    owns the text now; `gone`: the article was removed or its epoch changed; `failed`: the database refused; `later`: not tried yet."""

    fate: Fate
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to store for one article of a text, by the owner holding `fence`. By itself it stores nothing and only waits its turn:
    that is how an update already known is acknowledged no sooner than the one it repeats."""

    text_id: int
    fence: int
    article_id: int
    epoch: int
    settle: Callable[[Outcome], None]

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return 0


@dataclass(frozen=True, slots=True)
class UpdateEntry(Entry):
    """An update."""

    data: bytes
    author: int | None
    session: str

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class SnapshotEntry(Entry):
    """A whole document, stored only if the article then stands exactly at `seq`: else it would hide updates it does not hold."""

    data: bytes
    seq: int

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class HashEntry(Entry):
    """The nodes of the article at `seq`, whose hash is kept if the article then stands exactly there."""

    nodes: list[Node]
    seq: int
