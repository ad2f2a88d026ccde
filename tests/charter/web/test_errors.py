"""Every refusal explains itself: a page in the reader's language, RFC 9457 problem+json under /api; nothing of it stays in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.http import current_work, public
from charter.adapters.http.requests import keep
from charter.adapters.http.security import MAX_FORM_BYTES
from charter.alliances.services import enrol
from charter.errors import CharterError, Conflict, Forbidden, Gone, Invalid, NotFound, Refused, TooBig, TooMany, Unavailable
from charter.work import Engine
from tests import factories
from workflows.base import Blocked, Missing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MISSING = Missing("Il manque l’accord de %(party)s", who=("Vigie Sécurité",), params={"party": "Vigie Sécurité"})
ERRORS: dict[str, tuple[Callable[[], Exception], int, str]] = {
    "bare": (lambda: CharterError("Le fond manque"), 400, "Le fond manque"),
    "not_found": (NotFound, 404, "n’existe pas"),
    "forbidden": (Forbidden, 403, "ne vous est pas ouverte"),
    "gone": (lambda: Gone("Ce lien a déjà servi"), 410, "Ce lien a déjà servi"),
    "invalid": (lambda: Invalid({"titre": ["Indiquez un titre"]}), 422, "Indiquez un titre"),
    "too_big": (lambda: TooBig(message="Pas plus de %(n)s pages", n=300), 413, "Pas plus de 300 pages"),
    "refused": (lambda: Refused("Tout n’est pas prêt", [MISSING]), 409, "Il manque l’accord de Vigie Sécurité"),
    "blocked": (lambda: Blocked((MISSING,)), 409, "Il manque l’accord de Vigie Sécurité"),
    "conflict": (lambda: Conflict("Léa Roche vient de l’adopter"), 409, "Léa Roche vient de l’adopter"),
    "too_many": (lambda: TooMany(retry_after=90), 429, "patientez"),
    "unavailable": (Unavailable, 503, "Rien n’est perdu"),
    "integrity": (lambda: IntegrityError("INSERT", {}, ValueError("unique")), 409, "au même moment"),
    "away": (lambda: OperationalError("SELECT", {}, ConnectionError("gone")), 503, "Rien n’est perdu"),
    "crash": (lambda: ZeroDivisionError("secret detail"), 500, ""),
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser on the application, with doors of the tests' own that write, then fail as the address says."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @public
    def fail(name: str) -> str:
        accounts.know(current_work(), "ecrite@exemple.test", "Écrite")
        if request.args.get("keep"):
            keep()
        raise ERRORS[name][0]()

    @public
    def echo() -> str:
        return json.dumps(request.get_json())

    for prefix in ("", "/api/v1"):
        app.add_url_rule(f"{prefix}/essai/<name>", f"fail{prefix}", fail, methods=["GET", "POST"])
        app.add_url_rule(f"{prefix}/echo", f"echo{prefix}", echo, methods=["POST"])
    return app.test_client()


def written(engine: Engine) -> bool:
    with engine.work(write=False) as work:
        return work.session.scalar(select(Person).where(Person.email == "ecrite@exemple.test")) is not None


@pytest.mark.parametrize("name", ERRORS)
def test_a_page_says_what_happened_and_nothing_is_kept(client: FlaskClient, engine: Engine, name: str) -> None:
    _make, status, words = ERRORS[name]
    answer = client.post(f"/essai/{name}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert words in answer.text
    assert 'lang="fr"' in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert not written(engine)


@pytest.mark.parametrize("name", ERRORS)
def test_the_api_says_it_as_a_problem(client: FlaskClient, engine: Engine, name: str) -> None:
    _make, status, words = ERRORS[name]
    answer = client.post(f"/api/v1/essai/{name}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.data)
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"]
    assert words in json.dumps(problem, ensure_ascii=False)
    assert "secret detail" not in answer.text
    assert not written(engine)


@pytest.mark.parametrize("name", ["refused", "blocked"])
def test_the_api_names_what_is_missing_and_from_whom(client: FlaskClient, name: str) -> None:
    problem = json.loads(client.post(f"/api/v1/essai/{name}").data)
    assert problem["missing"] == [{"what": "Il manque l’accord de Vigie Sécurité", "who": ["Vigie Sécurité"]}]


def test_the_api_names_each_field(client: FlaskClient) -> None:
    assert json.loads(client.post("/api/v1/essai/invalid").data)["fields"] == {"titre": ["Indiquez un titre"]}


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_too_many_says_when_to_come_back(client: FlaskClient, prefix: str) -> None:
    assert client.post(f"{prefix}/essai/too_many").headers["Retry-After"] == "90"


def test_a_refusal_is_said_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    assert 'lang="en"' in client.get("/essai/gone").text
    assert 'lang="en"' in client.get("/essai/crash").text


def test_a_failed_try_is_kept_when_the_view_says_so(client: FlaskClient, engine: Engine) -> None:
    assert client.post("/essai/refused?keep=1").status_code == 409
    assert written(engine)


def test_reading_writes_nothing(client: FlaskClient, engine: Engine) -> None:
    client.get("/essai/bare?keep=1")
    assert not written(engine)


def test_unknown_addresses(client: FlaskClient) -> None:
    assert "n’existe pas" in client.get("/rien/du/tout").text
    api = client.get("/api/v1/rien")
    assert (api.status_code, api.content_type) == (404, "application/problem+json")


def test_a_wrong_method(client: FlaskClient) -> None:
    answer = client.get("/deconnexion")
    assert answer.status_code == 405
    assert "utilisez le bouton" in answer.text
    assert client.get("/api/v1/echo").content_type == "application/problem+json"


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_too_much_is_refused(client: FlaskClient, prefix: str) -> None:
    answer = client.post(f"{prefix}/echo", data=b"[" + b" " * MAX_FORM_BYTES + b"]", content_type="application/json")
    assert answer.status_code == 413
    assert "dépasse" in (json.loads(answer.data)["detail"] if prefix else answer.text)


def test_another_format_than_json_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/echo", data="a=b", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert json.loads(answer.data)["detail"] == "Ce format n’est pas accepté : envoyez du JSON."


def test_unreadable_json_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/echo", data="{", content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer nobodys", "Basic abc"])
def test_the_api_wants_a_token(client: FlaskClient, token: str) -> None:
    answer = client.get("/api/v1/alliances", headers={"Authorization": token} if token else {})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_an_error_inside_an_alliance_leads_back_to_it(engine: Engine, signed_in: Callable[[Person], FlaskClient]) -> None:
    with engine.work() as work:
        alliance = factories.alliance(work)
        ref, drafter = alliance.ref, factories.person(work)
        enrol(work, alliance.parties[0], drafter, ["drafter"])
    answer = signed_in(drafter).get(f"/alliances/{ref}/membres/nouveau")
    assert answer.status_code == 403
    assert f'href="/alliances/{ref}"' in answer.text
    assert "Demandez au référent" in answer.text
