"""Alliances whose contract is open, filled, laid out, frozen, for tests: `contract(work)`, `filled(work)`, `answer_all(work, contract)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from charter.alliances.models import Alliance, OrganisationKind
from charter.contracts import services
from charter.contracts.models import Contract
from charter.proposals.models import Declaration
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as drafting

THREE = (OrganisationKind.association, OrganisationKind.company, OrganisationKind.local_authority)
TWO = (OrganisationKind.association, OrganisationKind.company)
SAMPLE: dict[str, Any] = {
    "date": date(2026, 4, 1),
    "text": "Un atelier par mois, ouvert à tous.",
    "money": 1_850_000,
    "int": 6,
}


def contract(work: Work, kinds: Sequence[OrganisationKind] = TWO) -> Contract:
    """A contract just opened, with its blanks."""
    return services.contract_of(work, drafting.adopted(work, kinds))


def declare(work: Work, alliance: Alliance, giver: int, **said: Any) -> Declaration:
    """What party number `giver` declared; to be called before the contract is opened, or seen at once by an open one."""
    shape: dict[str, Any] = {"objectives": ["performance"], "sha256": "d" * 64, "made_at": work.now(), "updated_at": work.now()}
    return work.add(Declaration(party_id=alliance.accepted_parties[giver].id, **{**shape, **said}))


def answer_all(work: Work, contract: Contract) -> None:
    """Every necessary question answered, each by a party it is asked of; every local authority's deliberation given."""
    parties = {party.name: party for party in contract.alliance.accepted_parties}
    for question in services.draft_of(work, contract).questions:
        if question.missing:
            value = date(2029, 3, 31) if question.name == "end_date" else SAMPLE.get(question.type) or question.choices[0]
            services.set_parameters(work, contract, parties[question.asked[0]], {question.name: value})
    for party in parties.values():
        if party.organisation.kind is OrganisationKind.local_authority:
            services.set_deliberation(work, party, "2026-047", date(2026, 2, 9))


def filled(work: Work, kinds: Sequence[OrganisationKind] = TWO) -> Contract:
    """A contract with nothing blank."""
    made = contract(work, kinds)
    answer_all(work, made)
    return made


def requested(work: Work, kinds: Sequence[OrganisationKind] = TWO) -> Contract:
    """A contract whose rendering is asked for; committed, for `drain`."""
    made = filled(work, kinds)
    services.request_render(as_speaker(work, made), made)
    work.commit()
    return made


def as_speaker(work: Work, contract: Contract, party: int = 0) -> Work:
    """The same transaction, acted in by the person who speaks for a party."""
    person = factories.speaker(contract.alliance.accepted_parties[party])
    return work.by(Actor(person.id, person.display_name))
