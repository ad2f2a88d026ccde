"""What was found of files people had checked, by their SHA-256. The files themselves are not kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from charter.adapters.db import Base, JsonDict


class Examination(Base):
    """One file, examined with one set of trusted authorities (`relied_on`: their fingerprint).

    `found` is the latest answer (`charter.adapters.signer.answers`); `full` once the whole analysis is done; `failed` when it could not be.
    """

    __tablename__ = "examinations"
    __table_args__ = (Index("ix_examinations_at", "at"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    relied_on: Mapped[str] = mapped_column(String(64))
    found: Mapped[JsonDict]
    full: Mapped[bool] = mapped_column(default=False)
    failed: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
