"""The texts parties write together and the articles they are made of. An article's words live in its stored updates
(`charter.drafting.live.models`); its title, place and number are here."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base, StrEnumType
from workflows.drafting import TextStatus

REF_BYTES = 9
CHARTER = "charter"
TOUCHED = text("touched_at IS NOT NULL")


def new_ref() -> str:
    """Twelve url-safe characters nobody can guess: the public name of a text or an article."""
    return secrets.token_urlsafe(REF_BYTES)


class Text(Base):
    """One version of one text of an alliance; the charter is the first kind.

    `owner_fence` grows by one each time a live editing process takes the text: a write with an older number is refused.
    `touched_since` and `touched_at`: the first and last time somebody did something in it that no kept version holds yet.
    """

    __tablename__ = "texts"
    __table_args__ = (
        UniqueConstraint("alliance_id", "kind", "version"),
        Index("ix_texts_touched", "touched_at", sqlite_where=TOUCHED, postgresql_where=TOUCHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32), default=CHARTER)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[TextStatus] = mapped_column(StrEnumType(TextStatus), default=TextStatus.drafting)
    frozen_at: Mapped[datetime | None]
    owner_fence: Mapped[int] = mapped_column(default=0)
    touched_since: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]

    articles: Mapped[list["Article"]] = relationship(back_populates="text", order_by="Article.position, Article.id")

    @property
    def frozen(self) -> bool:
        """True as soon as nobody may write in it any more (promise 4)."""
        return self.status != TextStatus.drafting

    @property
    def present_articles(self) -> list["Article"]:
        """The articles nobody removed, in order."""
        return [article for article in self.articles if article.removed_at is None]


class Article(Base):
    """An article of a text.

    `head_seq`: number of the last stored update. `epoch`: grows when copies held by browsers must be thrown away.
    `text_hash`: SHA-256 (hexadecimal) of the canonical text (docs/canonical-text.md) as it was at update `hashed_seq`.
    `locked`: put to consent in the round that is open, so its words and title may not change (live/locks.py).
    """

    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_text_id_position", "text_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    epoch: Mapped[int] = mapped_column(default=1)
    head_seq: Mapped[int] = mapped_column(default=0)
    text_hash: Mapped[str | None] = mapped_column(String(64))
    hashed_seq: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]
    locked: Mapped[bool] = mapped_column(default=False)

    text: Mapped[Text] = relationship(back_populates="articles")
