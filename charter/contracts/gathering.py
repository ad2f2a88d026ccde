"""From the rooms before this one to the plain facts the clause library looks at, for many alliances at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from charter.alliances.models import KIND_LABELS, Alliance, Member, Party
from charter.contracts.facts import AdoptedCharter, AssemblyFacts, ContractParty, Contribution, Deliberation, Flow, FlowNature
from charter.contracts.models import Contract
from charter.drafting import services as drafting
from charter.errors import NotFound
from charter.i18n import gettext, speaking
from charter.proposals.catalogue import GOALS, MEANS, OBJECTIVES, model_number
from charter.proposals.models import Declaration
from charter.work import Work
from workflows.base import N_
from workflows.roles import Role

PARITY, COMMON_DATA = "parity_chosen", "common_data"
AMOUNT = "subsidy_amount"
_OBJECTIVES = {entry.key: entry.label for entry in OBJECTIVES}
_MEANS = {entry.key: entry.label for entry in MEANS}
_GOALS = {goal.number: goal.label for goal in GOALS}
_FINANCIAL = MEANS[0].key


@dataclass(frozen=True)
class Unpriced:
    """A subsidy declared without its amount: the name of the answer that gives it, and the two parties."""

    name: str
    giver: Party
    receiver: Party
    purpose: str


def outline(alliance: Alliance, contract: Contract, declared: Mapping[int, Declaration]) -> AssemblyFacts:
    """The facts without a query, enough to tell what is blank. Parties and members must be loaded.

    The charter is only told as adopted, with no fingerprint: `facts_of` looks at its words.
    """
    return _facts(alliance, declared, contract.parameters, AdoptedCharter(contract.created_at.date(), ""))


def facts_of(work: Work, alliance: Alliance, contract: Contract) -> AssemblyFacts:
    """The facts of one alliance, its adopted charter's fingerprint included."""
    return _facts(alliance, declarations(work, [alliance]), contract.parameters, _charter(work, alliance, contract))


def charter_of(work: Work, alliance: Alliance, contract: Contract) -> drafting.AdoptedCharter:
    """The adopted charter this contract goes with. Raises NotFound."""
    return drafting.adopted_version(work, drafting.text_of(work, alliance, contract.text_ref))


def declarations(work: Work, alliances: Sequence[Alliance]) -> dict[int, Declaration]:
    """What the accepted parties declared, by party id, in one query."""
    ids = [party.id for one in alliances for party in one.accepted_parties]
    found = work.session.scalars(select(Declaration).where(Declaration.party_id.in_(ids), Declaration.sha256 != "")) if ids else ()
    return {row.party_id: row for row in found}


def unpriced(alliance: Alliance, declared: Mapping[int, Declaration]) -> list[Unpriced]:
    """The subsidies whose giver did not declare the amount."""
    return [
        Unpriced(amount_name(giver, index), giver, receiver, flow.get("purpose", ""))
        for giver, receiver, index, flow in _between(alliance, declared)
        if flow["nature"] == FlowNature.subsidy and flow.get("cents") is None
    ]


def amount_name(giver: Party, index: int) -> str:
    """The name of the answer that gives the amount of a party's declared flow number `index`, from 0."""
    return f"{AMOUNT}.{giver.ref}.{index}"


def signs_for(party: Party) -> Member | None:
    """The member printed in the documents as the one who signs: the first named. None when nobody is."""
    return next(iter(party.signatories), None)


def _charter(work: Work, alliance: Alliance, contract: Contract) -> AdoptedCharter | None:
    try:
        found = charter_of(work, alliance, contract)
    except NotFound:
        return None
    return AdoptedCharter(found.adopted_at.astimezone(ZoneInfo(alliance.zone)).date(), found.sha256)


def _facts(
    alliance: Alliance, declared: Mapping[int, Declaration], answers: Mapping[str, Any], charter: AdoptedCharter | None
) -> AssemblyFacts:
    with speaking("fr"):
        return AssemblyFacts(
            title=alliance.title,
            parties=tuple(_party(party, declared.get(party.id)) for party in alliance.accepted_parties),
            model=model_number(alliance.model),
            need=alliance.need,
            territory=alliance.territory,
            goals=tuple(f"ODD {number} : {_GOALS[number]}" for number in map(_number, alliance.sdgs) if number in _GOALS),
            charter=charter,
            facilitator=next((one.person.display_name for one in alliance.facilitators if one.ended_at is None), ""),
            flows=_flows(alliance, declared, answers),
            parity_chosen=bool(answers.get(PARITY)),
            common_data=bool(answers.get(COMMON_DATA)),
        )


def _number(goal: Any) -> int:
    digits = str(goal).removeprefix("sdg")
    return int(digits) if digits.isdigit() else 0


def _party(party: Party, declaration: Declaration | None) -> ContractParty:
    organisation, signatory = party.organisation, signs_for(party)
    referent = next(iter(party.members_with(Role.referent)), None)
    decided = party.deliberation_number and party.deliberation_date
    return ContractParty(
        name=party.name,
        kind=organisation.kind,
        kind_label=organisation.legal_form or gettext(KIND_LABELS[organisation.kind]).lower(),
        address=organisation.address,
        siren=organisation.siren,
        rna=organisation.rna,
        signatory=signatory.person.display_name if signatory else "",
        capacity=signatory.title if signatory else "",
        referent=referent.person.display_name if referent else "",
        objectives=", ".join(_OBJECTIVES[str(key)] for key in declaration.objectives if key in _OBJECTIVES).lower() if declaration else "",
        strengths=declaration.strengths if declaration else "",
        fragilities=declaration.fragilities if declaration else "",
        needs=declaration.needs if declaration else "",
        contributions=_contributions(declaration) if declaration else (),
        deliberation=Deliberation(party.deliberation_number, party.deliberation_date) if decided and party.deliberation_date else None,
    )


def _contributions(declaration: Declaration) -> tuple[Contribution, ...]:
    """What the party said it brings, then what it puts in the common pot, which goes to no party in particular."""
    listed = [Contribution(_MEANS.get(one["means"], one["means"]), one["label"], one.get("cents")) for one in declaration.contributions]
    pooled = [flow for flow in declaration.money_flows if flow["nature"] == "pooled"]
    shared = [Contribution(_MEANS[_FINANCIAL], flow.get("purpose") or gettext(N_("mise en commun")), flow.get("cents")) for flow in pooled]
    return (*listed, *shared)


def _flows(alliance: Alliance, declared: Mapping[int, Declaration], answers: Mapping[str, Any]) -> tuple[Flow, ...]:
    return tuple(
        Flow(
            giver.name,
            receiver.name,
            FlowNature(flow["nature"]),
            flow.get("cents") if flow.get("cents") is not None else answers.get(amount_name(giver, index)),
            flow.get("purpose", ""),
        )
        for giver, receiver, index, flow in _between(alliance, declared)
    )


def _between(alliance: Alliance, declared: Mapping[int, Declaration]) -> list[tuple[Party, Party, int, dict[str, Any]]]:
    parties = {party.ref: party for party in alliance.accepted_parties}
    return [
        (giver, parties[flow["to"]], index, flow)
        for giver in alliance.accepted_parties
        if giver.id in declared
        for index, flow in enumerate(declared[giver.id].money_flows)
        if flow["nature"] in set(FlowNature) and flow.get("to") in parties
    ]
