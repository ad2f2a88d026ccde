"""Where one signatory's own evidence file is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.signing.models.envelopes import Signatory


class SignatoryEvidence(Base):
    """The evidence of one signatory of a completed envelope: storage keys (SHA-256) of its two forms. Written once; only its
    PDF gets longer, by a newer archive timestamp."""

    __tablename__ = "signatory_evidence"
    __table_args__ = (UniqueConstraint("signatory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    json: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    signatory: Mapped[Signatory] = relationship()
