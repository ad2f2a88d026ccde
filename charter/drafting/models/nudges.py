"""Reminders the facilitator or the leading party sends to a party that is awaited."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base
from charter.alliances.models import Party


class Nudge(Base):
    """A party was written to about a text; once a day at most (in the alliance's zone), which the unique key holds."""

    __tablename__ = "drafting_nudges"
    __table_args__ = (UniqueConstraint("text_id", "party_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    party: Mapped[Party] = relationship()
    by: Mapped[Person | None] = relationship()
