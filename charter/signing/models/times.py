"""When those awaited are reminded."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base, JsonList
from charter.signing.models.envelopes import Envelope


class ReminderPolicy(Base):
    """The automatic reminders chosen for an envelope; without a row, the usual ones (`charter.signing.services.recalling.USUAL`).

    `days`: how many before the deadline, whole numbers, none twice, from the farthest; empty for no reminder at all.
    `most`: automatic reminders one person gets at the very most.
    """

    __tablename__ = "signing_reminder_policies"
    __table_args__ = (UniqueConstraint("envelope_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"))
    days: Mapped[JsonList] = mapped_column(default=list)
    most: Mapped[int]
    envelope: Mapped[Envelope] = relationship()
