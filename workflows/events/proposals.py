"""Facts of the proposal, and of who belongs to the alliance."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class AllianceProposed(Event, type="alliance.proposed"):
    title: str
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class NeedChanged(Event, type="alliance.need_changed"):
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PartyInvited(Event, type="party.invited"):
    party: str
    organisation: str
    invitation: str = ""


@dataclass(frozen=True, kw_only=True)
class PartyAccepted(Event, type="party.accepted"):
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class PartyDeclined(Event, type="party.declined"):
    party: str
    organisation: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartyLeft(Event, type="party.left"):
    party: str
    organisation: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitationCancelled(Event, type="party.invitation_cancelled"):
    party: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Event, type="member.added"):
    party: str
    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MemberRolesChanged(Event, type="member.roles_changed"):
    """``roles``: all those the member now has; none means it is no longer a member."""

    party: str
    person: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FacilitatorNamed(Event, type="alliance.facilitator_named"):
    """``person``: None when the alliance no longer has a facilitator."""

    person: str | None


@dataclass(frozen=True, kw_only=True)
class DeclarationMade(Event, type="party.declaration_made"):
    """``sha256``: of the canonical declaration, so that the contract can tell which one it was made from."""

    party: str
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelChosen(Event, type="alliance.model_chosen"):
    """``recommended``: the key the recommendation had put first."""

    model: str
    recommended: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftingBegun(Event, type="alliance.drafting_begun"):
    parties: tuple[str, ...]
