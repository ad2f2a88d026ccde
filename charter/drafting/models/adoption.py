"""The articles of a text as they were adopted."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base, JsonList
from charter.drafting.models.texts import Article


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
