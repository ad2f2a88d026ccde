"""The same journey over the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances import services as kernel
from charter.alliances.models import Alliance
from charter.work import Engine, Work
from tests import factories
from tests.charter.proposals import factories as made

Bearer = Callable[[Person], "Api"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ALLIANCE = {
    "title": "Un sas vers l’emploi",
    "need": made.NEED,
    "organisation": {"name": "Les Passerelles", "kind": "association", "siren": factories.siren(900)},
    "member_title": "présidente",
    "roles": ["referent", "signatory", "drafter"],
}
INVITATION = {"organisation_name": "Vigie", "kind": "company", "email": "tom@vigie.test", "name": "Tom Vigie"}
DECLARATION = asdict(made.SAID)


class Api:
    """The API as one bearer sees it; answers are werkzeug's test responses."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.token = app.test_client(), token

    def call(self, method: str, path: str, json: Any = None) -> Any:
        return self.client.open(f"/api/v1{path}", method=method, json=json, headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def bearer(app: Flask, engine: Engine, settle: Callable[[], None]) -> Bearer:
    def make(person: Person) -> Api:
        settle()
        with engine.work() as work:
            return Api(app, make_token(work, work.get(Person, person.id), "essai")[0])

    return make


@pytest.fixture
def proposer(work: Work, bearer: Bearer) -> Api:
    made.territories(work)
    person = factories.person(work, "Léa Martin")
    work.commit()
    return bearer(person)


def invitee(engine: Engine, ref: str) -> Person:
    with engine.work(write=False) as work:
        return factories.speaker(kernel.find(work, ref).parties[1])


def test_the_whole_journey(engine: Engine, proposer: Api, bearer: Bearer, later_rooms: list[str]) -> None:
    created = proposer.call("POST", "/alliances", ALLIANCE)
    assert created.status_code == 201, created.json
    path = f"/alliances/{created.json['ref']}"
    assert proposer.call("PUT", f"{path}/proposal/territories", {"territories": [{"kind": "commune", "code": "38185"}]}).status_code == 200
    assert proposer.call("PUT", f"{path}/proposal/purpose", {"sdgs": [8], "domains": ["employment"]}).json["sdgs"] == [8, 17]
    assert proposer.call("POST", f"{path}/invitations", INVITATION).status_code == 201
    invited = bearer(invitee(engine, created.json["ref"]))
    assert invited.call("POST", f"{path}/answer", {"answer": "accept", "word": "Avec joie."}).json["status"] == "accepted"
    blank = invited.call("GET", f"{path}/declaration").json
    assert (blank["made"], blank["answered"]) == (False, [])
    for who in (proposer, invited):
        assert who.call("PUT", f"{path}/declaration", DECLARATION).json["made"] is True
    advice = proposer.call("GET", f"{path}/recommendation").json
    assert len(advice["ranking"]) == 9 and advice["first"]["reasons"] and "non adoptée" in advice["indicator"]["label"]
    assert proposer.call("PUT", f"{path}/model", {"model": advice["first"]["key"]}).status_code == 200
    refused = proposer.call("POST", f"{path}/begin")
    assert refused.status_code == 409 and refused.content_type == "application/problem+json"
    assert refused.json["missing"] == [{"what": "Vigie n’a pas désigné de personne habilitée à signer", "who": ["Vigie"]}]
    shown = proposer.call("GET", path).json
    assert shown["situation"]["blocks"] == refused.json["missing"] and len(shown["situation"]["line"]) == 5
    assert [one["ref"] for one in invited.call("GET", "/alliances").json] == [created.json["ref"]]
    assert len(invited.call("GET", f"{path}/declarations").json) == 2


def test_beginning_over_the_api(work: Work, bearer: Bearer, later_rooms: list[str]) -> None:
    alliance = made.ready(work)
    work.commit()
    begun = bearer(factories.speaker(alliance.parties[0])).call("POST", f"/alliances/{alliance.ref}/begin")
    assert (begun.status_code, begun.json["status"]) == (200, "drafting")
    assert later_rooms == ["drafting.open_charter"]


def test_errors_name_their_fields(proposer: Api) -> None:
    wrong = proposer.call("POST", "/alliances", {**ALLIANCE, "organisation": {"name": "X Y", "kind": "company", "siren": "123"}})
    assert wrong.status_code == 422 and set(wrong.json["fields"]) == {"siren"}
    missing = proposer.call("POST", "/alliances", {"title": "Un sas"})
    assert missing.status_code == 422 and {"need", "organisation"} <= set(missing.json["fields"])


def test_territories_are_searched(proposer: Api) -> None:
    found = proposer.call("GET", "/territories?q=saint-denis").json
    assert [(one["kind"], one["code"]) for one in found] == [("commune", "93066"), ("commune", "97411")]


def test_a_stranger_is_told_nothing(app: Flask, work: Work, bearer: Bearer) -> None:
    alliance = made.proposed(work)
    person = factories.person(work)
    work.commit()
    stranger = bearer(person)
    for path in ("", "/proposal", "/declarations", "/recommendation"):
        assert stranger.call("GET", f"/alliances/{alliance.ref}{path}").status_code == 404
    assert app.test_client().get(f"/api/v1/alliances/{alliance.ref}").status_code == 401


def test_an_invitation_is_withdrawn_and_a_second_withdrawal_refused(work: Work, bearer: Bearer) -> None:
    alliance: Alliance = made.proposed(work)
    party = made.invited(work, alliance)
    work.commit()
    leader, path = bearer(factories.speaker(alliance.parties[0])), f"/alliances/{alliance.ref}/invitations/{party.ref}"
    assert [leader.call("DELETE", path).status_code for _ in range(2)] == [204, 409]


def test_ending_an_alliance(work: Work, bearer: Bearer, later_rooms: list[str]) -> None:
    alliance = made.proposed(work)
    work.commit()
    leader = bearer(factories.speaker(alliance.parties[0]))
    refused = leader.call("POST", f"/alliances/{alliance.ref}/abandon", {})
    assert (refused.status_code, refused.json["fields"]) == (422, {"reason": ["Cette réponse est nécessaire"]})
    assert leader.call("POST", f"/alliances/{alliance.ref}/abandon", {"reason": "Plus de temps."}).json["status"] == "abandoned"
    assert leader.call("GET", f"/alliances/{alliance.ref}").json["status"] == "abandoned"
