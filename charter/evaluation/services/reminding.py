"""Reminding: every recall is a row with its date; those due are found by index, and go to those who are still awaited, once."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from charter.adapters import mail, outbox
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.evaluation.models import Checkpoint, Reminder
from charter.evaluation.services.finding import are_shown
from charter.evaluation.services.opening import BATCH, when
from charter.work import Work
from workflows.evaluation import CheckpointStatus
from workflows.events import ReminderSent
from workflows.proposals import PartyStatus
from workflows.roles import Role


def queue_reminders(work: Work) -> int:
    """Hands every reminder due to the outbox (found by index, no scan). Returns how many."""
    now = work.now()
    query = (
        select(Reminder)
        .where(Reminder.queued_at.is_(None), Reminder.due_at <= now)
        .options(joinedload(Reminder.checkpoint).joinedload(Checkpoint.alliance))
        .order_by(Reminder.due_at, Reminder.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Reminder)
    )
    found = list(work.session.scalars(query))
    for reminder in found:
        alliance = reminder.checkpoint.alliance
        at = when(alliance, reminder.due_at, now)
        subject, payload = f"reminder:{reminder.id}", {"reminder_id": reminder.id}
        outbox.put(work, "evaluation.remind", subject=subject, payload=payload, due_at=at, alliance_id=alliance.id)
        reminder.queued_at = now
    return len(found)


def remind(work: Work, reminder_id: int) -> None:
    """Puts the mails of one reminder in the outbox, for the voices of its party, when there is still a reason to."""
    reminder = work.session.get(Reminder, reminder_id)
    if reminder is None or reminder.sent_at is not None:
        return
    alliance = hold(work, reminder.checkpoint.alliance)
    if not is_wanted(work, alliance, reminder) or _overtaken(work, reminder):
        return
    for member in reminder.party.members_with(Role.signatory, Role.referent):
        subject = f"checkpoint:{reminder.checkpoint_id}:{reminder.kind}"
        person = member.person
        row = mail.post(
            work,
            "evaluation.reminder",
            to=person.email,
            subject=subject,
            alliance_id=alliance.id,
            due_at=reminder.due_at,
            person_id=person.id,
            reminder_id=reminder.id,
        )
        if row is not None:
            due = reminder.due_at.isoformat()
            announce(work, alliance, ReminderSent(kind=reminder.kind, subject=reminder.checkpoint.ref, recipient=str(person.id), due=due))
    reminder.sent_at = work.now()


def is_wanted(work: Work, alliance: Alliance, reminder: Reminder) -> bool:
    """Whether what it recalls is still awaited: the checkpoint to come, this party's answers, or the review from the leading party."""
    checkpoint = reminder.checkpoint
    if reminder.party.status != PartyStatus.accepted:
        return False
    if reminder.kind == "before_opening":
        return checkpoint.status == CheckpointStatus.planned
    if checkpoint.status != CheckpointStatus.open:
        return False
    if reminder.kind == "review":
        return are_shown(work, alliance, checkpoint)
    return reminder.party_id not in checkpoint.answered_party_ids


def _overtaken(work: Work, reminder: Reminder) -> bool:
    """After a long stop, only the latest of several recalls due is sent: people are not flooded."""
    later = exists().where(
        Reminder.checkpoint_id == reminder.checkpoint_id,
        Reminder.party_id == reminder.party_id,
        Reminder.kind != "review",
        Reminder.due_at > reminder.due_at,
        Reminder.due_at <= work.now(),
    )
    return reminder.kind != "review" and bool(work.session.scalar(select(later)))
