"""An alliance's evaluation: its plans, their checkpoints, each party's answers, and every reminder that is due."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonDict, JsonList, StrEnumType
from charter.alliances.models import Alliance, Party, new_ref
from workflows.evaluation import CheckpointStatus, Verdict


class Plan(Base):
    """A calendar of checkpoints. One is opened each time an envelope completes; it has no preset until somebody chooses one."""

    __tablename__ = "evaluation_plans"
    __table_args__ = (Index("ix_evaluation_plans_alliance", "alliance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    suggested: Mapped[str] = mapped_column(String(40))
    preset: Mapped[str] = mapped_column(String(40), default="")
    starts_on: Mapped[date]
    opened_at: Mapped[datetime]
    planned_at: Mapped[datetime | None]
    alliance: Mapped[Alliance] = relationship()


class Checkpoint(Base):
    """A day on which the parties take stock.

    `opens_at` is the working moment of `due_on` at which it opens, `closes_on` the last day to answer. `queued_at` tells that the
    clockwork has handed the opening to the outbox. `sequence` counts the changes of its dates, as calendars do. `document` is the
    storage key of the review's PDF, empty until it is laid out; `render_error` says why it could not be.
    `next_steps`: [{what, who, due (ISO day)}]. `followed`: the verdict has been acted upon.
    """

    __tablename__ = "checkpoints"
    __table_args__ = (
        Index("ix_checkpoints_alliance", "alliance_id"),
        Index("ix_checkpoints_due", "opens_at", sqlite_where=text("queued_at IS NULL"), postgresql_where=text("queued_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("evaluation_plans.id"))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    due_on: Mapped[date]
    closes_on: Mapped[date]
    opens_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[CheckpointStatus] = mapped_column(StrEnumType(CheckpointStatus), default=CheckpointStatus.planned)
    questionnaire: Mapped[str] = mapped_column(String(8), default="")
    verdict: Mapped[Verdict | None] = mapped_column(StrEnumType(Verdict))
    verdict_reason: Mapped[str] = mapped_column(Text, default="")
    story: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[JsonList] = mapped_column(default=list)
    document: Mapped[str] = mapped_column(String(64), default="")
    render_error: Mapped[str] = mapped_column(String(300), default="")
    followed: Mapped[bool] = mapped_column(default=False)
    alliance: Mapped[Alliance] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="checkpoint", order_by="Answer.party_id")

    @property
    def answered_party_ids(self) -> frozenset[int]:
        """The parties that sent their answers."""
        return frozenset(answer.party_id for answer in self.answers if answer.is_sent)


class Answer(Base):
    """One party's answers to one checkpoint: a draft until `answered_at`, then final.

    `scores` by question key (1 to 5, null without opinion), `comments` by question key, `texts` by open question key.
    `sha256` is that of the canonical answers (RFC 8785) and of `salt`, which the journal keeps while the answers stay masked.
    """

    __tablename__ = "checkpoint_answers"
    __table_args__ = (UniqueConstraint("checkpoint_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    questionnaire: Mapped[str] = mapped_column(String(8))
    salt: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    scores: Mapped[JsonDict] = mapped_column(default=dict)
    comments: Mapped[JsonDict] = mapped_column(default=dict)
    texts: Mapped[JsonDict] = mapped_column(default=dict)
    verdict: Mapped[Verdict | None] = mapped_column(StrEnumType(Verdict))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    late: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    checkpoint: Mapped[Checkpoint] = relationship(back_populates="answers")
    party: Mapped[Party] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def is_sent(self) -> bool:
        """True once the party has sent its answers."""
        return self.answered_at is not None


class Reminder(Base):
    """One recall due to the voices of one party. `kind`: before_opening, before_closing, after, review.

    `queued_at`: handed to the outbox, or no longer needed; `sent_at`: mails were put in the outbox (none when nobody had to be reminded).
    """

    __tablename__ = "checkpoint_reminders"
    __table_args__ = (
        UniqueConstraint("checkpoint_id", "party_id", "kind", "due_at"),
        Index("ix_checkpoint_reminders_due", "due_at", sqlite_where=text("queued_at IS NULL"), postgresql_where=text("queued_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    kind: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    checkpoint: Mapped[Checkpoint] = relationship()
    party: Mapped[Party] = relationship()
