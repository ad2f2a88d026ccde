"""Rounds of consent: a version of a text put to the parties."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, StrEnumType
from charter.alliances.models import Party
from charter.drafting.models.texts import Article, Text
from workflows.rounds import RoundStatus

RUNNING = text("closed_at IS NULL")


class Round(Base):
    """A round of a text, numbered from 1; one at a time, which the unique index holds.

    `sha256`: of the whole text as it was put to consent, computed as that of an adopted charter (docs/canonical-text.md), so that a
    charter adopted without a word changed since bears the same.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("text_id", "number"),
        Index("uq_rounds_running", "text_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    number: Mapped[int]
    status: Mapped[RoundStatus] = mapped_column(StrEnumType(RoundStatus), default=RoundStatus.open)
    sha256: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(LongText, default="")
    text: Mapped[Text] = relationship()
    opened_by: Mapped[Person | None] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    articles: Mapped[list["RoundArticle"]] = relationship(back_populates="round", order_by="RoundArticle.number")


class RoundArticle(Base):
    """An article as it was put to consent: its `number` and `title` then, the SHA-256 of its words, and the last update they hold.

    `reopened_at`, `reopened_by`, `reason`: the objection that took it out of the round.
    """

    __tablename__ = "round_articles"
    __table_args__ = (UniqueConstraint("round_id", "article_id"), Index("ix_round_articles_article", "article_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    reason: Mapped[str] = mapped_column(LongText, default="")
    round: Mapped[Round] = relationship(back_populates="articles")
    article: Mapped[Article] = relationship()
    reopened_by: Mapped[Party | None] = relationship()
