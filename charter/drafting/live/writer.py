"""Group commit: what every room of this process wants stored goes through one queue, one transaction each few tens of milliseconds.

Order is kept per text. Each text is checked on its own in the common transaction (still in drafting, still ours), so one that is frozen or
lost to another process does not hold the others up; one whose row is locked by somebody else waits for the next round.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from charter.adapters.clock import Clock
from charter.adapters.db import Database, is_away
from charter.drafting.live import commit
from charter.drafting.live.entries import Entry, Outcome, UpdateEntry

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two commits, entries in one, most bytes waiting before updates are refused, seconds before trying a database
    that is away again."""

    window: float = 0.1
    batch: int = 2000
    backlog_bytes: int = 32 << 20
    retry: float = 0.25
    longest_retry: float = 2.0


class Writer:
    """The queue and its one task."""

    def __init__(self, database: Database, clock: Clock, pool: ThreadPoolExecutor, pace: Pace = Pace()) -> None:
        self._database, self._clock, self._pool, self._pace = database, clock, pool, pace
        self._queue: list[Entry] = []
        self._bytes = 0
        self._waiting: Counter[int] = Counter()
        self._settled = asyncio.Condition()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """True when updates come faster than they can be stored: new ones are refused rather than lost."""
        return self._bytes > self._pace.backlog_bytes

    def start(self) -> None:
        """Starts storing."""
        self._task = asyncio.create_task(self._run(), name="live-writer")

    async def stop(self) -> None:
        """Stores what waits, within five seconds, then stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.drained()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def submit(self, entry: Entry) -> None:
        """Queues an entry; its `settle` is called, in order, once its fate is known."""
        self._queue.append(entry)
        self._bytes += entry.size
        self._waiting[entry.text_id] += 1
        self._wake.set()

    async def drained(self, text_id: int | None = None) -> None:
        """Returns once nothing (of this text) waits."""
        async with self._settled:
            await self._settled.wait_for(lambda: not (self._waiting[text_id] if text_id is not None else self._waiting.total()))

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await asyncio.sleep(self._pace.window)
                batch, self._queue = self._queue[: self._pace.batch], self._queue[self._pace.batch :]
                outcomes = await self._store(batch)
                await self._settle(batch, outcomes)
                del batch, outcomes  # what they settle would keep a closed room in memory until the next commit

    async def _store(self, batch: Sequence[Entry]) -> list[Outcome]:
        delay = self._pace.retry
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, commit.commit, self._database, batch, self._clock.now())
            except SQLAlchemyError as error:
                log.warning("live_commit_failed", error=str(error), entries=len(batch))
                if not is_away(error):
                    return await self._apart(batch)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                # Not Exception alone: a panic of the Rust library is none. Were this task to end, nothing would be stored any more.
                log.error("live_commit_broken", error=repr(error), entries=len(batch))
                return await self._apart(batch)
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._pace.longest_retry)

    async def _apart(self, batch: Sequence[Entry]) -> list[Outcome]:
        """Each entry in a transaction of its own: one that cannot be stored does not take the others with it, but for the later
        updates of its article, which rest on it."""
        if len(batch) == 1:
            return [Outcome("failed")]
        outcomes, broken = [], set()
        for entry in batch:
            outcome = Outcome("failed") if entry.article_id in broken else (await self._store([entry]))[0]
            if outcome.fate == "failed" and isinstance(entry, UpdateEntry):
                broken.add(entry.article_id)
            outcomes.append(outcome)
        return outcomes

    async def _settle(self, batch: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        later = []
        for entry, outcome in zip(batch, outcomes, strict=True):
            if outcome.fate == "later":
                later.append(entry)
                continue
            self._bytes -= entry.size
            self._waiting[entry.text_id] -= 1
            try:
                entry.settle(outcome)
            except Exception:
                log.exception("live_settle_failed")
        self._queue[:0] = later
        self._waiting += Counter()
        async with self._settled:
            self._settled.notify_all()
