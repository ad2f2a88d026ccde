"""Declaring, choosing a model, beginning to write, leaving: the rest of the proposal's verbs, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event as sa_event

from charter.alliances import services as kernel
from charter.alliances.models import Alliance, OrganisationKind
from charter.alliances.organisations import OrganisationData
from charter.errors import Conflict, Invalid, Refused
from charter.journal import services as journal
from charter.proposals import services, states
from charter.proposals.recommendation import Money, Posture
from charter.proposals.services import STEPS
from charter.work import Work
from tests import factories
from tests.charter.proposals import factories as made
from workflows.base import Blocked, NotNow
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role

COMPANY = OrganisationKind.company


def told(work: Work, alliance: Alliance) -> list[str]:
    return [fact.type for fact in journal.facts(work, alliance.id)]


def fields_of(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def test_the_declaration_is_saved_one_screen_at_a_time_and_made_at_the_end(work: Work) -> None:
    alliance = made.proposed(work)
    party = alliance.parties[0]
    for step in list(STEPS)[:-1]:
        services.answer(work, party, step, vars(made.SAID))
    assert services.next_step(services.declaration_of(work, party)) == "posture"
    assert services.declarations_of(work, alliance) == {}
    with pytest.raises(Refused):
        services.finish(work, party)
    services.answer(work, party, "posture", vars(made.SAID))
    assert states.states(work, [alliance])[alliance.id] == frozenset()
    services.finish(work, party)
    assert states.states(work, [alliance])[alliance.id] == {party.id}


def test_correcting_a_declaration_makes_it_anew_only_when_it_changes(work: Work) -> None:
    party = made.proposed(work).parties[0]
    first = services.declare(work, party, made.SAID).sha256
    services.answer(work, party, "constraints", {"constraints": made.SAID.constraints})
    assert told(work, party.alliance).count("party.declaration_made") == 1
    services.answer(work, party, "constraints", {"constraints": "Plus aucune."})
    declaration = services.declaration_of(work, party)
    assert declaration is not None and declaration.sha256 != first
    assert told(work, party.alliance).count("party.declaration_made") == 2


def test_contributions_of_a_means_given_up_go_with_it(work: Work) -> None:
    party = made.proposed(work).parties[0]
    services.declare(work, party, made.SAID)
    declaration = services.answer(work, party, "means", {"means": ["financial"]})
    assert declaration.contributions == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"objectives": ("nothing",)}, "objectives"),
        ({"levers": ()}, "levers"),
        ({"posture": "alone"}, "posture"),
        ({"contributions": ({"means": "human", "label": "", "cents": None},)}, "contributions"),
        ({"contributions": ({"means": "human", "label": "du temps", "cents": -1},)}, "contributions"),
        ({"money_flows": ({"nature": "gift", "to": "nobody", "cents": None},)}, "money_flows"),
        ({"money_flows": ({"nature": "theft", "to": "", "cents": None},)}, "money_flows"),
        ({"constraints": "x" * 4001}, "constraints"),
    ],
)
def test_a_declaration_that_cannot_be_read_names_the_field(work: Work, change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as error:
        services.declare(work, made.proposed(work).parties[0], replace(made.SAID, **change))  # type: ignore[arg-type]
    assert fields_of(error) == {field}


def test_an_invited_party_does_not_declare(work: Work) -> None:
    with pytest.raises(Conflict):
        services.declare(work, made.invited(work, made.proposed(work)), made.SAID)


def test_the_advice_reads_money_and_posture_from_the_declarations(work: Work) -> None:
    alliance = made.proposed(work)
    assert services.situation_of(work, alliance).money is None
    party = made.invited(work, alliance)
    services.accept(work, party)
    services.declare(work, alliance.parties[0], made.SAID)
    assert services.situation_of(work, alliance).money == Money.none
    gift = {"nature": "gift", "to": alliance.parties[0].ref, "cents": 100_000, "purpose": "le sas"}
    services.declare(work, party, replace(made.SAID, money_flows=(gift,), posture="exchange"))
    situation = services.situation_of(work, alliance)
    assert (situation.money, situation.posture) == (Money.gift, None)
    services.answer(work, party, "posture", {"posture": "coconstruction"})
    assert services.situation_of(work, alliance).posture == Posture.coconstruction


def test_another_model_than_the_one_advised_takes_a_reason(work: Work) -> None:
    alliance = made.proposed(work)
    services.declare(work, alliance.parties[0], made.SAID)
    advised = services.recommend(work, alliance).first
    assert advised is not None
    services.choose_model(work, alliance, advised.model.key)
    with pytest.raises(Invalid) as error:
        services.choose_model(work, alliance, "service_provision_unknown", "parce que")
    assert fields_of(error) == {"model"}
    other = services.recommend(work, alliance).ranking[-1].model.key
    with pytest.raises(Invalid) as error:
        services.choose_model(work, alliance, other)
    assert fields_of(error) == {"reason"}
    services.choose_model(work, alliance, other, "Nous le voulons ainsi.")
    assert journal.facts(work, alliance.id)[-1].payload == {"model": other, "recommended": advised.model.key}


def test_the_indicator_informs_and_does_not_block(work: Work, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    assert {point.key: point.met for point in services.bill_points(work, alliance)} == {
        "diversity": True,
        "common_interest": True,
        "equal_governance": True,
        "disinterested": None,
        "no_profit_sharing": None,
    }
    services.begin(work, alliance)


def test_beginning_says_all_that_is_missing_and_from_whom(work: Work) -> None:
    alliance = made.proposed(work, signs=False)
    made.invited(work, alliance)
    with pytest.raises(Blocked) as error:
        services.begin(work, alliance)
    assert [missing.who for missing in error.value.missing] == [
        ("Vigie Sécurité",),
        ("Vigie Sécurité",),
        ("Les Passerelles",),
        ("Les Passerelles",),
        ("Les Passerelles",),
    ]
    assert alliance.status == AllianceStatus.proposal


def test_beginning_opens_the_charter_once(work: Work, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    services.begin(work, alliance)
    assert (alliance.status, later_rooms) == (AllianceStatus.drafting, ["drafting.open_charter"])
    with pytest.raises(NotNow):
        services.begin(work, alliance)


def test_only_a_signatory_whose_capacity_is_known_signs(work: Work) -> None:
    member = made.proposed(work, signs=False).parties[0].members[0]
    with pytest.raises(Invalid) as error:
        services.set_yourself(work, member, "", signs=True)
    assert fields_of(error) == {"title"}
    services.set_yourself(work, member, "présidente", signs=True)
    assert set(member.roles) == {Role.referent, Role.drafter, Role.signatory}
    services.set_yourself(work, member, "présidente", signs=False)
    assert set(member.roles) == {Role.referent, Role.drafter}


def test_the_last_party_to_leave_ends_the_alliance(work: Work, later_rooms: list[str]) -> None:
    alliance = made.proposed(work)
    party = made.invited(work, alliance)
    kernel.leave(work, alliance.parties[0], "Nous fermons.")
    assert (alliance.status, alliance.abandoned_at) == (AllianceStatus.abandoned, "proposal")
    assert party.status == PartyStatus.cancelled
    assert told(work, alliance)[-3:] == ["party.left", "party.invitation_cancelled", "alliance.abandoned"]


def test_abandoning_keeps_the_stage_and_happens_once(work: Work, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    services.begin(work, alliance)
    kernel.abandon(work, alliance, "Plus de financement.")
    assert (alliance.status, alliance.abandoned_at) == (AllianceStatus.abandoned, "drafting")
    with pytest.raises(NotNow):
        kernel.abandon(work, alliance, "Encore.")


def test_facts_are_gathered_in_one_query_however_many_alliances(work: Work) -> None:
    alliances = [factories.alliance(work, facilitator=False) for _ in range(4)]
    for alliance in alliances:
        services.declare(work, alliance.parties[0], made.SAID)
    work.session.flush()
    seen: list[str] = []
    sa_event.listen(work.session.get_bind(), "before_cursor_execute", lambda conn, cursor, statement, *_: seen.append(statement))
    found = states.states(work, alliances)
    assert len(seen) == 1
    assert found == {one.id: {one.parties[0].id} for one in alliances}


def test_an_organisation_never_bears_anothers_name_or_number(work: Work) -> None:
    alliance = factories.alliance(work)
    first, second = alliance.parties[:2]
    for data, field in (
        (OrganisationData(first.name, COMPANY), "name"),
        (OrganisationData("Autre", COMPANY, siren=first.organisation.siren), "siren"),
    ):
        with pytest.raises(Invalid) as error:
            kernel.describe_organisation(work, second, data)
        assert fields_of(error) == {field}
    kernel.describe_organisation(work, second, OrganisationData(second.name, COMPANY, siren=second.organisation.siren))
