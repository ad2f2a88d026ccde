"""The words an alliance defines for its own texts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base
from charter.drafting.models.consents import STANDING
from charter.drafting.models.texts import new_ref


class DefinedTerm(Base):
    """What an alliance means by a word of its texts. Rows are never rewritten: another definition, or none, ends the former one
    (`ended_at`), so that a charter is always read with the definitions of its day. `ref` stays with the word through its definitions;
    `folded` is what makes two spellings the same word."""

    __tablename__ = "defined_terms"
    __table_args__ = (
        Index("uq_defined_terms_standing", "alliance_id", "folded", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        Index("ix_defined_terms_alliance", "alliance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(12), default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    term: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80))
    definition: Mapped[str] = mapped_column(LongText)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
