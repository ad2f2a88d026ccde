from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.alliances.models import Alliance
from charter.alliances.services import find
from charter.evaluation import services
from charter.evaluation.models import Checkpoint
from charter.evaluation.questionnaire import Answers
from charter.work import Engine, Work
from tests import factories
from tests.charter.evaluation.factories import let_pass, planned, speaking


@dataclass
class Opened:
    """An alliance whose first checkpoint is open: references, and the people who speak for the parties."""

    engine: Engine
    ref: str
    checkpoint: str
    voices: list[Person]
    facilitator: Person
    tokens: list[str]

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/alliances/{self.ref}/evaluation/{self.checkpoint}"

    @property
    def api(self) -> str:
        """Where its API is."""
        return f"/api/v1/alliances/{self.ref}/evaluation/checkpoints/{self.checkpoint}"

    def row(self, work: Work) -> tuple[Alliance, Checkpoint]:
        """The alliance and the checkpoint in that unit of work."""
        alliance = find(work, self.ref)
        return alliance, services.checkpoint_of(work, alliance, self.checkpoint)

    def answer(self, number: int, given: Answers) -> None:
        """The party of that number answers."""
        with self.engine.work() as work:
            alliance, row = self.row(work)
            services.answer(speaking(work, alliance.parties[number]), row, alliance.parties[number], given)


@pytest.fixture
def opened(engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]) -> Opened:
    """The first checkpoint is open since this morning; no mail is left to send."""
    ref = planned(engine)
    let_pass(engine, clock, datetime(2026, 6, 3, 12, tzinfo=UTC))
    outgoing.clear()
    with engine.work() as work:
        alliance = find(work, ref)
        voices = [factories.speaker(party) for party in alliance.parties]
        facilitator = alliance.facilitators[0].person
        tokens = [make_token(work, person, "test")[0] for person in [*voices, facilitator]]
        checkpoint = services.checkpoints_of(work, alliance)[0].ref
    return Opened(engine, ref, checkpoint, voices, facilitator, tokens)


@pytest.fixture
def browsers(opened: Opened, signed_in: Callable[[Person], FlaskClient]) -> list[FlaskClient]:
    """One browser a party, then the facilitator's."""
    return [signed_in(person) for person in [*opened.voices, opened.facilitator]]
