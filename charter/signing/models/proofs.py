"""What shows that somebody may sign for a party: a deliberation, a mandate, statutes, a delegation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person
from charter.adapters.db import Base, StrEnumType
from charter.alliances.models import new_ref
from charter.signing.models.envelopes import Signatory
from workflows.base import N_


class ProofKind(StrEnum):
    """What a file of proof is."""

    deliberation = "deliberation"
    mandate = "mandate"
    statutes = "statutes"
    delegation = "delegation"
    other = "other"


PROOF_NAMES = {
    ProofKind.deliberation: N_("Délibération"),
    ProofKind.mandate: N_("Mandat ou pouvoir"),
    ProofKind.statutes: N_("Statuts"),
    ProofKind.delegation: N_("Délégation de signature"),
    ProofKind.other: N_("Autre pièce"),
}


class AuthorityProof(Base):
    """One file a party joined for its signatory; its bytes are in the storage under `sha256`, `mime` is what they really are.

    `delegate_id`: the person a delegation of signature was made to with it, None for every other use.
    """

    __tablename__ = "signing_authority_proofs"
    __table_args__ = (Index("ix_signing_authority_proofs_signatory", "signatory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatories.id"))
    kind: Mapped[ProofKind] = mapped_column(StrEnumType(ProofKind))
    filename: Mapped[str] = mapped_column(String(150))
    mime: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    added_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    signatory: Mapped[Signatory] = relationship(back_populates="proofs")
    adder: Mapped[Person] = relationship(foreign_keys=[added_by])
