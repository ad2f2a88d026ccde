"""A place to tell a story: people who act in their own unit of work, time that passes, an outbox that is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from charter.accounts.models import Person
from charter.accounts.services import actor_of, person_by_email
from charter.adapters import mailbox, outbox, queue
from charter.adapters.clock import FixedClock
from charter.alliances import services as alliances
from charter.alliances.models import Alliance, Party
from charter.config import Settings
from charter.errors import NotFound
from charter.rooms import Tick, load_tasks
from charter.story.cast import Cast, Side
from charter.work import Engine, Work
from workflows.calendar import next_working_moment

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass
class World:
    """An installation whose clock is ours. `ref` is the alliance's reference once it is proposed; nobody acts after `latest`."""

    engine: Engine
    clock: FixedClock
    cast: Cast
    ticks: tuple[Tick, ...]
    ref: str = ""
    latest: datetime = END_OF_TIME

    @contextmanager
    def acting(self, email: str) -> Iterator[Work]:
        """A unit of work acted in by the person with that address, then everything it makes due delivered."""
        with self.engine.work() as work:
            person = self.person(work, email)
            yield work.by(actor_of(person))
        self.deliver()

    def person(self, work: Work, email: str) -> Person:
        """The person with that address. Raises NotFound."""
        found = person_by_email(work, email)
        if found is None:
            raise NotFound
        return found

    def alliance(self, work: Work) -> Alliance:
        """The story's alliance."""
        return alliances.find(work, self.ref)

    def party(self, work: Work, side: Side) -> Party:
        """A side's party. Raises StopIteration when it was not invited yet."""
        return next(party for party in self.alliance(work).parties if party.name == side.organisation.name)

    def wait(self, **duration: float) -> None:
        """Time passes (timedelta's keywords), to working hours when it is long: these people sleep. Whatever it makes due happens."""
        target = self.clock.now() + timedelta(**duration)
        moment = next_working_moment(target) if timedelta(**duration) >= timedelta(hours=1) else target
        self.clock.move_to(max(min(moment, self.latest), self.clock.now()))
        queue.tick(self.engine, self.ticks)
        self.deliver()

    def wait_until(self, instant: datetime) -> None:
        """Time passes hour by hour in days that matter, so that reminders leave on their own day."""
        while self.clock.now() < instant:
            self.clock.move_to(min(self.clock.now() + timedelta(days=1), instant))
            queue.tick(self.engine, self.ticks)
            self.deliver()

    def deliver(self) -> None:
        """Delivers what the outbox holds due, through the very delivery the worker runs."""
        outbox.drain(self.engine)


@contextmanager
def world(settings: Settings, cast: Cast, start: datetime) -> Iterator[World]:
    """A World on `settings`, its mails caught in `settings.mailbox_dir` by a real SMTP conversation."""
    ticks = load_tasks()
    controller = mailbox.start(settings.mailbox_dir)
    smtp = replace(settings.smtp, host="127.0.0.1", port=controller.port, tls="none", user="")
    clock = FixedClock(start)
    engine = Engine(replace(settings, smtp=smtp), clock)
    outbox.nudge_through(lambda row_id: None)
    try:
        yield World(engine, clock, cast, ticks)
    finally:
        engine.close()
        controller.stop()
