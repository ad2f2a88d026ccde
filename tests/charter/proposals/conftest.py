"""What follows in later rooms is theirs to test: a Call nobody answers yet does nothing here."""

from __future__ import annotations

import pytest

from charter.alliances import announce
from charter.work import Engine
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
