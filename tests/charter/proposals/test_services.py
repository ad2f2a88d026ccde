"""The proposal's verbs, on both databases."""

from __future__ import annotations

import pytest

from charter.alliances import services as kernel
from charter.alliances.models import Alliance, OrganisationKind
from charter.alliances.organisations import OrganisationData
from charter.errors import Conflict, Invalid
from charter.journal import services as journal
from charter.proposals import services
from charter.work import Work
from tests import factories
from tests.charter.proposals import factories as made
from workflows.base import Blocked, NotNow
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus

COMPANY = OrganisationKind.company


def told(work: Work, alliance: Alliance) -> list[str]:
    return [fact.type for fact in journal.facts(work, alliance.id)]


def fields_of(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def test_proposing_puts_the_proposers_organisation_in_and_forgets_the_draft(work: Work) -> None:
    person = factories.person(work)
    services.keep_draft(work, person, "Un sas", made.NEED)
    alliance = made.proposed(work, person)
    assert [party.status for party in alliance.parties] == [PartyStatus.accepted]
    assert alliance.status == AllianceStatus.proposal
    assert alliance.proposer_id == alliance.parties[0].id
    assert services.draft_of(work, person) is None
    assert told(work, alliance) == ["alliance.proposed"]


def test_a_draft_is_kept_and_kept_anew(work: Work) -> None:
    person = factories.person(work)
    services.keep_draft(work, person, "Un  sas", made.NEED)
    services.keep_draft(work, person, "Un autre sas", made.NEED)
    draft = services.draft_of(work, person)
    assert draft is not None and draft.title == "Un autre sas"


def test_a_need_too_short_and_no_title_are_both_named(work: Work) -> None:
    with pytest.raises(Invalid) as error:
        services.keep_draft(work, factories.person(work), " ", "court")
    assert fields_of(error) == {"title", "need"}


def test_a_wrong_siren_names_its_field_and_makes_nothing(work: Work) -> None:
    person = factories.person(work)
    with pytest.raises(Invalid) as error:
        services.start(work, person, "Un sas", made.NEED, OrganisationData("Asso", OrganisationKind.association, siren="123456789"))
    assert fields_of(error) == {"siren"}
    assert kernel.of_person(work, person) == []


def test_the_need_changes_while_it_is_a_proposal_only(work: Work, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    services.set_need(work, alliance, "Autre nom", made.NEED)
    assert alliance.title == "Autre nom"
    assert journal.facts(work, alliance.id)[-1].payload == {"fields": ["title"]}
    services.begin(work, alliance)
    with pytest.raises(Conflict):
        services.set_need(work, alliance, "Encore", made.NEED)


def test_saying_the_same_again_tells_nothing(work: Work) -> None:
    alliance = made.proposed(work)
    before = told(work, alliance)
    services.set_need(work, alliance, alliance.title, alliance.need)
    assert told(work, alliance) == before


def test_territories_are_known_ones(work: Work) -> None:
    made.territories(work)
    alliance = made.proposed(work)
    services.set_territories(work, alliance, [("department", "38"), ("commune", "93066")])
    assert alliance.territory_names == ["Isère", "Saint-Denis (93)"]
    with pytest.raises(Invalid) as error:
        services.set_territories(work, alliance, [("commune", "00000")])
    assert fields_of(error) == {"territories"}
    assert alliance.territory_names == ["Isère", "Saint-Denis (93)"]


def test_goal_seventeen_is_every_alliances_own(work: Work) -> None:
    alliance = made.proposed(work)
    services.set_purpose(work, alliance, [8], ["employment"])
    assert (alliance.sdgs, alliance.domains) == ([8, 17], ["employment"])
    with pytest.raises(Invalid) as error:
        services.set_purpose(work, alliance, [17], ["nowhere"])
    assert fields_of(error) == {"sdgs", "domains"}


def test_an_invitation_names_its_party_and_its_person(work: Work) -> None:
    party = made.invited(work, made.proposed(work))
    assert (party.status, party.invited_email) == (PartyStatus.invited, "tom@vigie.test")
    assert [member.person.email for member in party.members] == ["tom@vigie.test"]
    invitation = services.invitation_of(work, party)
    assert invitation is not None and invitation.link is not None
    assert (invitation.link.expires_at - work.now()).days == 14
    assert invitation.link.next_path == f"/alliances/{party.alliance.ref}/reponse"


@pytest.mark.parametrize(
    ("name", "email", "siren", "field"),
    [
        ("Autre nom", "TOM@vigie.test", "", "email"),
        ("Autre nom", "autre@vigie.test", factories.siren(901), "siren"),
        ("Autre nom", "autre@vigie.test", "123456789", "siren"),
        ("vigie sécurité", "autre@vigie.test", "", "organisation_name"),
        ("V", "autre@vigie.test", "", "organisation_name"),
        ("Autre nom", "autre", "", "email"),
    ],
)
def test_inviting_twice_or_badly_names_the_field(work: Work, name: str, email: str, siren: str, field: str) -> None:
    alliance = made.proposed(work)
    made.invited(work, alliance)
    with pytest.raises(Invalid) as error:
        services.invite(work, alliance, name, COMPANY, email, siren=siren)
    assert fields_of(error) == {field}
    assert len([party for party in alliance.parties if party.status == PartyStatus.invited]) == 1


def test_the_facilitator_is_not_invited_as_a_party(work: Work) -> None:
    alliance = made.proposed(work)
    kernel.name_facilitator(work, alliance, email="noe@atelier.test", name="Noé Passeur")
    with pytest.raises(Invalid) as error:
        services.invite(work, alliance, "Atelier", COMPANY, "noe@atelier.test")
    assert fields_of(error) == {"email"}


def test_a_party_that_declined_may_be_invited_anew(work: Work) -> None:
    alliance = made.proposed(work)
    services.decline(work, made.invited(work, alliance), "Pas cette année.")
    again = made.invited(work, alliance)
    assert again.status == PartyStatus.invited


def test_declining_takes_a_reason(work: Work) -> None:
    party = made.invited(work, made.proposed(work))
    with pytest.raises(Blocked) as error:
        services.decline(work, party, "  ")
    assert error.value.missing[0].who == ("Vigie Sécurité",)
    services.decline(work, party, "Pas cette année.")
    assert (party.status, party.answer_word) == (PartyStatus.declined, "Pas cette année.")


def test_one_answers_once(work: Work) -> None:
    party = made.invited(work, made.proposed(work))
    services.accept(work, party, "Avec joie.")
    with pytest.raises(NotNow):
        services.accept(work, party)
    with pytest.raises(NotNow):
        services.decline(work, party, "Non")
    with pytest.raises(NotNow):
        services.cancel(work, party)
    assert told(work, party.alliance) == ["alliance.proposed", "party.invited", "party.accepted"]


def test_an_invitation_withdrawn_cannot_be_answered(work: Work) -> None:
    party = made.invited(work, made.proposed(work))
    services.cancel(work, party)
    with pytest.raises(NotNow):
        services.accept(work, party)


def test_once_writing_one_invites_only_when_left_alone(work: Work, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    services.begin(work, alliance)
    with pytest.raises(Conflict):
        services.invite(work, alliance, "Fondation", OrganisationKind.foundation, "f@fondation.test")
    kernel.leave(work, alliance.parties[1], "Nous arrêtons.")
    party = services.invite(work, alliance, "Fondation", OrganisationKind.foundation, "f@fondation.test")
    with pytest.raises(Conflict):
        services.invite(work, alliance, "Autre", OrganisationKind.foundation, "g@fondation.test")
    services.accept(work, party)
    assert [one.name for one in alliance.accepted_parties] == ["Les Passerelles", "Fondation"]
