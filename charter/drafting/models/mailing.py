"""What a person wants to be written of one alliance, and how far they were told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base, StrEnumType


class Digest(StrEnum):
    """How often what happened is summed up in one mail."""

    daily = "daily"
    weekly = "weekly"
    never = "never"


class Mentions(StrEnum):
    """How a mention reaches the person: a mail at once, or a line of the digest."""

    at_once = "at_once"
    digest = "digest"


class MailChoice(Base):
    """A person's choices in one alliance, the defaults until they make any; `told_seq` is the last fact of the journal a digest told or
    passed over, None before the first."""

    __tablename__ = "mail_choices"
    __table_args__ = (UniqueConstraint("person_id", "alliance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"), index=True)
    digest: Mapped[Digest] = mapped_column(StrEnumType(Digest), default=Digest.daily)
    mentions: Mapped[Mentions] = mapped_column(StrEnumType(Mentions), default=Mentions.at_once)
    told_seq: Mapped[int | None]
    changed_at: Mapped[datetime | None]
