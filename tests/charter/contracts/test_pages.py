"""The contract through the door: pages, API, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.models import OrganisationKind as Kind
from charter.contracts.models import Contract
from charter.work import Work
from tests import factories as kernel
from tests.charter.contracts import factories
from tests.charter.contracts.conftest import PaperEngine

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SignIn = Callable[[Person], FlaskClient]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@dataclass(frozen=True)
class Scene:
    """An alliance at the contract, and what tests need of it without asking the database (which would hold its lock)."""

    contract: Contract
    ref: str
    people: list[Person]
    names: list[str]
    facilitator: Person


@pytest.fixture
def scene(work: Work) -> Scene:
    """A contract with its blanks between an association and an authority, committed."""
    made = factories.contract(work, (Kind.association, Kind.local_authority))
    parties = made.alliance.accepted_parties
    found = Scene(
        made,
        made.alliance.ref,
        [kernel.speaker(party) for party in parties],
        [party.name for party in parties],
        made.alliance.facilitators[0].person,
    )
    work.commit()
    return found


@pytest.fixture
def leader(scene: Scene, signed_in: SignIn) -> FlaskClient:
    """The browser of the one who speaks for the leading party."""
    return signed_in(scene.people[0])


@pytest.fixture
def address(scene: Scene) -> str:
    """Where the contract's pages are."""
    return f"/alliances/{scene.ref}/contrat"


def test_one_screen_one_question_until_none_is_left(leader: FlaskClient, address: str) -> None:
    page = leader.get(address)
    assert page.status_code == 200 and "Il reste 4 questions pour votre organisation" in words(page.text)
    answers = {
        "scope_actions": "Un atelier par mois",
        "start_date": "2026-04-01",
        "end_date": "2029-03-31",
        "shared_objectives": "Vingt emplois",
    }
    following = f"{address}/reponses/scope_actions"
    while following != f"{address}/reponses":
        shown = leader.get(following)
        assert shown.status_code == 200 and "Pourquoi cette clause" in shown.text and "il reste" in shown.text
        following = leader.post(following, data={"value": answers[following.rsplit("/", 1)[1]]}).location
    found = leader.get(following).text
    assert "31 mars 2029" in found and "Vingt emplois" in found and "réponse d’usage" in found


def test_a_refused_answer_keeps_what_was_typed(leader: FlaskClient, address: str) -> None:
    page = leader.post(f"{address}/reponses/review_days", data={"value": "une semaine"})
    assert page.status_code == 422
    assert 'value="une semaine"' in page.text and "Indiquez un nombre entre" in page.text


