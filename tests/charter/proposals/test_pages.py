"""The proposal as people live it: one question a screen, nothing typed lost, no dead end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from charter.accounts.models import Person
from charter.alliances import services as kernel
from charter.alliances.models import Alliance, OrganisationKind
from charter.proposals import services
from charter.work import Engine, Work
from tests import factories
from tests.charter.proposals import factories as made
from workflows.proposals import PartyStatus
from workflows.roles import Role

SignIn = Callable[[Person], FlaskClient]
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEED = {"title": "Un sas vers l’emploi", "need": made.NEED}
ORGANISATION = {"name": "Les Passerelles", "kind": "association", "siren": factories.siren(900), "rna": ""}


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'").replace("&amp;", "&")


def latest(engine: Engine) -> Alliance:
    """The newest alliance as committed, read apart from the test's own transaction."""
    with engine.work(write=False) as work:
        return kernel.find(work, work.session.scalars(select(Alliance.ref).order_by(Alliance.id.desc())).first() or "")


@on_sqlite
def test_proposing_from_the_first_screen_to_the_invitation(work: Work, engine: Engine, signed_in: SignIn) -> None:
    made.territories(work)
    person = factories.person(work)
    work.commit()
    browser = signed_in(person)
    answer = browser.post("/alliances/nouvelle", data=NEED)
    assert answer.headers["Location"] == "/alliances/nouvelle/organisation"
    assert "il reste 4 questions" in text(browser.get("/alliances/nouvelle/organisation"))
    answer = browser.post("/alliances/nouvelle/organisation", data=ORGANISATION)
    alliance = latest(engine)
    assert answer.headers["Location"] == f"/alliances/{alliance.ref}/proposition/vous?parcours=1"
    where = answer.headers["Location"]
    for data, following in (
        ({"title": "présidente", "signs": "yes"}, "territoire"),
        ({"add": "commune-38185"}, "territoire"),
        ({}, "objectifs"),
        ({"sdgs": ["8", "10"], "domains": ["employment"]}, "inviter"),
        ({"organisation_name": "Vigie", "kind": "company", "email": "tom@vigie.test", "word": ""}, "inviter"),
    ):
        answer = browser.post(where, data=data)
        assert answer.status_code == 302, text(answer)
        where = answer.headers["Location"]
        assert where.split("?")[0].endswith(following)
    alliance = latest(engine)
    assert (alliance.territory_names, alliance.sdgs) == (["Grenoble (38)"], [8, 10, 17])
    assert Role.signatory in alliance.parties[0].members[0].roles
    assert [party.status for party in alliance.parties] == [PartyStatus.accepted, PartyStatus.invited]


@on_sqlite
def test_the_first_screen_keeps_what_was_begun(work: Work, signed_in: SignIn) -> None:
    person = factories.person(work)
    work.commit()
    browser = signed_in(person)
    assert browser.get("/alliances/nouvelle/organisation").headers["Location"] == "/alliances/nouvelle"
    browser.post("/alliances/nouvelle", data=NEED)
    assert "Un sas vers l’emploi" in text(signed_in(person).get("/alliances/nouvelle"))


@on_sqlite
def test_nothing_typed_is_lost_and_the_error_names_the_field(work: Work, signed_in: SignIn) -> None:
    person = factories.person(work)
    work.commit()
    browser = signed_in(person)
    browser.post("/alliances/nouvelle", data=NEED)
    answer = browser.post("/alliances/nouvelle/organisation", data={**ORGANISATION, "siren": "123 456 789"})
    assert answer.status_code == 422
    assert 'href="#f-siren"' in text(answer) and 'value="123 456 789"' in text(answer) and "Les Passerelles" in text(answer)
    assert kernel.of_person(work, person) == []


@on_sqlite
def test_sending_the_organisation_twice_makes_one_alliance(work: Work, signed_in: SignIn) -> None:
    person = factories.person(work)
    work.commit()
    browser = signed_in(person)
    browser.post("/alliances/nouvelle", data=NEED)
    browser.post("/alliances/nouvelle/organisation", data=ORGANISATION)
    assert browser.post("/alliances/nouvelle/organisation", data=ORGANISATION).headers["Location"] == "/alliances/nouvelle"
    assert len(kernel.of_person(work, person)) == 1


