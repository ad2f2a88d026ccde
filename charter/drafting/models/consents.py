"""What parties say of articles."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, StrEnumType
from charter.alliances.models import Party
from charter.drafting.models.texts import Article
from workflows.drafting import ConsentKind

STANDING = text("ended_at IS NULL")


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
