"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from charter.alliances.models import Alliance
from charter.evaluation.models import Answer, Checkpoint
from charter.i18n import gettext
from charter.work import Work
from workflows.facts import CheckpointState


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, tuple[CheckpointState, ...]]:
    """By alliance id: its checkpoints by date, and the names of the parties that answered each."""
    names = {party.id: party.name for one in alliances for party in one.parties}
    ids = [one.id for one in alliances]
    rows = work.session.scalars(select(Checkpoint).where(Checkpoint.alliance_id.in_(ids)).order_by(Checkpoint.due_on, Checkpoint.id)).all()
    if not rows:
        return {}
    answered = _answered(work, [row.id for row in rows])
    found: dict[int, list[CheckpointState]] = defaultdict(list)
    for row in rows:
        found[row.alliance_id].append(_state(row, tuple(names[party] for party in answered[row.id] if party in names)))
    return {key: tuple(values) for key, values in found.items()}


def _answered(work: Work, checkpoints: list[int]) -> Mapping[int, list[int]]:
    pairs = select(Answer.checkpoint_id, Answer.party_id).where(Answer.checkpoint_id.in_(checkpoints), Answer.answered_at.is_not(None))
    found: dict[int, list[int]] = defaultdict(list)
    for checkpoint, party in work.session.execute(pairs):
        found[checkpoint].append(party)
    return found


def _state(row: Checkpoint, answered: tuple[str, ...]) -> CheckpointState:
    return CheckpointState(
        ref=row.ref,
        title=gettext(row.title),
        status=row.status,
        due=row.due_on,
        closes_on=row.closes_on,
        answered=answered,
        verdict=row.verdict,
        followed=row.followed,
    )
