"""Finding checkpoints, and what one may see of their answers (promise 7)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.alliances.models import Alliance, Party
from charter.errors import Conflict, NotFound
from charter.evaluation import schedule
from charter.evaluation.models import Answer, Checkpoint
from charter.work import Work
from workflows.base import N_
from workflows.evaluation import CheckpointFacts, CheckpointStatus, answers_are_shown
from workflows.lifecycle import AllianceStatus


def checkpoints_of(work: Work, alliance: Alliance) -> list[Checkpoint]:
    """Every checkpoint of the alliance, oldest first, with its answers, in two queries."""
    query = select(Checkpoint).where(Checkpoint.alliance_id == alliance.id).order_by(Checkpoint.due_on, Checkpoint.id)
    return list(work.session.scalars(query.options(selectinload(Checkpoint.answers).selectinload(Answer.party))))


def checkpoint_of(work: Work, alliance: Alliance, ref: str) -> Checkpoint:
    """The alliance's checkpoint with that reference. Raises NotFound."""
    found = work.session.scalar(select(Checkpoint).where(Checkpoint.ref == ref, Checkpoint.alliance_id == alliance.id))
    if found is None:
        raise NotFound
    return found


def facts_of(work: Work, alliance: Alliance, checkpoint: Checkpoint) -> CheckpointFacts:
    """The checkpoint as the guards see it today."""
    accepted = alliance.accepted_parties
    answered = checkpoint.answered_party_ids
    return CheckpointFacts(
        parties=tuple(party.name for party in accepted),
        answered=tuple(party.name for party in accepted if party.id in answered),
        closes_on=checkpoint.closes_on,
        today=schedule.today(alliance, work.now()),
    )


def are_shown(work: Work, alliance: Alliance, checkpoint: Checkpoint) -> bool:
    """Whether the parties may read one another's answers: all have answered, the last day has passed, or the review is out."""
    if checkpoint.status == CheckpointStatus.reviewed:
        return True
    return checkpoint.status == CheckpointStatus.open and answers_are_shown(facts_of(work, alliance, checkpoint))


def answers_for(work: Work, alliance: Alliance, checkpoint: Checkpoint, party: Party | None) -> list[Answer]:
    """The sent answers `party` may read: its own, and everybody's once they are shown. A facilitator has no party."""
    sent = [answer for answer in checkpoint.answers if answer.is_sent]
    if are_shown(work, alliance, checkpoint):
        return sent
    return [answer for answer in sent if party is not None and answer.party_id == party.id]


def in_evaluation(alliance: Alliance) -> None:
    """Raises Conflict when the alliance stands in another stage."""
    if alliance.status != AllianceStatus.evaluation:
        raise Conflict(N_("L’alliance n’est pas en évaluation : rechargez la page pour voir où elle en est."))