@on_sqlite
def test_a_territory_is_found_without_script_and_as_a_fragment(work: Work, signed_in: SignIn) -> None:
    made.territories(work)
    alliance = made.proposed(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/proposition/territoire"
    found = text(browser.get(f"{path}?q=saint-denis"))
    assert 'value="commune-93066"' in found and 'value="commune-97411"' in found and "<html" in found
    fragment = text(browser.get(f"{path}/recherche?q=38000", headers={"HX-Request": "true"}))
    assert 'value="commune-38185"' in fragment and "<html" not in fragment


@on_sqlite
def test_an_unknown_place_is_told_beside_its_field(work: Work, signed_in: SignIn) -> None:
    made.territories(work)
    alliance = made.proposed(work)
    work.commit()
    browser, path = signed_in(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/proposition/territoire"
    page = text(browser.get(f"{path}?q=Trifouilly"))
    assert 'href="#f-q"' in page and "« Trifouilly »" in page and 'value="Trifouilly"' in page
    for data in ({"add": "commune-00000"}, {}):
        refused = browser.post(path, data=data)
        assert refused.status_code == 422 and 'href="#f-q"' in text(refused)


@on_sqlite
def test_a_chosen_territory_may_be_taken_away(work: Work, engine: Engine, signed_in: SignIn) -> None:
    made.territories(work)
    alliance = made.proposed(work)
    services.set_territories(work, alliance, [("department", "38")])
    work.commit()
    signed_in(factories.speaker(alliance.parties[0])).post(
        f"/alliances/{alliance.ref}/proposition/territoire", data={"remove": "department-38"}
    )
    assert latest(engine).territory_codes == []


@on_sqlite
def test_the_invited_party_reads_who_invites_and_accepts(work: Work, engine: Engine, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    browser = signed_in(person)
    page = text(browser.get(f"/alliances/{alliance.ref}/reponse"))
    for words in ("Léa Martin", "Les Passerelles", "Venez construire cela avec nous.", made.NEED, "Corriger cette fiche"):
        assert words in page
    answer = browser.post(f"/alliances/{alliance.ref}/reponse", data={"answer": "yes", "word": "Avec joie."})
    assert answer.headers["Location"] == f"/alliances/{alliance.ref}/proposition/vous"
    assert latest(engine).parties[1].status == PartyStatus.accepted
    answer = browser.post(answer.headers["Location"], data={"title": "directeur", "signs": "yes"})
    assert answer.headers["Location"] == f"/alliances/{alliance.ref}/declaration"
    assert browser.get(f"/alliances/{alliance.ref}/reponse").headers["Location"] == f"/alliances/{alliance.ref}/proposition"


@on_sqlite
def test_declining_without_a_word_is_asked_again_then_told_to_the_leaders_only(work: Work, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    other = factories.party(work, alliance, OrganisationKind.foundation)
    work.commit()
    browser, path = signed_in(person), f"/alliances/{alliance.ref}/reponse"
    refused = browser.post(path, data={"answer": "no", "word": ""})
    assert refused.status_code == 422 and 'href="#f-word"' in text(refused)
    assert browser.post(path, data={"answer": "no", "word": "Pas cette année."}).headers["Location"] == "/"
    assert browser.get(path).status_code == 404
    leader, follower = signed_in(factories.speaker(alliance.parties[0])), signed_in(factories.speaker(other))
    assert "Pas cette année." in text(leader.get(f"/alliances/{alliance.ref}/proposition"))
    assert "Pas cette année." not in text(follower.get(f"/alliances/{alliance.ref}/proposition"))


@on_sqlite
def test_an_invited_party_is_led_to_its_answer_and_reads_no_declaration(work: Work, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    services.declare(work, alliance.parties[0], made.SAID)
    work.commit()
    browser = signed_in(person)
    assert browser.get(f"/alliances/{alliance.ref}/proposition").headers["Location"] == f"/alliances/{alliance.ref}/reponse"
    assert made.SAID.constraints not in text(browser.get(f"/alliances/{alliance.ref}/reponse"))
    assert browser.get(f"/alliances/{alliance.ref}/declaration").status_code == 404


def test_two_people_answering_at_once_one_is_told(work: Work, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    answers: list[int] = []
    browsers, path = {word: signed_in(person) for word in ("yes", "no")}, f"/alliances/{alliance.ref}/reponse"

    def say(answer: str) -> None:
        sent = browsers[answer].post(path, data={"answer": answer, "word": "Voilà pourquoi."})
        answers.append(sent.status_code if sent.status_code != 404 else 409)

    threads = [Thread(target=say, args=(word,)) for word in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]


@on_sqlite
def test_withdrawing_an_invitation(work: Work, engine: Engine, signed_in: SignIn) -> None:
    alliance, person = made.one_invited(work)
    path = f"/alliances/{alliance.ref}/invitations/{alliance.parties[1].ref}/retrait"
    assert signed_in(factories.speaker(alliance.parties[0])).post(path).status_code == 302
    assert latest(engine).parties[1].status == PartyStatus.cancelled
    assert signed_in(person).get(f"/alliances/{alliance.ref}/reponse").status_code == 404
