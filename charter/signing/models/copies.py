"""Those who get a copy of the signed documents without taking part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base
from charter.alliances.models import Party, new_ref
from charter.signing.models.envelopes import Envelope


class CopyRecipient(Base):
    """Somebody who gets the signed documents by mail once everybody has signed; needs no account and has no right to anything else.

    `party` asks for the copy, through `asker`; `sent_at` when the mail was put in the outbox.
    """

    __tablename__ = "signing_copies"
    __table_args__ = (UniqueConstraint("envelope_id", "party_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    envelope: Mapped[Envelope] = relationship()
    party: Mapped[Party] = relationship()
    asker: Mapped[Person] = relationship()
