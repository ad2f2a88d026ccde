"""Signing in by e-mailed link: single use, fifteen minutes, nothing told about who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from charter.accounts import services
from charter.accounts.models import SignedSession
from charter.accounts.schemas import browser_name
from charter.adapters.clock import FixedClock
from charter.errors import Gone, Invalid, TooMany
from charter.work import Engine, Work
from tests import factories

LINK = re.compile(r"http://charte\.test(/connexion/\S+)")


def link_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    assert found is not None
    return found.group(1)


def ask(client: FlaskClient, email: str = "lea@exemple.fr", suite: str = "") -> None:
    assert client.post("/connexion", data={"email": email, "suite": suite}).status_code == 200


def test_the_link_arrives_by_mail_and_opens_a_session_once(
    client: FlaskClient, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ask(client)
    drain()
    path = link_in(outgoing[0])
    assert outgoing[0]["To"] == "lea@exemple.fr"
    assert "Ouvrir mon espace" in client.get(path).text
    assert client.get("/compte").status_code == 302  # reading the page signs nobody in: scanners follow links
    answer = client.post(path)
    assert answer.status_code == 302
    assert client.get("/compte").status_code == 200
    again = client.post(path)
    assert again.status_code == 410
    assert "déjà servi" in again.text


def test_the_link_leads_back_to_the_page_one_came_from(
    app: Flask, client: FlaskClient, engine: Engine, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    with engine.work() as work:
        factories.person(work, "Léa Roche", "lea@exemple.fr")
    ask(client, suite="/alliances/abc/charte")
    drain()
    assert client.post(link_in(outgoing[0])).headers["Location"] == "/alliances/abc/charte"


@pytest.mark.parametrize("suite", ["//voleur.test", "https://voleur.test", "/\\voleur.test", "javascript:alert(1)", "/a\r\nSet-Cookie: x"])
def test_the_link_never_leads_elsewhere(suite: str) -> None:
    assert services.safe_path(suite) == ""


def test_the_link_expires_after_fifteen_minutes(
    client: FlaskClient, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ask(client)
    drain()
    clock.advance(timedelta(minutes=15))
    for answer in (client.get(link_in(outgoing[0])), client.post(link_in(outgoing[0]))):
        assert answer.status_code == 410
        assert "expiré" in answer.text


def test_a_touched_link_opens_nothing(client: FlaskClient, outgoing: list[EmailMessage], drain: Callable[[], int]) -> None:
    ask(client)
    drain()
    path = link_in(outgoing[0])
    assert client.post(path[:-2] + "xx").status_code == 410
    assert client.post("/connexion/rien").status_code == 410


def test_an_expired_link_is_not_even_sent(
    client: FlaskClient, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ask(client)
    clock.advance(timedelta(minutes=16))
    drain()
    assert outgoing == []


def test_unknown_and_known_addresses_get_the_same_answer(client: FlaskClient, engine: Engine) -> None:
    with engine.work() as work:
        factories.person(work, "Léa Roche", "lea@exemple.fr")
    known = client.post("/connexion", data={"email": "lea@exemple.fr"}).text
    unknown = client.post("/connexion", data={"email": "max@exemple.fr"}).text
    token = re.compile(r'name="csrf-token" content="[^"]+"')  # it tells the second it was made
    assert token.sub("", known).replace("lea@", "max@") == token.sub("", unknown)


@pytest.mark.parametrize(
    "email", ["", "lea", "lea@", "@exemple.fr", "lea@exemple", "a b@exemple.fr", "x" * 300 + "@exemple.fr", "lea@exemple.fr,max@exemple.fr"]
)
def test_a_wrong_address_is_named_and_kept(client: FlaskClient, email: str) -> None:
    answer = client.post("/connexion", data={"email": email})
    assert answer.status_code == 422
    assert 'id="f-email-error"' in answer.text
    if email:
        assert email[:40] in answer.text


def test_too_many_links_for_one_address_are_refused(work: Work) -> None:
    for _ in range(services.LINKS_PER_HOUR):
        services.ask_link(work, "lea@exemple.fr")
    with pytest.raises(TooMany):
        services.ask_link(work, "lea@exemple.fr")


def test_sessions_are_listed_and_revoked(engine: Engine, signed_in: Callable[..., FlaskClient]) -> None:
    with engine.work() as work:
        lea = factories.person(work, "Léa Roche")
    here, there = signed_in(lea), signed_in(lea)
    with engine.work(write=False) as work:
        ids = list(work.session.scalars(select(SignedSession.id).order_by(SignedSession.id)))
    assert here.get("/compte").text.count("Fermer cette session") == 2
    assert here.post(f"/compte/sessions/{ids[1]}/fin").status_code == 302
    assert there.get("/compte").status_code == 302
    assert here.get("/compte").status_code == 200


def test_nobody_revokes_the_session_of_somebody_else(engine: Engine, signed_in: Callable[..., FlaskClient]) -> None:
    with engine.work() as work:
        lea, max_ = factories.person(work), factories.person(work)
    signed_in(lea)
    assert signed_in(max_).post("/compte/sessions/1/fin").status_code == 404


def test_signing_out_ends_the_session(engine: Engine, signed_in: Callable[..., FlaskClient]) -> None:
    with engine.work() as work:
        lea = factories.person(work)
    browser = signed_in(lea)
    left = browser.post("/deconnexion")
    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == '"storage"'  # words kept for later on a shared computer
    assert browser.get("/compte").status_code == 302


def test_an_api_token_is_shown_once_and_can_be_withdrawn(work: Work) -> None:
    lea = factories.person(work)
    token, row = services.make_token(work, lea, "tableur")
    assert services.bearer(work, token) is lea
    assert token not in row.token_hash
    services.revoke_token(work, lea, row.id)
    assert services.bearer(work, token) is None


def test_two_people_share_no_link(work: Work) -> None:
    link = services.ask_link(work, "lea@exemple.fr")
    token = services.link_token(work, link)
    services.use_link(work, token)
    with pytest.raises(Gone):
        services.use_link(work, token)


def test_a_profile_needs_a_name_and_a_known_language(work: Work) -> None:
    with pytest.raises(Invalid) as refused:
        services.update_profile(work, factories.person(work), name=" ", language="de")
    assert set(refused.value.fields) == {"name", "language"}


def test_forms_need_their_csrf_token(with_csrf: Flask) -> None:
    answer = with_csrf.test_client().post("/connexion", data={"email": "lea@exemple.fr"})
    assert answer.status_code == 400
    assert "Rechargez la page" in answer.text


def test_a_session_tells_when_it_was_last_seen(engine: Engine, clock: FixedClock, signed_in: Callable[..., FlaskClient]) -> None:
    with engine.work() as work:
        lea = factories.person(work)
    browser = signed_in(lea)
    clock.advance(timedelta(hours=3))
    browser.get("/compte")
    with engine.work(write=False) as work:
        assert work.session.scalars(select(SignedSession.seen_at)).one() == clock.now()


def test_the_refusal_of_a_form_speaks_the_readers_language(with_csrf: Flask) -> None:
    browser = with_csrf.test_client()
    browser.set_cookie("language", "en")
    answer = browser.post("/connexion", data={"email": "lea@exemple.fr"})
    assert answer.status_code == 400
    assert '<html lang="en"' in answer.text


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15", "Safari, macOS"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_named_as_people_do(agent: str, said: str) -> None:
    assert browser_name(agent) == said
