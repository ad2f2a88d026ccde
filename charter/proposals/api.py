"""The proposal's journey over the API: the same services as the pages. Bearer tokens; problems in problem+json."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from charter.adapters.http import current_work, inside, me, signed_in, standing
from charter.alliances import services as kernel
from charter.alliances import territories
from charter.alliances.models import Alliance
from charter.alliances.organisations import OrganisationData
from charter.alliances.territories import Territory
from charter.proposals import services, states
from charter.proposals.advice import advice_view, bill_view
from charter.proposals.api_schemas import (
    AllianceIn,
    AnswerIn,
    DeclarationIn,
    InvitationIn,
    ModelIn,
    NeedIn,
    ProposalOut,
    PurposeIn,
    RecommendationOut,
    SearchIn,
    TerritoriesIn,
)
from charter.proposals.models import Declaration
from charter.proposals.schemas import AbandonForm, DeclarationView, ProposalPartyView, ProposalView, TerritoryView, shown_parties
from charter.proposals.services import DeclarationData
from workflows.proposals import PartyStatus

api = Blueprint("api_proposals", __name__, url_prefix="/api/v1", description="Proposals: from the need to the opening of the co-drafting")
FOUND = 20


@api.get("/territories")
@api.arguments(SearchIn, location="query")
@api.response(200, TerritoryView(many=True))
@signed_in
def find_territories(query: dict[str, str]) -> list[Territory]:
    """French territories by name, word, postal code or code, best first, at most 20."""
    return territories.search(current_work().session, query["q"], FOUND)


@api.post("/alliances")
@api.arguments(AllianceIn)
@api.response(201, ProposalOut)
@signed_in
def propose(data: dict[str, Any]) -> dict[str, Any]:
    """Proposes an alliance; its first party is the organisation given."""
    organisation = OrganisationData(**data["organisation"])
    return _proposal(services.start(current_work(), me(), data["title"], data["need"], organisation, data["member_title"], data["roles"]))


@api.get("/alliances/<alliance_ref>/proposal")
@api.response(200, ProposalOut)
@inside("alliance.see", parties=("accepted", "invited", "left"))
def proposal(alliance_ref: str) -> dict[str, Any]:
    """The proposal as it stands."""
    return _proposal(standing().alliance)


@api.put("/alliances/<alliance_ref>/proposal")
@api.arguments(NeedIn)
@api.response(200, ProposalOut)
@inside("proposal.need")
def set_need(data: dict[str, str], alliance_ref: str) -> dict[str, Any]:
    """Changes the name and the need."""
    services.set_need(current_work(), standing().alliance, **data)
    return _proposal(standing().alliance)


@api.put("/alliances/<alliance_ref>/proposal/territories")
@api.arguments(TerritoriesIn)
@api.response(200, ProposalOut)
@inside("proposal.need")
def set_territories(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """Says where the alliance acts."""
    services.set_territories(current_work(), standing().alliance, [(one["kind"], one["code"]) for one in data["territories"]])
    return _proposal(standing().alliance)


@api.put("/alliances/<alliance_ref>/proposal/purpose")
@api.arguments(PurposeIn)
@api.response(200, ProposalOut)
@inside("proposal.need")
def set_purpose(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """Says which goals and domains it serves."""
    services.set_purpose(current_work(), standing().alliance, **data)
    return _proposal(standing().alliance)


@api.post("/alliances/<alliance_ref>/invitations")
@api.arguments(InvitationIn)
@api.response(201, ProposalPartyView)
@inside("proposal.invite")
def invite(data: dict[str, Any], alliance_ref: str) -> Any:
    """Invites a party; its mail leaves at once."""
    return services.invite(current_work(), standing().alliance, **data)


@api.delete("/alliances/<alliance_ref>/invitations/<party_ref>")
@api.response(204)
@inside("proposal.invite")
def cancel_invitation(alliance_ref: str, party_ref: str) -> None:
    """Withdraws an invitation nobody answered."""
    services.cancel(current_work(), kernel.party_of(standing().alliance, party_ref))


@api.post("/alliances/<alliance_ref>/answer")
@api.arguments(AnswerIn)
@api.response(200, ProposalPartyView)
@inside("proposal.answer", parties=("invited", "accepted"))
def answer(data: dict[str, str], alliance_ref: str) -> Any:
    """Answers one's own invitation."""
    act = services.accept if data["answer"] == "accept" else services.decline
    act(current_work(), standing().party, data["word"])
    return standing().party


@api.get("/alliances/<alliance_ref>/declarations")
@api.response(200, DeclarationView(many=True))
@inside("alliance.see")
def declarations(alliance_ref: str) -> list[Declaration]:
    """The declarations made."""
    return list(services.declarations_of(current_work(), standing().alliance).values())


@api.get("/alliances/<alliance_ref>/declaration")
@api.response(200, DeclarationView)
@inside("proposal.declare")
def declaration(alliance_ref: str) -> Declaration | dict[str, Any]:
    """One's own party's declaration, begun or made; nothing is answered yet in one that is not begun."""
    party = standing().party
    return services.declaration_of(current_work(), party) or {
        "party": party,
        "is_made": False,
        "answered": [],
        "sha256": "",
        "made_at": None,
    }


@api.put("/alliances/<alliance_ref>/declaration")
@api.arguments(DeclarationIn)
@api.response(200, DeclarationView)
@inside("proposal.declare")
def declare(data: dict[str, Any], alliance_ref: str) -> Declaration:
    """Makes one's own party's declaration, whole."""
    return services.declare(current_work(), standing().party, DeclarationData(**data))


@api.get("/alliances/<alliance_ref>/recommendation")
@api.response(200, RecommendationOut)
@inside("alliance.see")
def recommendation(alliance_ref: str) -> dict[str, Any]:
    """The model advised, why, and the five-point indicator."""
    work, alliance = current_work(), standing().alliance
    return {**advice_view(services.recommend(work, alliance)), "indicator": bill_view(services.bill_points(work, alliance))}


@api.put("/alliances/<alliance_ref>/model")
@api.arguments(ModelIn)
@api.response(200, ProposalOut)
@inside("proposal.model")
def choose_model(data: dict[str, str], alliance_ref: str) -> dict[str, Any]:
    """Chooses the partnership model."""
    services.choose_model(current_work(), standing().alliance, data["model"], data["reason"])
    return _proposal(standing().alliance)


@api.post("/alliances/<alliance_ref>/begin")
@api.response(200, ProposalOut)
@inside("proposal.begin")
def begin(alliance_ref: str) -> dict[str, Any]:
    """Opens the co-drafting, or says what is missing and from whom (409)."""
    services.begin(current_work(), standing().alliance)
    return _proposal(standing().alliance)


@api.post("/alliances/<alliance_ref>/abandon")
@api.arguments(AbandonForm)
@api.response(200, ProposalOut)
@inside("alliance.abandon")
def abandon(data: dict[str, str], alliance_ref: str) -> dict[str, Any]:
    """Ends the alliance before its time."""
    kernel.abandon(current_work(), standing().alliance, data["reason"])
    return _proposal(standing().alliance)


def _proposal(alliance: Alliance) -> dict[str, Any]:
    declared = states.states(current_work(), [alliance])[alliance.id]
    return {
        **ProposalView().dump(alliance),
        "parties": shown_parties(alliance, refusals=False),
        "declared": [party.ref for party in alliance.parties if party.id in declared and party.status == PartyStatus.accepted],
    }
