"""Amendments beside others: what they cost, and two who decide at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import event

from charter.drafting import services, states
from charter.drafting.models import Amendment
from charter.errors import Conflict
from charter.work import Engine, Work
from tests.charter.drafting.amending import LONG, Table, table
from tests.charter.drafting.test_adoption import engine_of
from workflows.amendments import AmendmentStatus
from workflows.base import NotNow

__all__ = ["table"]


def test_the_dashboard_costs_the_same_for_one_amendment_and_for_many(table: Table) -> None:
    counted: list[str] = []
    event.listen(engine_of(table.work), "before_cursor_execute", lambda *args: counted.append(args[2]))

    def cost() -> int:
        table.work.session.flush()
        table.work.session.expire_all()
        _ = [(party.name, party.ref, party.status) for party in table.alliance.parties], table.alliance.status
        counted.clear()
        facts = states.states(table.work, [table.alliance])[table.alliance.id]
        assert all(one.silent == tuple(party.name for party in table.parties[1:]) for one in facts.amendments)
        return len(counted)

    table.propose()
    for_one = cost()
    for number in range(3):
        table.propose(words=LONG.replace("douze", f"{number}"))
    assert cost() == for_one


def test_of_two_who_settle_at_once_one_does_and_the_other_is_told(table: Table, engine: Engine) -> None:
    amendment = table.propose()
    table.say(amendment, 1)
    key = amendment.id
    table.work.commit()
    fates: list[str] = []

    def decide(act: Callable[[Work, Amendment], object]) -> None:
        try:
            with engine.work() as mine:
                act(mine, mine.get(Amendment, key))
            fates.append("done")
        except (Conflict, NotNow):
            fates.append("too late")

    def take_back(mine: Work, found: Amendment) -> None:
        services.withdraw_amendment(mine, found, found.party)

    both = [threading.Thread(target=decide, args=(act,)) for act in (services.settle_amendment, take_back)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(fates) == ["done", "too late"]
    with engine.work(write=False) as reader:
        stored = reader.get(Amendment, key)
        words = str(services.article_words(reader, stored.text)[0].nodes)
        assert ("quinze" in words) == (stored.status is AmendmentStatus.accepted)
