"""Rounds, voice, tension and the live board over HTTP: pages and API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.work import Engine, Work
from tests.charter.drafting import factories as made
from tests.charter.drafting.test_pages import Scene, rewrite

SignedIn = Callable[[Person], FlaskClient]


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


def test_every_page_of_deciding_opens(scene: Scene, signed_in: SignedIn) -> None:
    page = signed_in(scene.one)
    for address in ("/tours", "/tours/ouvrir", "/porte-parole", "/porte-parole/choix", "/ou-ca-bloque", "/tableau"):
        assert page.get(scene.path + address).status_code == 200, address
    page.post(scene.path + "/tours/ouvrir", data={"closes_on": "2026-03-20"})
    for address in ("", "/tours", "/tours/ouvrir", "/tours/1/clore", "/ou-ca-bloque", "/texte", "/tableau"):
        assert "Tour 1" in page.get(scene.path + address).get_data(as_text=True).replace("tour 1", "Tour 1"), address
    assert page.get(scene.path + "/tours/2/clore").status_code == 409


def test_a_round_opens_refuses_writing_and_closes(scene: Scene, signed_in: SignedIn) -> None:
    page, ref = signed_in(scene.one), scene.articles[0][0]
    assert page.post(scene.path + "/tours/ouvrir", data={"closes_on": "2026-01-01"}).status_code == 422
    assert page.post(scene.path + "/tours/ouvrir", data={"closes_on": ""}).status_code == 302
    refused = page.post(f"{scene.path}/articles/{ref}/titre", data={"title": "Autre titre"})
    said = refused.get_data(as_text=True)
    assert refused.status_code == 409 and "figé pour le tour 1" in said and "Dire une objection à l’article 1" in said
    assert "0 avis donné sur 4 attendus" in page.get(scene.path).get_data(as_text=True).replace("0 avis donnés", "0 avis donné")
    assert page.post(scene.path + "/tours/1/clore", data={"reason": "Trop tôt"}).status_code == 302
    assert "Trop tôt" in page.get(scene.path + "/tours").get_data(as_text=True)
    assert page.post(f"{scene.path}/articles/{ref}/titre", data={"title": "Autre titre"}).status_code == 302


def test_the_board_answers_304_until_it_moves(scene: Scene, signed_in: SignedIn) -> None:
    his, (ref, digest) = signed_in(scene.two), scene.articles[0]
    first = his.get(scene.path + "/tableau")
    tag = first.headers["ETag"]
    assert his.get(scene.path + "/tableau", headers={"If-None-Match": tag}).status_code == 304
    signed_in(scene.one).post(f"{scene.path}/articles/{ref}/avis", data={"kind": "objection", "sha256": digest, "reason": "Pas ainsi"})
    then = his.get(scene.path + "/tableau", headers={"If-None-Match": tag})
    assert then.status_code == 200 and "Pas ainsi" in then.get_data(as_text=True) and then.headers["ETag"] != tag


def test_what_changed_since_a_partys_word_is_open_to_all(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    ref, digest = scene.articles[0]
    signed_in(scene.one).post(f"{scene.path}/articles/{ref}/avis", data={"kind": "agree", "sha256": digest})
    rewrite(engine, scene, "Un tout autre texte.")
    board = signed_in(scene.two).get(scene.path).get_data(as_text=True)
    with engine.work(write=False) as work:
        party = work.get(Alliance, scene.id).parties[0].ref
    gap = f"{scene.path}/articles/{ref}/avis/{party}/ecart"
    assert gap in board
    assert "<ins>" in signed_in(scene.two).get(gap).get_data(as_text=True)
    assert signed_in(scene.two).get(f"{scene.path}/articles/{ref}/avis/zzzz/ecart").status_code == 404


def test_who_does_not_speak_is_told_who_does(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    ref, digest = scene.articles[0]
    page = signed_in(scene.two)
    other = f"{scene.path}/porte-parole/choix"
    assert page.post(other, data={"people": [str(scene.one.id)]}).status_code == 422
    with engine.work() as work:
        from charter.alliances.services import enrol
        from tests import factories

        ana = factories.person(work, "Ana Costa")
        enrol(work, work.get(Alliance, scene.id).parties[1], ana, ["drafter"])
    assert page.post(other, data={"people": [str(ana.id)]}).status_code == 302
    for answer in (
        page.get(f"{scene.path}/articles/{ref}/avis"),
        page.post(f"{scene.path}/articles/{ref}/avis", data={"kind": "agree", "sha256": digest}),
    ):
        assert answer.status_code == 403 and "Ana Costa parle pour" in answer.get_data(as_text=True)
    hers = signed_in(ana)
    assert hers.post(f"{scene.path}/articles/{ref}/avis", data={"kind": "agree", "sha256": digest}).status_code == 302


def test_the_api_tells_and_does_the_same(scene: Scene, client: FlaskClient) -> None:
    lead, other = scene.bearer(scene.one), scene.bearer(scene.two)
    assert client.post(scene.api + "/rounds", json={}, headers=other).status_code == 403
    opened = client.post(scene.api + "/rounds", json={"closes_on": "2026-03-20"}, headers=lead)
    assert opened.status_code == 201 and [one["sha256"] for one in opened.get_json()["articles"]] == [one[1] for one in scene.articles]
    refused = client.patch(f"{scene.api}/articles/{scene.articles[0][0]}", json={"title": "Autre titre"}, headers=lead)
    assert refused.status_code == 409 and len(refused.get_json()["missing"]) == 2
    assert client.get(scene.api + "/rounds", headers=other).get_json()[0]["status"] == "open"
    weighed = client.get(scene.api + "/tension", headers=other).get_json()
    assert [one["awaited"] for one in weighed["parties"]] == [2, 2] and weighed["articles"][0]["locked"]
    party = weighed["parties"][1]["party"]
    assert client.post(f"{scene.api}/nudges/{party}", headers=lead).status_code == 204
    assert client.post(f"{scene.api}/nudges/{party}", headers=lead).status_code == 409
    base = scene.api.rsplit("/texts", 1)[0]
    assert client.put(base + "/speakers", json={"people": [scene.two.id]}, headers=other).get_json()["chosen"] is True
    assert [one["chosen"] for one in client.get(base + "/speakers", headers=lead).get_json()] == [False, True]
    assert client.post(scene.api + "/rounds/1/close", json={}, headers=lead).get_json()["status"] == "closed"


def test_the_mails_of_a_round_say_who_what_and_until_when(work: Work, outgoing: list[object], drain: Callable[[], int]) -> None:
    from datetime import date

    from charter.drafting.live import content
    from workflows.drafting import ConsentKind

    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    services.open_round(work, text, date(2026, 3, 20))
    work.commit()
    drain()
    first = str(outgoing[0].get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    assert "tour 1" in first and "20 mars" in first and "d’accord avec une réserve" in first
    article = text.present_articles[0]
    digest = content.current_hash(work.session, article)
    services.consent(work, article, alliance.parties[0], ConsentKind.objection, digest, "Le calendrier est intenable")
    work.commit()
    drain()
    told = [str(one.get_body(("plain",)).get_content()) for one in outgoing]  # type: ignore[attr-defined]
    assert sum("Le calendrier est intenable" in one and "restent figés" in one for one in told) == 3