def test_hostile_answers_stay_words(leader: FlaskClient, address: str) -> None:
    leader.post(f"{address}/reponses/scope_actions", data={"value": "<script>alert(1)</script> {{ 7*7 }} ## titre"})
    for path in ("/texte", "/reponses"):
        page = leader.get(address + path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "{{ 7*7 }}" in page


def test_the_text_says_why_each_clause_is_there(leader: FlaskClient, address: str) -> None:
    page = leader.get(f"{address}/texte").text
    assert page.count("Pourquoi cette clause") >= 14 and "Projet" in page and "[à compléter" in page


def test_a_deliberation_is_its_own_partys(scene: Scene, leader: FlaskClient, signed_in: SignIn, address: str) -> None:
    refused = leader.get(f"{address}/deliberation")
    assert refused.status_code == 409 and scene.names[1] in refused.text
    own = signed_in(scene.people[1])
    assert "L’indiquer" in own.get(address).text
    wrong = own.post(f"{address}/deliberation", data={"number": "2026-047", "date": "2026-12-31"})
    assert wrong.status_code == 422 and "dans l’avenir" in wrong.text and "2026-047" in wrong.text
    assert own.post(f"{address}/deliberation", data={"number": "2026-047", "date": "2026-02-09"}).status_code == 302
    assert "délibération n° 2026-047 du 9 février 2026" in words(leader.get(address).text)


def test_asked_laid_out_read_frozen(
    work: Work,
    scene: Scene,
    leader: FlaskClient,
    address: str,
    paper: PaperEngine,
    drain: Callable[[], int],
    outgoing: list[EmailMessage],
) -> None:
    missing = leader.post(f"{address}/mise-en-page")
    assert missing.status_code == 409 and "délibération" in missing.text
    factories.answer_all(work, scene.contract)
    work.commit()
    assert leader.post(f"{address}/mise-en-page").status_code == 302
    under_way = leader.get(address).text
    assert 'aria-live="polite"' in under_way and "va commencer" in under_way
    assert leader.post(f"{address}/mise-en-page").status_code == 409
    telling = leader.get(f"{address}/avancement")
    assert "HX-Refresh" not in telling.headers and "<progress" in telling.text
    assert leader.post(f"{address}/reponses/review_days", data={"value": "9"}).status_code == 409
    drain()
    assert leader.get(f"{address}/avancement").headers["HX-Refresh"] == "true"
    page = leader.get(address).text
    links = re.findall(rf'href="({address}/documents/[^"?]+\.pdf)"', page)
    assert len(links) == 2
    pdf = leader.get(links[1])
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF") and "contrat-v1.pdf" in pdf.headers["Content-Disposition"]
    assert leader.get(links[1] + "?telecharger=1").headers["Content-Disposition"].startswith("attachment")
    assert "Différends, droit applicable" in leader.get(links[1].removesuffix(".pdf")).text
    charter = leader.get(links[0].removesuffix(".pdf")).text
    assert all(one["hash"] in charter for one in work.get(Contract, 1).assembled["charter"]["articles"])
    work.session.rollback()
    assert "Figer le contrat et passer à la signature" in leader.get(f"{address}/figer").text
    assert leader.post(f"{address}/figer").status_code == 302
    assert leader.post(f"{address}/figer").status_code == 409
    assert "Figé" in leader.get(address).text


def test_only_its_own_people_read_and_only_leaders_freeze(
    work: Work, scene: Scene, signed_in: SignIn, address: str, client: FlaskClient
) -> None:
    stranger = kernel.person(work)
    work.commit()
    assert client.get(address).status_code == 302
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(scene.people[1]).get(f"{address}/figer").status_code == 403
    helping = signed_in(scene.facilitator)
    assert helping.get(address).status_code == 200 and helping.get(f"{address}/reponses").status_code == 200
    assert helping.post(f"{address}/reponses/scope_actions", data={"value": "x"}).status_code == 403


def test_another_alliances_document_is_not_found(
    work: Work, leader: FlaskClient, address: str, paper: PaperEngine, drain: Callable[[], int], outgoing: list[EmailMessage]
) -> None:
    other = factories.requested(work)
    drain()
    work.session.expire_all()
    ref = other.documents[0].ref
    work.session.rollback()
    assert leader.get(f"{address}/documents/{ref}.pdf").status_code == 404


def test_the_same_over_the_api(
    work: Work, scene: Scene, client: FlaskClient, paper: PaperEngine, drain: Callable[[], int], outgoing: list[EmailMessage]
) -> None:
    tokens = {index: {"Authorization": f"Bearer {make_token(work, scene.people[index], 'essai')[0]}"} for index in (0, 1)}
    work.commit()
    address = f"/api/v1/alliances/{scene.ref}/contract"

    def ask(method: str, path: str = "", who: int = 0, **options: Any) -> Any:
        return client.open(address + path, method=method, headers=tokens[who], **options)

    begun = ask("GET").json
    needed = {one["name"]: one["type"] for one in begun["questions"] if one["missing"]}
    assert begun["status"] == "draft" and set(needed) == {"scope_actions", "start_date", "end_date", "shared_objectives"}
    refused = ask("POST", "/rendering")
    assert refused.status_code == 409 and refused.mimetype == "application/problem+json" and refused.json["missing"][0]["who"]
    wrong = ask("PATCH", "/answers", json={"answers": {"start_date": "demain"}})
    assert wrong.status_code == 422 and "start_date" in wrong.json["fields"]
    values = {"scope_actions": "a", "shared_objectives": "b", "start_date": "2026-04-01", "end_date": "2028-04-01"}
    assert ask("PATCH", "/answers", json={"answers": values}).status_code == 200
    assert ask("PUT", "/deliberation", json={"number": "7", "date": "2026-01-05"}).status_code == 409
    assert ask("PUT", "/deliberation", 1, json={"number": "7", "date": "2026-01-05"}).status_code == 200
    assert ask("GET", "/text").json["articles"][0]["number"] == 1
    assert ask("POST", "/rendering").status_code == 202
    assert ask("GET", "/rendering").json["progress"]["percent"] == 0
    drain()
    documents = ask("GET", "/documents").json
    assert [one["kind"] for one in documents] == ["charter", "contract"]
    assert ask("GET", f"/documents/{documents[0]['ref']}").data.startswith(b"%PDF")
    assert ask("GET").json["missing"] == []
    assert ask("POST", "/freeze", 1).status_code == 403
    frozen = ask("POST", "/freeze")
    assert frozen.status_code == 200 and frozen.json["status"] == "frozen"
    assert ask("PATCH", "/answers", json={"answers": {"scope_actions": "c"}}).status_code == 409
