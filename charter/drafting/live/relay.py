"""Passing an article's updates on. In a small room each at once; in a larger one the first at once, and those of the next moment, a little
longer for each reader, merged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic

from pycrdt import merge_updates

from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import Kind, build
from charter.drafting.live.wire import framed

FEW = 8
WINDOW, LONGEST = 120e-6, 0.004
"""Seconds of waiting for each reader, so that telling everybody takes half of the time at most; and the longest anybody waits."""


class Relay:
    """The readers of an article: only those whose first synchronisation was answered receive anything."""

    def __init__(self, ref: str) -> None:
        self._ref = ref
        self.readers: set[Peer] = set()
        self._held: list[tuple[bytes, Peer | None]] = []
        self._free = 0.0
        self._planned: asyncio.TimerHandle | None = None

    def update(self, update: bytes, author: Peer | None) -> None:
        """Passes an update on to every reader but its author."""
        if self._planned is None and (len(self.readers) <= FEW or (now := monotonic()) >= self._free):
            self.send(Kind.UPDATE, update, author)
            self._rest()
            return
        self._held.append((update, author))
        if self._planned is None:  # nothing is planned before there is something to tell: most moments end with nothing held
            self._planned = asyncio.get_running_loop().call_later(self._free - now, self._flush)

    def _rest(self) -> None:
        self._free = monotonic() + min(WINDOW * len(self.readers), LONGEST)

    def _flush(self) -> None:
        self._planned = None
        held, self._held = self._held, []
        authors = {author for _, author in held}
        merged = held[0][0] if len(held) == 1 else merge_updates(*(update for update, _ in held))
        # With several authors each receives its own words again, which Yjs ignores: one frame for all is cheaper.
        self.send(Kind.UPDATE, merged, authors.pop() if len(authors) == 1 else None)
        self._rest()

    def send(self, kind: Kind, payload: bytes, but: Peer | None = None) -> None:
        """The same frame to every reader but one."""
        message = build(kind, self._ref, payload)
        frame = framed(message)
        for reader in self.readers:
            if reader is not but:
                reader.send(message, frame)

    def leave(self, peers: Iterable[Peer]) -> None:
        """These read no more."""
        self.readers.difference_update(peers)

    def stop(self) -> None:
        """Drops what is held back."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        self._held.clear()
