"""What carries the outbox: a broker that is away costs one try, not one a row; a tick that fails stops no other."""

from __future__ import annotations

import time
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from charter.accounts.models import Person
from charter.adapters import queue
from charter.work import Engine, Work
from tests import factories


class Away(Celery):
    """A Celery whose broker is away; counts the tries."""

    tries = 0

    def send_task(self, *_: Any, **__: Any) -> Any:
        self.tries += 1
        raise OperationalError("no broker")


def test_a_dead_broker_is_asked_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    app = Away("essai")
    nudge = queue.nudger(app)
    for row in range(30):
        nudge(row)
    assert app.tries == 1
    now[0] += queue.QUIET_SECONDS
    nudge(31)
    assert app.tries == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tick_that_fails_stops_no_other_and_leaves_nothing(engine: Engine) -> None:
    def breaks(work: Work) -> None:
        factories.person(work, email="perdue@exemple.test")
        raise ZeroDivisionError

    def works(work: Work) -> None:
        factories.person(work, email="gardee@exemple.test")

    queue.tick(engine, (breaks, works))
    with engine.work(write=False) as work:
        assert [person.email for person in work.session.query(Person)] == ["gardee@exemple.test"]
