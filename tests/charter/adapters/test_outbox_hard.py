"""The outbox where it hurts: commits whose answer is lost, failure handlers that fail, rows that kill their worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import MAX_TRIES, GiveUp, Outbox, OutboxStatus
from charter.work import Engine, Work

happened: list[str] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Handlers of the tests' own."""
    before = dict(outbox.handlers), dict(outbox.failures)
    happened.clear()

    @outbox.task("hard.once")
    def once(work: Work) -> None:
        happened.append("done")

    @outbox.task("hard.hopeless")
    def hopeless(work: Work) -> None:
        raise GiveUp("no use")

    @outbox.on_failure("hard.hopeless")
    def broken_apology(work: Work, error: str) -> None:
        happened.append(error)
        raise KeyError("the failure handler has a fault of its own")

    @outbox.on_failure("hard.once")
    def told(work: Work, error: str) -> None:
        happened.append(error)

    yield
    outbox.handlers.clear()
    outbox.handlers.update(before[0])
    outbox.failures.clear()
    outbox.failures.update(before[1])


def put(engine: Engine, name: str) -> int:
    with engine.work() as work:
        row_id = outbox.put(work, name, subject="hard:1")
    assert row_id is not None
    return row_id


def row(engine: Engine, row_id: int) -> Outbox:
    with engine.work(write=False) as work:
        return work.get(Outbox, row_id)


def test_a_commit_whose_answer_is_lost_is_not_done_again(engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    row_id, commit = put(engine, "hard.once"), Work.commit

    def lose_the_answer(work: Work) -> None:
        commit(work)
        if happened:
            monkeypatch.setattr(Work, "commit", commit)
            raise ConnectionError("the answer to COMMIT never came")

    monkeypatch.setattr(Work, "commit", lose_the_answer)
    outbox.deliver(engine, row_id)
    clock.advance(timedelta(hours=3))
    outbox.drain(engine)
    assert happened == ["done"]
    assert row(engine, row_id).status == OutboxStatus.DONE


def test_a_failure_handler_that_fails_does_not_bring_the_row_back(engine: Engine, clock: FixedClock) -> None:
    row_id = put(engine, "hard.hopeless")
    with suppress(KeyError):
        outbox.deliver(engine, row_id)
    clock.advance(timedelta(hours=3))
    assert not outbox.deliver(engine, row_id)
    assert row(engine, row_id).status == OutboxStatus.FAILED
    assert len(happened) == 1


def test_a_row_that_kills_its_worker_ends_by_failing(engine: Engine, clock: FixedClock) -> None:
    row_id = put(engine, "hard.once")
    for _ in range(MAX_TRIES):
        assert outbox.claim(engine, row_id)  # and nobody ever comes back
        clock.advance(timedelta(hours=3))
    outbox.deliver(engine, row_id)
    assert row(engine, row_id).status == OutboxStatus.FAILED
    assert happened and "done" not in happened


def test_what_follows_a_commit_never_undoes_it(engine: Engine) -> None:
    said: list[Any] = []

    def fail() -> None:
        raise RuntimeError("the bus is mad")

    with engine.work() as work:
        work.after_commit += [fail, lambda: said.append("next")]
    assert said == ["next"]
