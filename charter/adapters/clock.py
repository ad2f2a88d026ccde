"""Time, handed in: a system clock, and one the story and the tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved. `start` must be aware."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was left at."""
        return self._now

    def advance(self, delta: timedelta) -> datetime:
        """Moves forward by `delta` and returns the new instant."""
        self._now += delta
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Moves to `instant` (aware). Raises ValueError when that would go back in time."""
        if instant < self._now:
            raise ValueError("a clock does not go back")
        self._now = instant.astimezone(UTC)
