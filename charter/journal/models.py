"""A fact of an alliance's journal: one line of its chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base, JsonDict


class Fact(Base):
    """Sequence (from 1, without gap), type, actor, time, payload, the previous line's hash and its own."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("alliance_id", "seq"), UniqueConstraint("alliance_id", "previous"))

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    seq: Mapped[int]
    type: Mapped[str] = mapped_column(String(60))
    actor: Mapped[JsonDict]
    at: Mapped[datetime]
    payload: Mapped[JsonDict]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
