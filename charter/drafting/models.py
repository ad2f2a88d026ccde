"""The texts parties write together, the articles they are made of, and what is said of them. An article's words live in its stored updates
(`charter.drafting.live.models`); its title, place and number are here."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonList, StrEnumType
from charter.alliances.models import Party
from workflows.drafting import ConsentKind, TextStatus

REF_BYTES = 9
CHARTER = "charter"
STANDING = text("ended_at IS NULL")


def new_ref() -> str:
    """Twelve url-safe characters nobody can guess: the public name of a text or an article."""
    return secrets.token_urlsafe(REF_BYTES)


class Text(Base):
    """One version of one text of an alliance; the charter is the first kind.

    `owner_fence` grows by one each time a live editing process takes the text: a write with an older number is refused.
    """

    __tablename__ = "texts"
    __table_args__ = (UniqueConstraint("alliance_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32), default=CHARTER)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[TextStatus] = mapped_column(StrEnumType(TextStatus), default=TextStatus.drafting)
    frozen_at: Mapped[datetime | None]
    owner_fence: Mapped[int] = mapped_column(default=0)

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

    text: Mapped[Text] = relationship(back_populates="articles")


class Consent(Base):
    """What a party said of an article, of the exact words whose hash it bears (promise 2).

    Rows are never rewritten: a new word of the party, or its withdrawal, ends the former one (`ended_at`), and a party has one word at a
    time on an article, which the unique index holds. It is live while it is not ended and the article still has that hash. `title` and
    the updates up to `seq` give back the words that were agreed to.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("uq_consents_one_voice", "article_id", "party_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        Index("ix_consents_article", "article_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[ConsentKind] = mapped_column(StrEnumType(ConsentKind))
    sha256: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    seq: Mapped[int]
    reason: Mapped[str] = mapped_column(LongText, default="")
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    article: Mapped[Article] = relationship()
    party: Mapped[Party] = relationship()
    person: Mapped[Person | None] = relationship()


class Comment(Base):
    """A comment on an article. The first of a thread has no `thread_id`, keeps the words it was about (`quote`), and its ref is the id of
    the mark in the text; only it is resolved."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_article", "article_id"), Index("ix_comments_thread", "thread_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    body: Mapped[str] = mapped_column(LongText)
    quote: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    article: Mapped[Article] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    party: Mapped[Party | None] = relationship()
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])
    replies: Mapped[list["Comment"]] = relationship(order_by="Comment.id")


class AdoptedArticle(Base):
    """An article of an adopted text, as it was agreed: normalised `nodes`, their `sha256` with the title, and the parties' reservations
    [{party, party_ref, reason}]. Never changed once written (promise 4)."""

    __tablename__ = "adopted_articles"
    __table_args__ = (UniqueConstraint("text_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), unique=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    nodes: Mapped[JsonList]
    sha256: Mapped[str] = mapped_column(String(64))
    reservations: Mapped[JsonList] = mapped_column(default=list)
    article: Mapped[Article] = relationship()
