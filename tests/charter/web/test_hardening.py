"""What every answer carries: security headers, languages, caches, limits; and what of a stranger's headers is believed: nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from charter.accounts.models import Person, SignedSession
from charter.adapters import outbox
from charter.adapters.http import client_address
from charter.adapters.http.security import content_security_policy, limiter
from charter.app import make_app
from charter.config import Settings
from charter.work import Engine
from tests import factories

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' ws://charte.test; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/", "/connexion", "/aide", "/rien", "/api/v1/rien", "/healthz", "/static/build/rien.css"])
def test_every_answer_is_hardened(client: FlaskClient, path: str) -> None:
    found = client.get(path).headers
    assert {name: found.get(name) for name in HEADERS} == HEADERS
    assert "Strict-Transport-Security" not in found


def test_over_https_cookies_are_secure_and_the_browser_stays_there(settings: Settings, engine: Engine) -> None:
    secure = replace(settings, public_url="https://charte.test")
    answer = make_app(secure, Engine(secure, engine.clock)).test_client().get("/connexion")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "connect-src 'self' wss://charte.test;" in answer.headers["Content-Security-Policy"]


def test_live_editing_elsewhere_is_allowed_by_name(settings: Settings) -> None:
    policy = content_security_policy(replace(settings, live_public_url="https://direct.charte.test"))
    assert "connect-src 'self' ws://charte.test wss://direct.charte.test;" in policy


def test_a_strangers_forwarding_headers_are_not_believed(
    client: FlaskClient, engine: Engine, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    forged = {"Host": "voleur.test", "X-Forwarded-Host": "voleur.test", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    client.post("/connexion", data={"email": "lea@exemple.fr"}, headers=forged)
    drain()
    assert "voleur" not in outgoing[0].as_string()
    link = re.search(r"http://charte\.test(/connexion/\S+)", outgoing[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link is not None
    answer = client.post(link.group(1), headers=forged)
    assert answer.headers["Location"].startswith("/")
    with engine.work(write=False) as work:
        assert work.session.scalar(select(SignedSession.address)) == "127.0.0.1"


@pytest.mark.parametrize(("count", "address"), [(1, "198.51.100.7"), (2, "203.0.113.9")])
def test_as_many_proxies_as_told_are_believed(settings: Settings, engine: Engine, count: int, address: str) -> None:
    behind = make_app(replace(settings, trusted_proxies=count), engine)
    with behind.test_client() as browser:
        browser.get("/connexion", headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.7"})
        assert client_address() == address


def test_signing_in_is_slowed_down(settings: Settings, engine: Engine) -> None:
    limited = make_app(replace(settings, rate_limits=True), engine)
    limited.config["WTF_CSRF_ENABLED"] = False
    outbox.nudge_through(lambda row_id: None)
    limiter.reset()
    browser = limited.test_client()
    try:
        answers = [browser.post("/connexion", data={"email": f"p{number}@exemple.fr"}) for number in range(21)]
    finally:
        limiter.reset()
    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[20].status_code == 429
    assert "patientez" in answers[20].text
    assert 0 < int(answers[20].headers["Retry-After"]) <= 60


@pytest.mark.parametrize(("said", "language"), [("en-GB,en;q=0.9", "en"), ("fr-CA", "fr"), ("de", "fr"), ("", "fr")])
def test_the_browsers_language_is_spoken_first(client: FlaskClient, said: str, language: str) -> None:
    assert f'<html lang="{language}">' in client.get("/", headers={"Accept-Language": said} if said else {}).text


def test_a_chosen_language_stays(client: FlaskClient) -> None:
    answer = client.post("/langue", data={"locale": "en", "next": "/aide"})
    assert answer.headers["Location"] == "/aide"
    assert '<html lang="en">' in client.get("/aide", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("elsewhere", ["https://voleur.test/", "//voleur.test", "/\\voleur.test"])
def test_choosing_a_language_leads_nowhere_else(client: FlaskClient, elsewhere: str) -> None:
    assert client.post("/langue", data={"locale": "en", "next": elsewhere}).headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.post("/langue", data={"locale": "xx"}).headers


def test_the_accounts_language_wins_over_the_browsers(engine: Engine, signed_in: Callable[[Person], FlaskClient]) -> None:
    with engine.work() as work:
        lea = factories.person(work)
    browser = signed_in(lea)
    browser.post("/langue", data={"locale": "en"})
    browser.delete_cookie("language")
    assert '<html lang="en">' in browser.get("/compte", headers={"Accept-Language": "fr"}).text


def test_hashed_assets_are_kept_a_year_and_pages_not_at_all(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    for name in ("a.0123456789.css", "a.css"):
        (folder / name).write_text("p{}")
    app.static_folder = str(tmp_path)
    client = app.test_client()
    with client.get("/static/build/a.0123456789.css") as answer:
        long = answer.headers
    assert long["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in long
    assert "Cookie" not in long.get("Vary", "")
    with client.get("/static/build/a.css") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]
    assert "immutable" not in client.get("/static/build/b.0123456789.css").headers.get("Cache-Control", "")
    assert client.get("/connexion").headers["Cache-Control"] == "no-store"


def test_ready_says_what_is_away(client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").get_json() == {"status": "ok", "checks": {"database": "ok", "broker": "ok", "storage": "ok"}}

    def full() -> None:
        raise OSError("no space left")

    monkeypatch.setattr(engine.storage, "ping", full)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["storage"] == "away"
    assert client.get("/healthz").status_code == 200
