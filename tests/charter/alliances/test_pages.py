"""An alliance's own pages: members and roles, the organisation's card, the facilitator, leaving, the journal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.alliances import announce
from charter.alliances import services as kernel
from charter.alliances.models import Alliance, OrganisationKind
from charter.journal.chain import check
from charter.work import Engine, Work
from tests import factories
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.reactions import REACTIONS, Call
from workflows.roles import Role

SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def alliance(work: Work) -> Alliance:
    """Three parties and a facilitator, committed; its parts are loaded."""
    made = factories.alliance(work)
    work.commit()
    found = kernel.find(work, made.ref)
    work.commit()
    return found


@pytest.fixture(autouse=True)
def later_rooms(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What later rooms do of an end is theirs to test."""
    for reactions in REACTIONS.values():
        for reaction in reactions:
            if isinstance(reaction, Call):
                monkeypatch.setitem(announce.followers, reaction.name, lambda work, alliance, event: None)


@pytest.fixture
def signed_in(signed_in: SignIn, work: Work, app: Flask) -> SignIn:
    """The same, the test's own transaction ended: reading an attribute may have opened one, which locks SQLite."""

    def end() -> None:
        if work.session.in_transaction():
            work.session.commit()

    app.before_request_funcs.setdefault(None, []).insert(0, end)

    def sign(person: Person) -> FlaskClient:
        end()
        return signed_in(person)

    return sign


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'")


def stored(engine: Engine, ref: str) -> Alliance:
    with engine.work(write=False) as work:
        return kernel.find(work, ref)


def speaker(alliance: Alliance, index: int = 0) -> Person:
    return factories.speaker(alliance.parties[index])


def test_the_overview_says_who_is_in_and_what_happened(alliance: Alliance, signed_in: SignIn) -> None:
    page = text(signed_in(speaker(alliance)).get(f"/alliances/{alliance.ref}"))
    for words in (*(party.name for party in alliance.parties), "Noé Passeur", "tiers de confiance, sans voix", "a proposé l’alliance"):
        assert words in page


def test_addresses_are_shown_to_ones_own_party_only(alliance: Alliance, signed_in: SignIn) -> None:
    page = text(signed_in(speaker(alliance)).get(f"/alliances/{alliance.ref}/parties"))
    assert speaker(alliance).email in page
    assert speaker(alliance, 1).email not in page and speaker(alliance, 1).name in page


