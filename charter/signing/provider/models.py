"""What is known of an envelope's request at the outside provider: every id it gave, step by step, so that a step is never taken twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.adapters.db import Base
from charter.signing.models import Envelope, EnvelopeDocument, Signatory

CHOSEN = "chosen"
"""Chosen here, not yet known there. The other statuses are the provider's own words: draft, ongoing, done, declined, expired, canceled…"""


class ProviderRequest(Base):
    """An envelope whose signatures an outside provider gathers. Its row is the choice; without one the product signs itself.

    `provider` is the name people know it by and `level` the level asked, both as they were when chosen; `request_id` the provider's.
    `trouble` is away | refused | spoiled | unsigned | expired | departed | late, `detail` what the provider or the check said; both empty
    when all is well. `expires` is the day told to the provider; `closed_at` the moment nothing more is to be done there.
    """

    __tablename__ = "provider_requests"
    __table_args__ = (Index("ix_provider_requests_look", "closed_at", "next_look"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"), unique=True)
    provider: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(40))
    request_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    status: Mapped[str] = mapped_column(String(40), default=CHOSEN)
    expires: Mapped[date | None]
    trouble: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    next_look: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    envelope: Mapped[Envelope] = relationship()
    documents: Mapped[list[ProviderDocument]] = relationship(back_populates="request", order_by="ProviderDocument.id")
    signers: Mapped[list[ProviderSigner]] = relationship(back_populates="request", order_by="ProviderSigner.id")


class ProviderDocument(Base):
    """A document there. `sent_sha256` is what was uploaded, `returned_sha256` what came back signed and passed the checks (kept in the
    storage), `likeness` how it was recognised: incremental (it begins with our very bytes) or same_pages (rewritten, same to the eye)."""

    __tablename__ = "provider_documents"
    __table_args__ = (UniqueConstraint("request_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("provider_requests.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("envelope_documents.id"))
    remote_id: Mapped[str] = mapped_column(String(64))
    sent_sha256: Mapped[str] = mapped_column(String(64))
    returned_sha256: Mapped[str] = mapped_column(String(64), default="")
    likeness: Mapped[str] = mapped_column(String(20), default="")
    request: Mapped[ProviderRequest] = relationship(back_populates="documents")
    document: Mapped[EnvelopeDocument] = relationship()


class ProviderSigner(Base):
    """A signatory there. `phone` (E.164) is asked for when the level needs it, and is `person_id`'s alone; `audit_sha256` names the
    provider's record of the signature (PDF) in the storage."""

    __tablename__ = "provider_signers"
    __table_args__ = (UniqueConstraint("request_id", "signatory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("provider_requests.id"))
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    remote_id: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    status: Mapped[str] = mapped_column(String(40), default="")
    audit_sha256: Mapped[str] = mapped_column(String(64), default="")
    request: Mapped[ProviderRequest] = relationship(back_populates="signers")
    signatory: Mapped[Signatory] = relationship()


class ProviderEvent(Base):
    """A message of the provider, already heard: the same id again changes nothing."""

    __tablename__ = "provider_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    request_id: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(index=True)
