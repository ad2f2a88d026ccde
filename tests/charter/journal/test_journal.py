"""Promise 6: the journal is append-only and chained; any edited, removed, reordered or truncated line is seen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from charter.adapters.clock import SystemClock
from charter.journal import chain
from charter.journal.models import Fact
from charter.journal.services import head, lines, recheck, record
from charter.work import Actor, Engine, Work
from tests import factories
from workflows.events import ModelChosen, NeedChanged


@pytest.fixture
def written(work: Work) -> list[str]:
    """Five lines of a journal."""
    alliance = factories.alliance(work)
    told = work.by(Actor(7, "Léa Roche"))
    for fields in (("need",), ("title",), ("territory",)):
        record(told, alliance.id, NeedChanged(fields=fields))
    record(told, alliance.id, ModelChosen(model="social_rd", recommended="hybrid"))
    return list(lines(work, alliance.id))


def test_an_untouched_journal_holds(written: list[str]) -> None:
    report = chain.check(written)
    assert report.holds
    assert report.lines == 5
    assert report.head == json.loads(written[-1])["hash"]


def edited(text: list[str]) -> list[str]:
    line = json.loads(text[2])
    line["payload"]["fields"] = ["need"]
    return [*text[:2], json.dumps(line), *text[3:]]


def edited_and_rehashed(text: list[str]) -> list[str]:
    line = json.loads(text[2])
    line["payload"]["fields"] = ["need"]
    line["hash"] = chain.line_hash(line)
    return [*text[:2], json.dumps(line), *text[3:]]


def another_time(text: list[str]) -> list[str]:
    line = json.loads(text[1])
    line["at"] = "2020-01-01T00:00:00.000000Z"
    return [text[0], json.dumps(line), *text[2:]]


TAMPERS: dict[str, Callable[[list[str]], list[str]]] = {
    "edited": edited,
    "edited_and_rehashed": edited_and_rehashed,
    "another_time": another_time,
    "first_removed": lambda text: text[1:],
    "middle_removed": lambda text: text[:2] + text[3:],
    "reordered": lambda text: [text[0], text[2], text[1], *text[3:]],
    "repeated": lambda text: [*text[:2], text[1], *text[2:]],
    "not_json": lambda text: [*text[:3], "{", *text[4:]],
    "emptied": lambda text: [],
}


@pytest.mark.parametrize("tamper", TAMPERS.values(), ids=TAMPERS.keys())
def test_a_touched_journal_does_not_hold(written: list[str], tamper: Callable[[list[str]], list[str]]) -> None:
    report = chain.check(tamper(written))
    assert not report.holds
    assert report.problem is not None


def test_a_truncated_journal_is_seen_with_the_head_of_a_sealed_document(written: list[str]) -> None:
    sealed_head = chain.check(written).head
    assert chain.check(written[:-1]).holds  # alone, a shorter chain is a chain
    assert not chain.check(written[:-1], sealed_head).holds
    assert chain.check(written, sealed_head).holds


def test_the_instant_that_is_hashed_is_the_one_that_is_stored(engine: Engine) -> None:
    real = Engine(engine.settings, SystemClock())  # a clock that moves between two looks at it
    with real.work() as work:
        alliance = factories.alliance(work)
        for _ in range(3):
            record(work, alliance.id, NeedChanged(fields=("need",)))
        ref = alliance.id
    with real.work(write=False) as work:
        assert recheck(work, ref).holds
    real.close()


def test_the_stored_journal_is_rechecked(work: Work) -> None:
    alliance = factories.alliance(work)
    record(work, alliance.id, NeedChanged(fields=("need",)))
    assert recheck(work, alliance.id).holds
    last = head(work, alliance.id)
    assert last is not None
    stored = work.get(Fact, last.id)
    stored.payload = {"fields": ["title"]}
    work.session.flush()
    assert not recheck(work, alliance.id).holds
