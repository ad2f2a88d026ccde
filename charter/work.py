"""The unit of work: one transaction, the time, and who acts. Every service takes one first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from charter.adapters.bus import Bus, connect
from charter.adapters.clock import Clock, SystemClock
from charter.adapters.db import Base, Database
from charter.adapters.storage import Storage
from charter.config import Settings
from charter.errors import NotFound

log = structlog.get_logger()
T = TypeVar("T", bound=Base)


@dataclass(frozen=True)
class Actor:
    """Who acts, as the journal will tell it. The product itself acts as SYSTEM (person_id None)."""

    person_id: int | None = None
    name: str = "L’application"


SYSTEM = Actor()


@dataclass
class Work:
    """One unit of work. `after_commit` runs once the transaction is in the database (nudges, bus messages): losing it loses nothing."""

    session: Session
    clock: Clock
    settings: Settings
    storage: Storage
    bus: Bus
    actor: Actor = SYSTEM
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return self.clock.now()

    def get(self, model: type[T], key: int) -> T:
        """The row of `model` with primary key `key`. Raises NotFound."""
        found = self.session.get(model, key)
        if found is None:
            raise NotFound
        return found

    def add(self, row: T) -> T:
        """Adds `row`, flushes so that it has its key, and returns it."""
        self.session.add(row)
        self.session.flush()
        return row

    def by(self, actor: Actor) -> Work:
        """The same transaction, acted in by `actor`."""
        return replace(self, actor=actor)

    def pause(self) -> None:
        """Ends the transaction, in which nothing was written yet, before something slow: others may write meanwhile. The next question
        opens another one."""
        self.session.rollback()

    def commit(self) -> None:
        """Commits, then runs what waited for it. Called once, by the request or the task.

        The change is made by then: what waited may fail without anybody being told that the change did.
        """
        self.session.commit()
        waiting, self.after_commit[:] = list(self.after_commit), []
        for call in waiting:
            try:
                call()
            except Exception:
                log.exception("after_commit_failed")


class Engine:
    """What a process holds open: settings, database, storage, bus, clock. Makes Works."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.storage = Storage(settings.data_dir / "files")

    @cached_property
    def database(self) -> Database:
        """Connected at first use, so that a forked child never shares a connection."""
        return Database(self.settings.database_url)

    @cached_property
    def bus(self) -> Bus:
        """Redis, or memory in embedded mode."""
        return connect(self.settings.redis_url)

    def open(self, *, write: bool, actor: Actor = SYSTEM) -> Work:
        """A Work whose session the caller closes."""
        return Work(self.database.open(write=write), self.clock, self.settings, self.storage, self.bus, actor)

    @contextmanager
    def work(self, *, write: bool = True, actor: Actor = SYSTEM) -> Iterator[Work]:
        """A Work committed at the end when `write`, rolled back when an exception leaves."""
        work = self.open(write=write, actor=actor)
        try:
            yield work
            if write:
                work.commit()
        finally:
            work.session.close()

    def close(self) -> None:
        """Closes the database's connections."""
        if "database" in self.__dict__:
            self.database.dispose()


def journal_actor(actor: Actor) -> dict[str, Any]:
    """How an actor stands in a journal line."""
    return {"id": actor.person_id, "name": actor.name}
