"""Shaping the charter over HTTP: pages without script, the same in a dialog, and the API."""

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
DIALOG = {"HX-Request": "true"}


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


def titles(engine: Engine, scene: Scene) -> list[str]:
    with engine.work(write=False) as work:
        return [one.title for one in made.charter(work, work.get(Alliance, scene.id)).present_articles]


def test_an_article_is_cut_without_script(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    page, ref = signed_in(scene.one), scene.articles[0][0]
    shown = page.get(f"{scene.path}/articles/{ref}/coupe").get_data(as_text=True)
    assert "Où commence le nouvel article" in shown and 'name="place"' in shown
    refused = page.post(f"{scene.path}/articles/{ref}/coupe", data={"title": "Suite"})
    assert refused.status_code == 422 and "Choisissez où couper" in refused.get_data(as_text=True)
    done = page.post(f"{scene.path}/articles/{ref}/coupe", data={"title": "Suite", "place": "1\t0\t\t"})
    assert done.status_code == 302
    assert titles(engine, scene)[1] == "Suite"


@pytest.mark.parametrize("place", ["", "x\t1", "1", "99\t0", "0\t0", "9999999999999\t9"])
def test_a_place_that_is_none_is_refused_and_the_title_kept(scene: Scene, signed_in: SignedIn, place: str) -> None:
    page, ref = signed_in(scene.one), scene.articles[0][0]
    answer = page.post(f"{scene.path}/articles/{ref}/coupe", data={"title": "Ma suite", "place": place})
    assert answer.status_code == 422
    assert "Ma suite" in answer.get_data(as_text=True)


def test_gestures_made_from_the_text_answer_in_place(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    page, (first, second) = signed_in(scene.one), [ref for ref, _ in scene.articles]
    moved = page.post(f"{scene.path}/articles/{first}/place", data={"by": "1"}, headers=DIALOG)
    assert moved.get_json()["article"] == first
    joined = page.post(f"{scene.path}/articles/{first}/reunion", data={"other": second, "heading": "yes"}, headers=DIALOG)
    assert joined.get_json()["article"] == second
    assert len(titles(engine, scene)) == 1
    taken = page.post(f"{scene.path}/articles/bibliotheque", data={"key": "impact", "after": ""}, headers=DIALOG)
    section = page.get(f"{scene.path}/articles/{taken.get_json()['article']}/section").get_data(as_text=True)
    assert section.strip().startswith("<section") and "Mesurer ce qui change" in section


def test_every_shaping_page_opens(scene: Scene, signed_in: SignedIn) -> None:
    page, ref = signed_in(scene.one), scene.articles[0][0]
    for address in (f"/articles/{ref}/reunion", "/articles/bibliotheque", "/mots", f"/articles/nouveau?apres={ref}"):
        assert page.get(scene.path + address).status_code == 200, address
    assert signed_in(scene.observer).get(f"{scene.path}/mots").status_code == 200
    assert signed_in(scene.observer).get(f"{scene.path}/articles/{ref}/coupe").status_code == 403


def test_words_are_defined_shown_and_printed(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    page = signed_in(scene.one)
    refused = page.post(f"{scene.path}/mots", data={"term": "haie", "definition": "non"})
    assert refused.status_code == 422 and 'value="haie"' in refused.get_data(as_text=True)
    assert page.post(f"{scene.path}/mots", data={"term": "haie", "definition": "Une bande d’arbres."}).status_code == 302
    rewrite(engine, scene, "Nous plantons des haies.")
    ref = scene.articles[0][0]
    for address in (f"/articles/{ref}", f"/articles/{ref}/avis"):
        shown = page.get(scene.path + address).get_data(as_text=True)
        assert 'class="term"' in shown and "Une bande d’arbres." in shown, address
    assert "Une bande d" in page.get(f"{scene.path}/texte").get_data(as_text=True)
    with engine.work() as work:
        alliance = work.get(Alliance, scene.id)
        text = made.charter(work, alliance)
        made.consents(work, text)
        services.adopt(work, text)
    adopted = page.get(f"{scene.path}/adoptee").get_data(as_text=True)
    assert "Nos mots" in adopted and "Une bande d’arbres." in adopted


def test_the_api_shapes_too(scene: Scene, client: FlaskClient) -> None:
    bearer, ref = scene.bearer(scene.one), scene.articles[0][0]
    made_ = client.post(f"{scene.api}/articles/{ref}/split", json={"title": "Suite", "block": 1}, headers=bearer)
    assert made_.status_code == 201 and made_.get_json()["number"] == 2
    away = client.post(f"{scene.api}/articles/{ref}/split", json={"title": "Suite", "block": 99}, headers=bearer)
    assert away.status_code == 409
    joined = client.post(f"{scene.api}/articles/{ref}/merge", json={"other": made_.get_json()["ref"], "heading": False}, headers=bearer)
    assert joined.get_json()["ref"] == ref and joined.get_json()["sha256"] == scene.articles[0][1]
    listed = client.get(f"{scene.api}/library", headers=bearer).get_json()
    assert {"communication", "sobriety"} <= {one["key"] for one in listed}
    assert client.post(f"{scene.api}/library", json={"key": listed[0]["key"]}, headers=bearer).status_code == 201
    terms = f"/api/v1/alliances/{scene.ref}/terms"
    term = client.post(terms, json={"term": "haie", "definition": "Une bande d’arbres."}, headers=bearer).get_json()
    client.put(f"{terms}/{term['ref']}", json={"term": "haies", "definition": "Des bandes d’arbres."}, headers=bearer)
    assert [one["term"] for one in client.get(terms, headers=bearer).get_json()] == ["haies"]
    assert client.delete(f"{terms}/{term['ref']}", headers=bearer).status_code == 204
    assert client.get(terms, headers=scene.bearer(scene.observer)).get_json() == []
    assert client.post(terms, json={"term": "haie", "definition": "Une bande."}, headers=scene.bearer(scene.observer)).status_code == 403
