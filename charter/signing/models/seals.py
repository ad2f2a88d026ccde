"""Every revision of the signed files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.signing.models.envelopes import EnvelopeDocument, Signatory


class SealedRevision(Base):
    """One signature put in one document: the platform's certification (no signatory) or a person's; or, later, an archive timestamp
    (neither signatory nor certificate). `sha256` names the resulting bytes."""

    __tablename__ = "sealed_revisions"
    __table_args__ = (UniqueConstraint("document_id", "signatory_id"), UniqueConstraint("document_id", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("envelope_documents.id"))
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatories.id"))
    number: Mapped[int]
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    certificate_pem: Mapped[str] = mapped_column(Text)
    serial: Mapped[str] = mapped_column(String(64))
    timestamp: Mapped[datetime]
    level: Mapped[str] = mapped_column(String(10))
    document: Mapped[EnvelopeDocument] = relationship(back_populates="revisions")
    signatory: Mapped[Signatory | None] = relationship()
