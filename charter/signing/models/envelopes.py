"""The envelope: documents frozen together and who signs them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, StrEnumType
from charter.alliances.models import Alliance, Party, new_ref
from charter.contracts.models import Contract, Document
from workflows.signing import EnvelopeStatus, SignatoryStatus

if TYPE_CHECKING:
    from charter.signing.models.approvers import Approver
    from charter.signing.models.proofs import AuthorityProof
    from charter.signing.models.seals import SealedRevision
    from charter.signing.models.steps import SigningStep


class Envelope(Base):
    """Charter and contract of one contract version, signed in one ceremony a signatory. A refused or voided one is never reopened.

    `evidence_json` and `evidence_pdf` are storage keys (SHA-256) of the evidence file, empty until it is made.
    """

    __tablename__ = "envelopes"
    __table_args__ = (UniqueConstraint("contract_id"), Index("ix_envelopes_alliance", "alliance_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    status: Mapped[EnvelopeStatus] = mapped_column(StrEnumType(EnvelopeStatus), default=EnvelopeStatus.draft)
    deadline: Mapped[date | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    evidence_json: Mapped[str] = mapped_column(String(64), default="")
    evidence_pdf: Mapped[str] = mapped_column(String(64), default="")
    evidence_at: Mapped[datetime | None]
    alliance: Mapped[Alliance] = relationship()
    contract: Mapped[Contract] = relationship()
    documents: Mapped[list[EnvelopeDocument]] = relationship(back_populates="envelope", order_by="EnvelopeDocument.position")
    signatories: Mapped[list[Signatory]] = relationship(back_populates="envelope", order_by="Signatory.position")
    approvers: Mapped[list[Approver]] = relationship(back_populates="envelope", order_by="Approver.id")

    @property
    def all_signed(self) -> bool:
        """True when nobody's signature is awaited."""
        return bool(self.signatories) and all(one.status == SignatoryStatus.signed for one in self.signatories)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each document as it was sent: what everybody reads, and what a code and a consent bind to."""
        return tuple(document.original_sha256 for document in self.documents)


class EnvelopeDocument(Base):
    """One document of an envelope. `original_sha256` names the unsigned bytes, `current_sha256` the newest signed ones (promise 3)."""

    __tablename__ = "envelope_documents"
    __table_args__ = (UniqueConstraint("envelope_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("contract_documents.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    pages: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]
    original_sha256: Mapped[str] = mapped_column(String(64))
    current_sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[Document] = relationship()
    envelope: Mapped[Envelope] = relationship(back_populates="documents")
    revisions: Mapped[list[SealedRevision]] = relationship(back_populates="document", order_by="SealedRevision.number")


class Signatory(Base):
    """Who signs for one party. Name, address, capacity and organisation are as they were when the envelope was sent.

    `field` is the PDF signature field; `trouble` a sentence while sealing is delayed or after it failed. Lower `rank`s sign first; all
    1, all at once; `invited_at` is when the person was first asked, their turn come. `holder_id`, `delegate_of` and `delegate_of_title`
    tell whom the documents print when that person delegated their signature to this one; empty when the holder signs.
    """

    __tablename__ = "signatories"
    __table_args__ = (UniqueConstraint("envelope_id", "party_id"), Index("ix_signatories_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelopes.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    title: Mapped[str] = mapped_column(String(120), default="")
    organisation: Mapped[str] = mapped_column(String(200))
    field: Mapped[str] = mapped_column(String(40))
    status: Mapped[SignatoryStatus] = mapped_column(StrEnumType(SignatoryStatus), default=SignatoryStatus.waiting)
    rank: Mapped[int] = mapped_column(default=1, server_default="1")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    delegate_of: Mapped[str] = mapped_column(String(200), default="", server_default="")
    delegate_of_title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    invited_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    identified_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    consent_sentence: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[str] = mapped_column(String(300), default="")
    delayed_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    envelope: Mapped[Envelope] = relationship(back_populates="signatories")
    party: Mapped[Party] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    holder: Mapped[Person | None] = relationship(foreign_keys=[holder_id])
    steps: Mapped[list[SigningStep]] = relationship(back_populates="signatory", order_by="SigningStep.id")
    proofs: Mapped[list[AuthorityProof]] = relationship(back_populates="signatory", order_by="AuthorityProof.id")

    @property
    def printed(self) -> tuple[str, str]:
        """Name and capacity of the person the documents must name: the holder, whoever signs in their place."""
        return (self.delegate_of, self.delegate_of_title) if self.delegate_of else (self.name, self.title)
