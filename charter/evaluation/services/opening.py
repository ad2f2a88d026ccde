"""Opening: the clockwork hands the checkpoints whose moment has come to the outbox; each is then opened in its own transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from charter.adapters import outbox
from charter.alliances.announce import announce, leading_party
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.evaluation import schedule
from charter.evaluation.models import Checkpoint
from charter.evaluation.services.planning import forget_reminders
from charter.work import Work
from workflows.base import fire
from workflows.evaluation import CheckpointChart, CheckpointStatus
from workflows.events import CheckpointOpened

BATCH = 500


def queue_openings(work: Work) -> int:
    """Hands every checkpoint whose moment has come to the outbox (found by index, no scan). Returns how many."""
    now = work.now()
    query = (
        select(Checkpoint)
        .where(Checkpoint.queued_at.is_(None), Checkpoint.opens_at <= now)
        .options(joinedload(Checkpoint.alliance))
        .order_by(Checkpoint.opens_at, Checkpoint.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Checkpoint)
    )
    found = list(work.session.scalars(query))
    for checkpoint in found:
        at = when(checkpoint.alliance, checkpoint.opens_at, now)
        subject, payload = f"checkpoint:{checkpoint.id}", {"checkpoint_id": checkpoint.id}
        outbox.put(work, "evaluation.open", subject=subject, payload=payload, due_at=at, alliance_id=checkpoint.alliance_id)
        checkpoint.queued_at = now
    return len(found)


def when(alliance: Alliance, due: datetime, now: datetime) -> datetime:
    """`due` while one may write to people; the next working moment when it is found late, at night or on a day off."""
    at = schedule.may_write(alliance, now)
    return due if at <= now else at


def open_checkpoint(work: Work, checkpoint_id: int) -> None:
    """Opens a checkpoint to answers, keeps its reminders and tells the voices. Nothing when it was opened, moved or cancelled meanwhile."""
    checkpoint = work.get(Checkpoint, checkpoint_id)
    alliance = hold(work, checkpoint.alliance)
    work.session.refresh(checkpoint)
    if checkpoint.status != CheckpointStatus.planned or checkpoint.opens_at > work.now():
        return
    fire(CheckpointChart, checkpoint, "open")
    closes_on = schedule.closing(alliance, schedule.today(alliance, work.now()))
    if closes_on != checkpoint.closes_on:
        checkpoint.closes_on, checkpoint.changed_at, checkpoint.sequence = closes_on, work.now(), checkpoint.sequence + 1
    checkpoint.opened_at = work.now()
    forget_reminders(work, checkpoint)
    work.session.add_all(schedule.reminders_open(alliance, checkpoint, alliance.accepted_parties, leading_party(alliance), work.now()))
    announce(work, alliance, CheckpointOpened(checkpoint=checkpoint.ref, due=closes_on.isoformat()))
