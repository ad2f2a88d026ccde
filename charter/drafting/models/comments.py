"""What people say about articles."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base
from charter.alliances.models import Party
from charter.drafting.models.texts import Article, new_ref


class Comment(Base):
    """A comment on an article. The first of a thread has no `thread_id`, keeps the words it was about (`quote`), and its ref is the id of
    the mark in the text; only it is resolved. A deleted one keeps its place in the thread and none of its words."""

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
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    article: Mapped[Article] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    party: Mapped[Party | None] = relationship()
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])
    replies: Mapped[list["Comment"]] = relationship(order_by="Comment.id")
    mentions: Mapped[list["Mention"]] = relationship(
        order_by="Mention.id", primaryjoin="and_(Comment.id == Mention.comment_id, Mention.withdrawn_at.is_(None))", viewonly=True
    )


class Mention(Base):
    """Somebody a comment calls by name, or called until `withdrawn_at`: one comment never tells the same person twice."""

    __tablename__ = "comment_mentions"
    __table_args__ = (UniqueConstraint("comment_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()
