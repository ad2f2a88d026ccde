"""The first page asks the database as many questions for thirty alliances as for three."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.services import enrol
from charter.work import Engine, Work
from tests import factories


def join(work: Work, person: Person, count: int) -> None:
    """That many more alliances in which the person speaks for a party."""
    for number in range(count):
        alliance = factories.alliance(work, title=f"Alliance {number}")
        enrol(work, alliance.parties[0], person, factories.SPEAKS)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements sent while inside."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/", "/api/v1/alliances"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_thirty_alliances_cost_no_more_questions_than_three(engine: Engine, signed_in: Callable[[Person], FlaskClient], path: str) -> None:
    with engine.work() as work:
        lea = factories.person(work, "Léa Roche")
        join(work, lea, 3)
        headers = {"Authorization": f"Bearer {make_token(work, lea, 'essai')[0]}"}
    browser = signed_in(lea)
    browser.get(path, headers=headers)  # what the first visit writes (last seen) is not counted
    with statements(engine) as few:
        assert browser.get(path, headers=headers).status_code == 200
    with engine.work() as work:
        join(work, lea, 27)
    with statements(engine) as many:
        answer = browser.get(path, headers=headers)
    assert answer.text.count("Alliance 2") >= 8  # all thirty are there: 2, 20 to 26
    assert len(many) == len(few)
    assert len(few) < 40
