"""Whose visa a party asked for before it signs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonList, StrEnumType
from charter.alliances.models import Party, new_ref
from charter.signing.models.envelopes import Envelope
from workflows.visas import ApproverStatus

LIVE = text("status <> 'removed'")


class Approver(Base):
    """A person whose visa must come before their party's signature; one a party at a time, those before stay as `removed`.

    `at`: when they last said yes or no; `documents`: SHA-256 of each document as it was then; `reason`: why they refused.
    """

    __tablename__ = "signing_approvers"
    __table_args__ = (
        Index("uq_signing_approvers_live", "envelope_id", "party_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_signing_approvers_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    status: Mapped[ApproverStatus] = mapped_column(StrEnumType(ApproverStatus), default=ApproverStatus.awaited)
    named_at: Mapped[datetime]
    at: Mapped[datetime | None]
    documents: Mapped[JsonList] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    envelope: Mapped[Envelope] = relationship(back_populates="approvers")
    party: Mapped[Party] = relationship()
    person: Mapped[Person] = relationship()