def test_bringing_somebody_in(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    browser, path = signed_in(speaker(alliance, 1)), f"/alliances/{alliance.ref}/membres/nouveau"
    data = {"name": "Ana Rossi", "email": "ana@vigie.test", "title": "juriste", "roles": ["drafter"]}
    assert browser.post(path, data=data).status_code == 302
    added = stored(engine, alliance.ref).parties[1].members[-1]
    assert (added.person.email, added.roles, added.title) == ("ana@vigie.test", ["drafter"], "juriste")
    again = browser.post(path, data=data)
    assert again.status_code == 422 and 'href="#f-email"' in text(again) and 'value="Ana Rossi"' in text(again)


@pytest.mark.parametrize(
    ("change", "field"), [({"name": "A"}, "name"), ({"email": "ana"}, "email"), ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles")]
)
def test_a_newcomer_badly_described_names_the_field(alliance: Alliance, signed_in: SignIn, change: dict[str, str], field: str) -> None:
    data = {"name": "Ana Rossi", "email": "ana@vigie.test", "roles": ["drafter"], **change}
    answer = signed_in(speaker(alliance)).post(f"/alliances/{alliance.ref}/membres/nouveau", data=data)
    assert answer.status_code == 422 and f'href="#f-{field}"' in text(answer)


def test_a_party_always_keeps_a_referent(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    member = alliance.parties[0].members[0]
    browser, path = signed_in(member.person), f"/alliances/{alliance.ref}/membres/{member.id}"
    refused = browser.post(path, data={"roles": ["observer"], "title": ""})
    assert refused.status_code == 409 and "Désignez d’abord un autre référent alliance" in text(refused)
    assert browser.post(f"{path}/fin").status_code == 409
    assert Role.referent in stored(engine, alliance.ref).parties[0].members[0].roles


def test_a_member_whose_mission_ends_sees_the_alliance_no_more(alliance: Alliance, work: Work, signed_in: SignIn) -> None:
    member = kernel.enrol(work, alliance.parties[0], factories.person(work), ["drafter"])
    browser = signed_in(member.person)
    assert browser.get(f"/alliances/{alliance.ref}").status_code == 200
    assert signed_in(speaker(alliance)).post(f"/alliances/{alliance.ref}/membres/{member.id}/fin").status_code == 302
    assert browser.get(f"/alliances/{alliance.ref}").status_code == 404


def test_nobody_touches_another_partys_members(alliance: Alliance, signed_in: SignIn) -> None:
    other = alliance.parties[1].members[0]
    browser = signed_in(speaker(alliance))
    assert browser.get(f"/alliances/{alliance.ref}/membres/{other.id}").status_code == 404
    assert browser.post(f"/alliances/{alliance.ref}/membres/{other.id}/fin").status_code == 404


def test_a_wrong_siren_on_the_card_is_named_and_what_was_typed_stays(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    browser, path = signed_in(speaker(alliance)), f"/alliances/{alliance.ref}/organisation"
    data = {"name": "Les Passerelles", "kind": "association", "siren": "123456789", "siret": "", "rna": "", "address": "", "legal_form": ""}
    refused = browser.post(path, data=data)
    assert refused.status_code == 422 and 'href="#f-siren"' in text(refused) and 'value="123456789"' in text(refused)
    taken = browser.post(path, data={**data, "siren": alliance.parties[1].organisation.siren})
    assert taken.status_code == 422 and alliance.parties[1].name in text(taken)
    assert browser.post(path, data={**data, "siren": factories.siren(700), "rna": "w751234567"}).status_code == 302
    organisation = stored(engine, alliance.ref).parties[0].organisation
    assert (organisation.siren, organisation.rna) == (factories.siren(700), "W751234567")


def test_a_facilitator_belongs_to_no_party(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    browser, path = signed_in(speaker(alliance)), f"/alliances/{alliance.ref}/tiers-de-confiance"
    refused = browser.post(path, data={"name": "Quelqu’un", "email": speaker(alliance, 1).email})
    assert refused.status_code == 422 and 'href="#f-email"' in text(refused)
    assert browser.post(path, data={"name": "Zoé", "email": "zoe@atelier.test"}).status_code == 302
    assert "zoe@atelier.test" in {one.person.email for one in stored(engine, alliance.ref).facilitators}


def test_leaving_takes_a_reason_and_leaves_reading(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    browser, path = signed_in(speaker(alliance, 2)), f"/alliances/{alliance.ref}/quitter"
    assert browser.post(path, data={"reason": ""}).status_code == 422
    assert browser.post(path, data={"reason": "Nous manquons de temps."}).status_code == 302
    assert stored(engine, alliance.ref).parties[2].status == PartyStatus.left
    assert browser.get(f"/alliances/{alliance.ref}").status_code == 200
    assert browser.get(f"/alliances/{alliance.ref}/parties").status_code == 404


def test_the_last_to_leave_closes_the_door(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    for index in range(3):
        assert stored(engine, alliance.ref).status == AllianceStatus.proposal
        signed_in(speaker(alliance, index)).post(f"/alliances/{alliance.ref}/quitter", data={"reason": "C’est fini."})
    ended = stored(engine, alliance.ref)
    assert (ended.status, ended.abandoned_at) == (AllianceStatus.abandoned, "proposal")


def test_the_journal_is_read_and_taken_away(alliance: Alliance, signed_in: SignIn) -> None:
    browser = signed_in(speaker(alliance))
    browser.post(f"/alliances/{alliance.ref}/tiers-de-confiance", data={"name": "Zoé", "email": "zoe@atelier.test"})
    page = text(browser.get(f"/alliances/{alliance.ref}/journal"))
    assert "Chaîne intacte" in page and "a désigné un tiers de confiance" in page
    taken = browser.get(f"/alliances/{alliance.ref}/journal.jsonl")
    lines = [json.loads(line) for line in text(taken).splitlines()]
    assert [line["type"] for line in lines] == ["alliance.proposed", "alliance.facilitator_named"]
    assert lines[1]["previous"] == lines[0]["hash"]
    assert "attachment" in taken.headers["Content-Disposition"]


def test_an_invited_party_corrects_its_card_before_answering(alliance: Alliance, work: Work, engine: Engine, signed_in: SignIn) -> None:
    invited = factories.party(work, alliance, OrganisationKind.foundation, status=PartyStatus.invited)
    data = {"name": "Fondation des Deux Rives", "kind": "foundation", "siren": "", "siret": "", "rna": "", "address": "", "legal_form": ""}
    assert signed_in(factories.speaker(invited)).post(f"/alliances/{alliance.ref}/organisation", data=data).status_code == 302
    assert stored(engine, alliance.ref).parties[3].name == "Fondation des Deux Rives"


def test_the_home_page_gathers_ones_alliances_and_what_to_do(alliance: Alliance, signed_in: SignIn) -> None:
    page = text(signed_in(speaker(alliance)).get("/"))
    assert alliance.title in page and "Faites la déclaration de" in page and "Proposer une alliance" in page
    assert "Vous n’êtes encore dans aucune alliance" not in page


def test_a_facilitator_is_not_brought_into_a_party(alliance: Alliance, engine: Engine, signed_in: SignIn) -> None:
    referent = alliance.parties[0].members[0].person
    email = alliance.facilitators[0].person.email
    form = {"name": "Noé Passeur", "email": email, "title": "", "roles": ["drafter"]}
    answer = signed_in(referent).post(f"/alliances/{alliance.ref}/membres/nouveau", data=form)
    assert answer.status_code == 422
    assert "tiers de confiance" in answer.text


def test_nobody_takes_another_partys_people(alliance: Alliance, signed_in: SignIn, work: Work) -> None:
    mine, other, _ = alliance.parties
    theirs = factories.speaker(other)

    refused = signed_in(factories.speaker(mine)).post(
        f"/alliances/{alliance.ref}/membres/nouveau", data={"name": theirs.name, "email": theirs.email, "roles": "observer"}
    )

    assert refused.status_code == 422
    assert f"Cette personne agit déjà pour {other.name}" in refused.text
    assert kernel.standing(work, theirs, alliance.ref).party is other


def test_those_who_left_or_are_only_invited_are_shown_no_door_that_is_closed(alliance: Alliance, work: Work, signed_in: SignIn) -> None:
    invited = factories.party(work, alliance, OrganisationKind.foundation, status=PartyStatus.invited)
    kernel.leave(work, alliance.parties[2], "Nous manquons de temps.")

    for one in (invited, alliance.parties[2]):
        browser = signed_in(factories.speaker(one))
        shown = text(browser.get(f"/alliances/{alliance.ref}"))
        assert alliance.title in shown and "Ces derniers temps" not in shown
        for address in set(re.findall(rf'href="(/alliances/{alliance.ref}[^"#]*)"', shown)):
            assert browser.get(address, follow_redirects=True).status_code == 200, address


def test_a_party_that_left_keeps_the_journal_of_its_time(alliance: Alliance, work: Work, clock: FixedClock, signed_in: SignIn) -> None:
    kernel.leave(work, alliance.parties[2], "Nous manquons de temps.")
    work.commit()
    clock.advance(timedelta(minutes=1))
    kernel.name_facilitator(work, alliance, email="zoe@atelier.test", name="Zoé")

    taken = text(signed_in(speaker(alliance, 2)).get(f"/alliances/{alliance.ref}/journal.jsonl"))

    assert [json.loads(line)["type"] for line in taken.splitlines()] == ["alliance.proposed", "party.left"]
    assert check(taken.splitlines()).holds


def test_the_home_page_takes_one_for_the_party_one_is_in_now(alliance: Alliance, work: Work, signed_in: SignIn) -> None:
    gone = alliance.parties[1]
    person = factories.speaker(gone)
    kernel.leave(work, gone, "Nous changeons de statut.")
    again = factories.party(work, alliance, OrganisationKind.company, status=PartyStatus.invited, name="Vigie coopérative")
    kernel.enrol(work, again, person, [Role.referent.value])

    assert "Répondez à l’invitation" in text(signed_in(person).get("/"))
