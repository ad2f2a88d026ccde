"""Who speaks for a party: its own choice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base
from charter.alliances.models import Member
from charter.drafting.models.consents import STANDING


class Spokesperson(Base):
    """A member its party chose to speak for it: to give its consents, and to take position on amendments.

    Rows are never rewritten: a choice taken back ends (`ended_at`), so the record says who spoke for whom at any moment.
    """

    __tablename__ = "spokespersons"
    __table_args__ = (
        Index("uq_spokespersons_standing", "member_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        Index("ix_spokespersons_party", "party_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship()
    named_by: Mapped[Person | None] = relationship()
