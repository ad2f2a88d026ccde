"""Alliances in evaluation, answers, and a clock that goes from one thing due to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.queue import tick
from charter.alliances.models import Alliance, OrganisationKind, Party
from charter.drafting import services as drafting
from charter.evaluation import services
from charter.evaluation.models import Checkpoint, Reminder
from charter.evaluation.questionnaire import QUESTIONNAIRES, VERSION, Answers
from charter.evaluation.tasks import TICKS
from charter.work import Actor, Engine, Work
from tests import factories
from workflows.base import fire
from workflows.evaluation import Verdict
from workflows.lifecycle import AllianceChart
from workflows.proposals import PartyFacts, ProposalFacts


def in_evaluation(work: Work, kinds: Sequence[OrganisationKind] = factories.DEFAULT_KINDS, *, facilitator: bool = True) -> Alliance:
    """An alliance whose documents are signed and whose plan is to be filled."""
    made = factories.alliance(work, kinds, facilitator=facilitator)
    drafting.open_charter(work, made)
    parties = tuple(PartyFacts(party.name, party.status, True, True) for party in made.parties)
    fire(AllianceChart, made, "begin_drafting", ProposalFacts(parties, True, parties[0].name))
    for event in ("charter_adopted", "contract_frozen", "all_signed"):
        fire(AllianceChart, made, event)
    services.open_plan(work, made)
    work.session.flush()
    return made


def answers(
    score: int | None = 4, *, verdict: Verdict = Verdict.pursue, word: str = "Tout va bien", story: str = "Maëlle a trouvé un emploi."
) -> Answers:
    """A complete answer, the same score everywhere."""
    asked = QUESTIONNAIRES[VERSION]
    scores = {question.key: score for question in asked.questions}
    comments = {question.key: word for question in asked.questions} if score is not None and score <= 2 else {}
    texts = {asked.story.key: story, "added_value": word, "verdict_reason": word}
    return Answers(scores, comments, texts, verdict)


def speaking(work: Work, party: Party) -> Work:
    """The same transaction, acted in by the party's speaker."""
    person = factories.speaker(party)
    return work.by(Actor(person.id, person.display_name))


def planned(engine: Engine, preset: str = "path_9_months") -> str:
    """Commits an alliance in evaluation with its checkpoints planned; gives its reference."""
    with engine.work() as work:
        alliance = in_evaluation(work)
        services.plan(work, alliance, preset)
        return alliance.ref


def next_moment(work: Work) -> datetime | None:
    """When something comes due next: an opening, a reminder, a delivery."""
    moments = (
        select(func.min(Checkpoint.opens_at)).where(Checkpoint.queued_at.is_(None)),
        select(func.min(Reminder.due_at)).where(Reminder.queued_at.is_(None)),
        select(func.min(Outbox.next_try)).where(Outbox.status == OutboxStatus.PENDING),
    )
    found = [moment for query in moments if (moment := work.session.scalar(query)) is not None]
    return min(found, default=None)


def run(engine: Engine) -> None:
    """One minute of the clockwork, and everything it makes due."""
    tick(engine, TICKS)
    outbox.drain(engine)


def let_pass(engine: Engine, clock: FixedClock, until: datetime) -> None:
    """Goes from one thing due to the next, as the clockwork would, until that instant."""
    for _ in range(1000):
        with engine.work(write=False) as work:
            moment = next_moment(work)
        if moment is None or moment > until:
            break
        clock.move_to(max(moment, clock.now()))
        run(engine)
    clock.move_to(until)
