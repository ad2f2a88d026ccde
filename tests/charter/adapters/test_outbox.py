"""Promise 5: nothing leaves inside a transaction, nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import MAX_TRIES, GiveUp, Outbox, OutboxStatus
from charter.work import Engine, Work

done: list[Any] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """A few handlers of the tests' own."""
    before = dict(outbox.handlers), dict(outbox.failures)
    done.clear()

    @outbox.task("test.note")
    def note(work: Work, word: str) -> None:
        done.append(word)

    @outbox.task("test.break")
    def break_(work: Work) -> None:
        done.append("tried")
        raise OSError("the engine is away")

    @outbox.task("test.hopeless")
    def hopeless(work: Work) -> None:
        raise GiveUp("no such recipient")

    @outbox.on_failure("test.hopeless")
    def told(work: Work, error: str) -> None:
        done.append(error)

    yield
    outbox.handlers.clear()
    outbox.handlers.update(before[0])
    outbox.failures.clear()
    outbox.failures.update(before[1])


def put(engine: Engine, name: str, **more: Any) -> int | None:
    with engine.work() as work:
        return outbox.put(work, name, subject="test:1", **more)


def row(engine: Engine, row_id: int | None) -> Outbox:
    with engine.work(write=False) as work:
        return work.session.scalars(select(Outbox).where(Outbox.id == row_id)).one()


def test_a_row_is_delivered_once(engine: Engine) -> None:
    row_id = put(engine, "test.note", payload={"word": "bonjour"})
    assert row_id is not None
    assert outbox.deliver(engine, row_id)
    assert not outbox.deliver(engine, row_id)
    assert outbox.drain(engine) == 0
    assert done == ["bonjour"]
    assert row(engine, row_id).status == OutboxStatus.DONE


def test_the_same_thing_is_written_once(engine: Engine, clock: FixedClock) -> None:
    due = clock.now()
    assert put(engine, "test.note", payload={"word": "a"}, due_at=due, recipient="a@b.fr") is not None
    assert put(engine, "test.note", payload={"word": "a"}, due_at=due, recipient="a@b.fr") is None
    assert put(engine, "test.note", payload={"word": "a"}, due_at=due, recipient="c@b.fr") is not None


def test_nothing_leaves_when_the_change_is_rolled_back(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.work() as work:
        outbox.put(work, "test.note", subject="test:1", payload={"word": "non"})
        raise ZeroDivisionError
    assert outbox.drain(engine) == 0
    assert done == []


def test_a_row_waits_for_its_date(engine: Engine, clock: FixedClock) -> None:
    put(engine, "test.note", payload={"word": "plus tard"}, due_at=clock.now() + timedelta(days=2))
    assert outbox.drain(engine) == 0
    clock.advance(timedelta(days=2))
    assert outbox.drain(engine) == 1


def test_a_failure_is_tried_again_later_and_later_then_told(engine: Engine, clock: FixedClock) -> None:
    row_id = put(engine, "test.break")
    waits = []
    for _ in range(MAX_TRIES):
        outbox.drain(engine)
        now = row(engine, row_id)
        waits.append(now.next_try - clock.now())
        clock.move_to(max(now.next_try, clock.now()))
    assert len(done) == MAX_TRIES
    assert waits[0] < waits[1] < waits[2]
    assert row(engine, row_id).status == OutboxStatus.FAILED
    assert "the engine is away" in row(engine, row_id).last_error


def test_giving_up_is_immediate_and_told(engine: Engine) -> None:
    row_id = put(engine, "test.hopeless")
    outbox.drain(engine)
    assert row(engine, row_id).status == OutboxStatus.FAILED
    assert done == ["GiveUp: no such recipient"]


def test_a_row_claimed_by_a_worker_that_died_is_found_after_its_lease(engine: Engine, clock: FixedClock) -> None:
    row_id = put(engine, "test.note", payload={"word": "repris"})
    assert row_id is not None
    assert outbox.claim(engine, row_id) is not None  # and the worker dies here
    assert outbox.drain(engine) == 0
    clock.advance(timedelta(seconds=engine.settings.outbox_lease_seconds + 1))
    assert outbox.drain(engine) == 1
    assert done == ["repris"]


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(engine: Engine, clock: FixedClock) -> None:
    row_id = put(engine, "test.note", payload={"word": "une fois"})
    assert row_id is not None
    slow = outbox.claim(engine, row_id)
    assert slow is not None
    clock.advance(timedelta(seconds=engine.settings.outbox_lease_seconds + 1))
    assert outbox.drain(engine) == 1
    outbox._carry(engine, slow)
    assert done == ["une fois"]


def test_an_unknown_name_fails_visibly(engine: Engine) -> None:
    row_id = put(engine, "test.nobody")
    outbox.drain(engine)
    assert row(engine, row_id).status == OutboxStatus.FAILED
