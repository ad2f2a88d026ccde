"""What the proposal keeps besides the alliance itself: a proposal not yet begun, invitations, declarations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charter.accounts.models import Person, SignInLink
from charter.adapters.db import Base, JsonList
from charter.alliances.models import Party


class ProposalDraft(Base):
    """The first screen of somebody who proposes an alliance, kept until their organisation is known. One a person."""

    __tablename__ = "proposal_drafts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    need: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class Invitation(Base):
    """How a party was invited: by whom, with which words, and the sign-in link its mail carries."""

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_inviter", "inviter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), unique=True)
    inviter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in_links.id"))
    word: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    party: Mapped[Party] = relationship()
    inviter: Mapped[Person | None] = relationship()
    link: Mapped[SignInLink | None] = relationship()


class Declaration(Base):
    """What one party declares: its objectives, levers, means, constraints, asymmetries and posture.

    `objectives`, `levers`, `means`, `posture` hold keys of `catalogue`. `contributions`: [{means, label, cents | null}].
    `money_flows`: [{nature: gift | subsidy | price | pooled, to: party ref or "" for the common pot, cents | null, purpose}],
    what this party gives; none means that it gives no money. `answered` lists the screens answered so far. `sha256` is that of
    the canonical declaration, empty until the declaration is made.
    """

    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), unique=True)
    answered: Mapped[JsonList] = mapped_column(default=list)
    objectives: Mapped[JsonList] = mapped_column(default=list)
    levers: Mapped[JsonList] = mapped_column(default=list)
    means: Mapped[JsonList] = mapped_column(default=list)
    contributions: Mapped[JsonList] = mapped_column(default=list)
    money_flows: Mapped[JsonList] = mapped_column(default=list)
    constraints: Mapped[str] = mapped_column(Text, default="")
    strengths: Mapped[str] = mapped_column(Text, default="")
    fragilities: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")
    posture: Mapped[str] = mapped_column(String(20), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    party: Mapped[Party] = relationship()

    @property
    def is_made(self) -> bool:
        """True once the party has declared; later corrections keep it so."""
        return bool(self.sha256)
