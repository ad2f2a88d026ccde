"""The rows of the outbox (charter.adapters.outbox), as they are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base, JsonDict, StrEnumType


class OutboxStatus(StrEnum):
    """pending → claimed → done | failed."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


OPEN = (OutboxStatus.PENDING, OutboxStatus.CLAIMED)


class Outbox(Base):
    """One thing that must follow a change."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("name", "subject", "recipient", "due_at"),
        Index("ix_outbox_due", "status", "next_try"),
        Index("ix_outbox_alliance", "alliance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(320), default="")
    due_at: Mapped[datetime]
    payload: Mapped[JsonDict]
    alliance_id: Mapped[int | None]
    status: Mapped[OutboxStatus] = mapped_column(StrEnumType(OutboxStatus), default=OutboxStatus.PENDING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    lease: Mapped[str] = mapped_column(String(32), default="")
    last_error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
