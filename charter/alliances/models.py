"""The kernel's aggregate: an alliance, its parties, their members; and the organisations behind the parties."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from charter.accounts.models import Person
from charter.adapters.db import Base, JsonList, StrEnumType
from charter.naming import one_line
from workflows.base import N_
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role

PARTY_COLORS = 8


class OrganisationKind(StrEnum):
    """The partner groups of the reference material, as kinds of organisation."""

    association = "association"
    foundation = "foundation"
    company = "company"
    local_authority = "local_authority"
    state_service = "state_service"
    academic = "academic"


KIND_LABELS = {
    OrganisationKind.association: N_("Association"),
    OrganisationKind.foundation: N_("Fondation"),
    OrganisationKind.company: N_("Entreprise"),
    OrganisationKind.local_authority: N_("Collectivité territoriale"),
    OrganisationKind.state_service: N_("Service de l’État"),
    OrganisationKind.academic: N_("Acteur académique"),
}
PUBLIC_KINDS = frozenset({OrganisationKind.local_authority, OrganisationKind.state_service})


ROLE_LABELS = {
    Role.signatory: N_("Représentant habilité (signe)"),
    Role.drafter: N_("Contributeur (écrit)"),
    Role.referent: N_("Référent alliance (parle pour la partie)"),
    Role.observer: N_("Observateur (lit)"),
}


def new_ref() -> str:
    """A random 12-character reference for addresses, so that numbers tell nothing."""
    return secrets.token_urlsafe(9)


class Organisation(Base):
    """A legal person. SIREN 9 digits, SIRET 14, RNA « W » and 9 characters; each may be empty."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(StrEnumType(OrganisationKind))
    siren: Mapped[str] = mapped_column(String(9), default="")
    siret: Mapped[str] = mapped_column(String(14), default="")
    rna: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    legal_form: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]

    @validates("name")
    def _one_line(self, _key: str, text: str) -> str:
        return one_line(text)

    @property
    def is_public(self) -> bool:
        """True for bodies whose competent organ must deliberate before they sign."""
        return self.kind in PUBLIC_KINDS

    @property
    def identifier(self) -> str:
        """The best identifier we have, with its name: « SIRET 123… », « RNA W… » or nothing."""
        for label, value in (("SIRET", self.siret), ("SIREN", self.siren), ("RNA", self.rna)):
            if value:
                return f"{label} {value}"
        return ""


class Alliance(Base):
    """An alliance in the general interest, from proposal to close."""

    __tablename__ = "alliances"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    title: Mapped[str] = mapped_column(String(160))
    need: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[AllianceStatus] = mapped_column(StrEnumType(AllianceStatus), default=AllianceStatus.proposal)
    territory_codes: Mapped[JsonList] = mapped_column(default=list)
    territory_names: Mapped[JsonList] = mapped_column(default=list)
    sdgs: Mapped[JsonList] = mapped_column(default=list)
    domains: Mapped[JsonList] = mapped_column(default=list)
    model: Mapped[str] = mapped_column(String(40), default="")
    model_reason: Mapped[str] = mapped_column(Text, default="")
    proposer_id: Mapped[int | None]
    zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    example: Mapped[bool] = mapped_column(default=False)
    abandoned_at: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    parties: Mapped[list[Party]] = relationship(back_populates="alliance", order_by="Party.id")
    facilitators: Mapped[list[Facilitator]] = relationship(back_populates="alliance", order_by="Facilitator.id")

    @property
    def accepted_parties(self) -> list[Party]:
        """The parties that are in."""
        return [party for party in self.parties if party.status == PartyStatus.accepted]

    @property
    def territory(self) -> str:
        """The territories' names, as one reads them."""
        return ", ".join(str(name) for name in self.territory_names)


class Party(Base):
    """An organisation in one alliance: one party, one voice (promise 1)."""

    __tablename__ = "parties"
    __table_args__ = (Index("ix_parties_alliance", "alliance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[PartyStatus] = mapped_column(StrEnumType(PartyStatus), default=PartyStatus.invited)
    color: Mapped[int] = mapped_column(default=0)
    invited_email: Mapped[str] = mapped_column(String(320), default="")
    invited_name: Mapped[str] = mapped_column(String(200), default="")
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer_word: Mapped[str] = mapped_column(Text, default="")
    left_at: Mapped[datetime | None]
    deliberation_number: Mapped[str] = mapped_column(String(80), default="")
    deliberation_date: Mapped[date | None]
    alliance: Mapped[Alliance] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()
    members: Mapped[list[Member]] = relationship(back_populates="party", order_by="Member.id")

    @property
    def name(self) -> str:
        """The organisation's name."""
        return self.organisation.name

    @property
    def initials(self) -> str:
        """Two letters for badges: colour is never the only sign."""
        words = [word for word in self.name.replace("-", " ").replace("’", " ").split() if word[:1].isalpha() and len(word) > 2]
        return "".join(word[0] for word in words[:2]).upper() or self.name[:2].upper()

    def members_with(self, *roles: Role) -> list[Member]:
        """Members holding at least one of `roles`, still active."""
        return [member for member in self.members if member.is_active and any(role in member.roles for role in roles)]

    @property
    def signatories(self) -> list[Member]:
        """Those who may sign for the party."""
        return self.members_with(Role.signatory)


class Member(Base):
    """A person acting for a party, with roles; `title` is their capacity as printed on documents (« présidente »)."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("party_id", "person_id"), Index("ix_members_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    roles: Mapped[JsonList] = mapped_column(default=list)
    title: Mapped[str] = mapped_column(String(120), default="")
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    party: Mapped[Party] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()

    @validates("title")
    def _one_line(self, _key: str, text: str) -> str:
        return one_line(text)

    @property
    def is_active(self) -> bool:
        """True until the membership ended."""
        return self.ended_at is None


class Facilitator(Base):
    """A « tiers de confiance »: facilitates, mediates, holds no vote."""

    __tablename__ = "facilitators"
    __table_args__ = (UniqueConstraint("alliance_id", "person_id"), Index("ix_facilitators_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    alliance_id: Mapped[int] = mapped_column(ForeignKey("alliances.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    alliance: Mapped[Alliance] = relationship(back_populates="facilitators")
    person: Mapped[Person] = relationship()
