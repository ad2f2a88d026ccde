"""What live editing stores: every update for ever, and now and then a whole document so that loading stays flat."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base


class ArticleUpdate(Base):
    """One Yjs update, append-only, numbered from 1 without hole within its article.

    The author is who the server authenticated, never what the client says. It is no foreign key: this record outlives accounts.
    """

    __tablename__ = "article_updates"
    __table_args__ = (UniqueConstraint("article_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    seq: Mapped[int]
    author_person_id: Mapped[int | None] = mapped_column(index=True)
    author_session: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class ArticleSnapshot(Base):
    """The whole document as one Yjs update, holding every update up to `seq`."""

    __tablename__ = "article_snapshots"
    __table_args__ = (UniqueConstraint("article_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    seq: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
