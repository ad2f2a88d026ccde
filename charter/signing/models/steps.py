"""What happened on the way to a signature, and the codes that identify who signs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.signing.models.envelopes import Signatory


class SigningStep(Base):
    """One thing that happened on the way to a signature, for the evidence file. Never changed once written.

    `kind`: opened | read_to_end | code_sent | code_wrong | code_right | passkey_wrong | passkey_right | confirmed | sealed | seal_failed |
    declined | reminded | recalled | visa_reminded | visa_recalled | delegated | delegation_ended.
    """

    __tablename__ = "signing_steps"
    __table_args__ = (Index("ix_signing_steps_signatory", "signatory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(300), default="")
    detail: Mapped[str] = mapped_column(String(300), default="")
    signatory: Mapped[Signatory] = relationship(back_populates="steps")


class Code(Base):
    """A six-digit code sent by mail. The code itself is stored nowhere: it is a MAC over `nonce`, the signatory and `documents_sha256`.

    `proved_at`: it was typed right; `spent_at`: it served to sign, or a newer one replaced it.
    """

    __tablename__ = "signing_codes"
    __table_args__ = (Index("ix_signing_codes_signatory", "signatory_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    nonce: Mapped[str] = mapped_column(String(40), unique=True)
    documents_sha256: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]
    signatory: Mapped[Signatory] = relationship()
