"""What a signatory's passkey was asked, and what it answered: kept whole, so that anybody can check it again from the evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.signing.models.envelopes import Signatory


class PasskeyProof(Base):
    """A challenge bound to one signatory and to the documents' hashes, then its answer. Bytes are in base64url, without padding.

    `person_id`: who was to sign then (a delegate may since have taken their place). `challenge` is SHA-256 over `nonce`, the signatory's
    reference and `documents_sha256` (charter.signing.services.passkeys). The columns
    of the answer are empty until it came and held: the key's name and `public_key` (COSE) as they were then, `registered_at` when the
    person added it, `rp_id` and `origin` what it was asked for. `proved_at`: the answer held; `spent_at`: it served to sign.
    """

    __tablename__ = "signing_passkeys"
    __table_args__ = (Index("ix_signing_passkeys_signatory", "signatory_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    nonce: Mapped[str] = mapped_column(String(50), unique=True)
    documents_sha256: Mapped[str] = mapped_column(String(64))
    challenge: Mapped[str] = mapped_column(String(50), unique=True)
    rp_id: Mapped[str] = mapped_column(String(255))
    origin: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(String(1400), default="")
    key_name: Mapped[str] = mapped_column(String(100), default="")
    public_key: Mapped[str] = mapped_column(Text, default="")
    registered_at: Mapped[datetime | None]
    authenticator_data: Mapped[str] = mapped_column(Text, default="")
    client_data: Mapped[str] = mapped_column(Text, default="")
    signature: Mapped[str] = mapped_column(Text, default="")
    proved_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]
    signatory: Mapped[Signatory] = relationship()
