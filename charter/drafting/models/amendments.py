"""What parties propose to change in a text, what the others say of it, and how it ended."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonList, StrEnumType
from charter.alliances.models import Party
from charter.drafting.models.texts import Article, Text, new_ref
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion


class Amendment(Base):
    """A change a party proposes: another wording of `article` (its title included), a new article after it (None: at the end), or
    its removal.

    What is proposed: `title` and normalised `nodes`; `update` is the Yjs update, made on a fork of the article as it was at update
    `base_seq` of epoch `base_epoch`, that makes it hold them: accepting applies it, so that it merges with what was written since. The
    article then had `base_title` and the hash `base_sha256`. Never changed once proposed: `status` moves, and `ending`, `decided_at` and
    `decided_by_id` say how it ended and whose act ended it. `result_id` is the article it changed, added or removed.
    """

    __tablename__ = "amendments"
    __table_args__ = (Index("ix_amendments_text_id_status", "text_id", "status"), Index("ix_amendments_article_id", "article_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    kind: Mapped[AmendmentKind] = mapped_column(StrEnumType(AmendmentKind))
    status: Mapped[AmendmentStatus] = mapped_column(StrEnumType(AmendmentStatus), default=AmendmentStatus.open)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(String(300))
    nodes: Mapped[JsonList] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(LongText)
    base_title: Mapped[str] = mapped_column(String(300), default="")
    base_seq: Mapped[int] = mapped_column(default=0)
    base_epoch: Mapped[int] = mapped_column(default=0)
    base_sha256: Mapped[str] = mapped_column(String(64), default="")
    update: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ending: Mapped[str] = mapped_column(LongText, default="")
    result_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    text: Mapped[Text] = relationship()
    article: Mapped[Article | None] = relationship(foreign_keys=[article_id])
    result: Mapped[Article | None] = relationship(foreign_keys=[result_id])
    party: Mapped[Party] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    positions: Mapped[list["Position"]] = relationship(order_by="Position.id", back_populates="amendment")
    remarks: Mapped[list["Remark"]] = relationship(order_by="Remark.id")


class Position(Base):
    """What another party says of an amendment: one word a party, which it may change while the amendment is open (the journal keeps
    each)."""

    __tablename__ = "amendment_positions"
    __table_args__ = (UniqueConstraint("amendment_id", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendments.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[Opinion] = mapped_column(StrEnumType(Opinion))
    reason: Mapped[str] = mapped_column(LongText, default="")
    at: Mapped[datetime]
    amendment: Mapped[Amendment] = relationship(back_populates="positions")
    party: Mapped[Party] = relationship()
    person: Mapped[Person | None] = relationship()


class Remark(Base):
    """What somebody says in the discussion of an amendment; `party_id` None for the facilitator."""

    __tablename__ = "amendment_remarks"
    __table_args__ = (Index("ix_amendment_remarks_amendment_id", "amendment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    body: Mapped[str] = mapped_column(LongText)
    at: Mapped[datetime]
    person: Mapped[Person] = relationship()
    party: Mapped[Party | None] = relationship()
