"""How much one connection may send before it is made to wait. A flood then slows its author down, and nobody else: the socket is not read
meanwhile, so nothing piles up here, and no word is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

MESSAGES, MESSAGES_AT_ONCE = 200.0, 1000.0
BYTES, BYTES_AT_ONCE = float(1 << 20), float(8 << 20)


class Allowance:
    """Two buckets that fill with time: messages, and bytes. Ten fingers need a fiftieth of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._at = clock, clock()
        self._messages, self._bytes = MESSAGES_AT_ONCE, BYTES_AT_ONCE

    def spend(self, size: int) -> float:
        """Takes a message of `size` bytes into account; gives the seconds to wait before it is looked at."""
        now = self._clock()
        passed, self._at = max(0.0, now - self._at), now
        self._messages = min(MESSAGES_AT_ONCE, self._messages + passed * MESSAGES) - 1
        self._bytes = min(BYTES_AT_ONCE, self._bytes + passed * BYTES) - size
        return max(0.0, -self._messages / MESSAGES, -self._bytes / BYTES)
