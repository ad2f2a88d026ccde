"""What a text was at moments worth keeping, and who wrote its words."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonList, StrEnumType
from charter.drafting.models.texts import Article, Text, new_ref


class VersionWhy(StrEnum):
    """Why a version was kept. `named`: somebody asked; the others are kept by the product."""

    begun = "begun"
    quiet = "quiet"
    daily = "daily"
    named = "named"
    round = "round"
    amendment = "amendment"
    import_ = "import"
    restore = "restore"
    adoption = "adoption"


class Wording(Base):
    """The words of one article, kept once however many versions hold them: normalised `nodes`, and the `sha256` they have with their
    title. Never changed once written."""

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("article_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    title: Mapped[str] = mapped_column(String(300))
    nodes: Mapped[JsonList]
    sha256: Mapped[str] = mapped_column(String(64))


class Version(Base):
    """A text as it was: which articles, in which order, with which words. Numbered from 1 within the text; never changed once written.

    `sha256`: as an adopted charter's, of the title, the text's version and the articles' hashes. `person` is nobody's when the product
    kept it by itself."""

    __tablename__ = "text_versions"
    __table_args__ = (UniqueConstraint("text_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), unique=True, default=new_ref)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"))
    number: Mapped[int]
    why: Mapped[VersionWhy] = mapped_column(StrEnumType(VersionWhy))
    name: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(LongText, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[Text] = relationship()
    person: Mapped[Person | None] = relationship()
    articles: Mapped[list["VersionArticle"]] = relationship(order_by="VersionArticle.number", back_populates="version")


class VersionArticle(Base):
    """An article in a version: its number, its words, and the last stored update they hold."""

    __tablename__ = "version_articles"
    __table_args__ = (UniqueConstraint("version_id", "number"), Index("ix_version_articles_article", "article_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("text_versions.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    wording_id: Mapped[int] = mapped_column(ForeignKey("wordings.id"))
    number: Mapped[int]
    seq: Mapped[int]
    version: Mapped[Version] = relationship(back_populates="articles")
    article: Mapped[Article] = relationship()
    wording: Mapped[Wording] = relationship()


class UpdatesSeen(Base):
    """One row: the last stored update that was looked at to find the texts somebody wrote in."""

    __tablename__ = "updates_seen"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(default=0)


class ArticleAuthors(Base):
    """Who wrote each character of an article as it was at update `seq`: one list a stored text, of [characters, person id, party id]
    runs. `state`: the document itself, kept for the newest only, from which the next is worked out. All of it can be worked out again from
    the stored updates."""

    __tablename__ = "article_authors"
    __table_args__ = (UniqueConstraint("article_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    seq: Mapped[int]
    texts: Mapped[JsonList]
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
