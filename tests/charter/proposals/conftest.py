"""What follows in later rooms is theirs to test; and a test's own transaction never waits for a request's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.alliances import announce
from charter.work import Engine, Work
from workflows.reactions import REACTIONS, Call


@pytest.fixture
def later_rooms(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Calls that were made, in order, instead of what later rooms do with them."""
    made: list[str] = []

    def follower(name: str) -> announce.Follower:
        return lambda work, alliance, event: made.append(name)

    for reactions in REACTIONS.values():
        for reaction in reactions:
            if isinstance(reaction, Call):
                monkeypatch.setitem(announce.followers, reaction.name, follower(reaction.name))
    return made


@pytest.fixture
def settle(work: Work, app: Flask) -> Callable[[], None]:
    """Ends the test's own transaction, now and before each request: reading an attribute may have opened one, which locks SQLite."""

    def end() -> None:
        if work.session.in_transaction():
            work.session.commit()

    app.before_request_funcs.setdefault(None, []).insert(0, end)
    return end


@pytest.fixture
def signed_in(signed_in: Callable[[Person], FlaskClient], settle: Callable[[], None]) -> Callable[[Person], FlaskClient]:
    """The same, once the test's own transaction has ended."""

    def sign(person: Person) -> FlaskClient:
        settle()
        return signed_in(person)

    return sign
