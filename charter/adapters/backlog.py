"""What the outbox could not deliver, for whoever runs the server: see it, and send mails again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from charter.adapters.outbox import OPEN, Outbox, OutboxStatus
from charter.errors import Refused
from charter.work import Work
from workflows.base import N_

LATE = timedelta(minutes=15)


def failed(work: Work, limit: int = 100) -> list[Outbox]:
    """The last `limit` rows given up, newest first."""
    rows = select(Outbox).where(Outbox.status == OutboxStatus.FAILED).order_by(Outbox.id.desc()).limit(limit)
    return list(work.session.scalars(rows))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows due and not delivered: how many, and since when for the oldest."""

    count: int
    since: datetime | None


def waiting(work: Work) -> Waiting:
    """What is due by now and still to be delivered."""
    due = (Outbox.status.in_(OPEN), Outbox.due_at <= work.now())
    count, since = work.session.execute(select(func.count(Outbox.id), func.min(Outbox.due_at)).where(*due)).one()
    return Waiting(count, since)


def failed_by_name(work: Work) -> dict[str, int]:
    """How many rows were given up, by what they are."""
    rows = select(Outbox.name, func.count(Outbox.id)).where(Outbox.status == OutboxStatus.FAILED).group_by(Outbox.name)
    return {row[0]: row[1] for row in work.session.execute(rows.order_by(Outbox.name))}


def late(work: Work) -> int:
    """How many rows have been due for more than LATE and are not delivered: a worker, or an engine it needs, is away."""
    return work.session.scalar(select(func.count()).where(Outbox.status.in_(OPEN), Outbox.due_at < work.now() - LATE)) or 0


def send_again(work: Work, row_id: int) -> Outbox:
    """Puts a failed mail back in line. Raises NotFound; Refused for anything else: a failed seal or rendering was told to a person, who
    starts it again from the page.
    """
    row = work.get(Outbox, row_id)
    if row.status != OutboxStatus.FAILED or not row.name.startswith("mail."):
        raise Refused(N_("Seul un courriel en échec peut être envoyé de nouveau."))
    row.status, row.tries, row.next_try, row.lease = OutboxStatus.PENDING, 0, work.now(), ""
    return row
