"""The charter's pages and API: who may do what, refusals that keep what was typed, the journey over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.alliances.models import Alliance
from charter.alliances.services import enrol
from charter.drafting import services
from charter.drafting.live import tokens
from charter.drafting.models import Consent
from charter.work import Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.conftest import SECRET

SignedIn = Callable[[Person], FlaskClient]


class Scene:
    """An alliance of two parties at work on two articles, committed: addresses, people, hashes."""

    def __init__(self, work: Work) -> None:
        alliance = made.drafting(work)
        text = made.charter(work, alliance)
        self.id, self.ref, self.text = alliance.id, alliance.ref, text.ref
        self.one, self.two = (factories.speaker(party) for party in alliance.parties)
        self.names = [party.name for party in alliance.parties]
        self.helper = alliance.facilitators[0].person
        self.observer = factories.person(work, "Ève Roy")
        enrol(work, alliance.parties[1], self.observer, ["observer"])
        self.articles = [(one.ref, one.sha256) for one in services.article_words(work, text)]
        self.tokens = {person.id: make_token(work, person, "essai")[0] for person in (self.one, self.two, self.helper, self.observer)}
        self.path = f"/alliances/{self.ref}/charte"
        self.api = f"/api/v1/alliances/{self.ref}/texts/{self.text}"
        work.commit()

    def bearer(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[person.id]}"}


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


def rewrite(engine: Engine, scene: Scene, words: str) -> None:
    with engine.work() as work:
        made.rewrite(work, made.charter(work, work.get(Alliance, scene.id)).present_articles[0], words)


def test_every_page_opens(scene: Scene, signed_in: SignedIn) -> None:
    page, ref = signed_in(scene.one), scene.articles[0][0]
    addresses = ("", "/texte", f"/articles/{ref}", f"/articles/{ref}/avis", f"/articles/{ref}/titre", f"/articles/{ref}/retrait")
    for address in (*addresses, f"/articles/{ref}/etat", "/articles", "/articles/nouveau", "/adoption", "/adoptee"):
        assert page.get(scene.path + address).status_code == 200, address


@pytest.mark.parametrize(("who", "comments"), [("observer", 403), ("helper", 302)])
def test_readers_read_and_do_not_write_or_speak(scene: Scene, signed_in: SignedIn, who: str, comments: int) -> None:
    page, (ref, digest) = signed_in(getattr(scene, who)), scene.articles[0]
    assert page.get(f"{scene.path}/texte").status_code == 200
    assert page.post(f"{scene.path}/articles/{ref}/avis", data={"kind": "agree", "sha256": digest}).status_code == 403
    assert page.post(f"{scene.path}/articles/nouveau", data={"title": "Le mien"}).status_code == 403
    assert page.post(f"{scene.path}/articles/{ref}/discussion", data={"body": "Un mot"}).status_code == comments
    token = page.get(f"{scene.path}/texte/jeton?schema=2").get_json()["token"]
    assert tokens.read(SECRET, token, scene.text).can_write is False


def test_a_token_says_who_writes_and_for_whom(scene: Scene, signed_in: SignedIn) -> None:
    answer = signed_in(scene.one).get(f"{scene.path}/texte/jeton?schema=2")
    identity = tokens.read(SECRET, answer.get_json()["token"], scene.text)
    assert (identity.person, identity.party, identity.can_write) == (scene.one.id, scene.names[0], True)
    assert answer.get_json()["url"] == f"/live/{scene.text}"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("schema", ["", "?schema=1", "?schema=3", "?schema=x"])
def test_an_editor_of_another_schema_gets_no_token(scene: Scene, signed_in: SignedIn, schema: str) -> None:
    answer = signed_in(scene.one).get(f"{scene.path}/texte/jeton{schema}")
    assert answer.status_code == 409
    assert "Rechargez la page" in answer.get_data(as_text=True)


def test_a_stranger_to_the_alliance_knows_nothing(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    with engine.work() as work:
        stranger = factories.person(work, "Passante")
    assert signed_in(stranger).get(f"{scene.path}/texte/jeton?schema=2").status_code == 404


def test_the_words_changed_meanwhile(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    page, (ref, digest) = signed_in(scene.one), scene.articles[0]
    rewrite(engine, scene, "Un tout autre texte.")
    answer = page.post(
        f"{scene.path}/articles/{ref}/avis", data={"kind": "objection", "sha256": digest, "reason": "Trop vague, à mon sens"}
    )
    assert answer.status_code == 409
    said = answer.get_data(as_text=True)
    assert "Un tout autre texte." in said and "Trop vague, à mon sens" in said and digest not in said
    with engine.work(write=False) as work:
        assert work.session.query(Consent).count() == 0


def test_an_objection_says_why_and_keeps_what_was_chosen(scene: Scene, signed_in: SignedIn) -> None:
    page, (ref, digest) = signed_in(scene.one), scene.articles[0]
    answer = page.post(f"{scene.path}/articles/{ref}/avis", data={"kind": "objection", "sha256": digest, "reason": ""})
    assert answer.status_code == 422
    assert "Dites ce qui vous retient" in answer.get_data(as_text=True)
    assert page.post(f"{scene.path}/articles/{ref}/avis", data={"sha256": digest}).status_code == 422


def test_consenting_leads_to_the_next_article_then_to_the_board(scene: Scene, signed_in: SignedIn) -> None:
    page, (first, second) = signed_in(scene.one), scene.articles
    answer = page.post(f"{scene.path}/articles/{first[0]}/avis", data={"kind": "agree", "sha256": first[1]})
    assert answer.location == f"{scene.path}/articles/{second[0]}/avis"
    answer = page.post(f"{scene.path}/articles/{second[0]}/avis", data={"kind": "reservation", "sha256": second[1], "reason": "À revoir"})
    assert answer.location == scene.path
    board = page.get(scene.path).get_data(as_text=True)
    assert "À revoir" in board and f"Accord attendu : {scene.names[1]} (art. 1, 2)" in board


def test_adopting_too_early_lists_what_is_missing(scene: Scene, signed_in: SignedIn) -> None:
    page = signed_in(scene.one)
    answer = page.post(f"{scene.path}/adoption")
    said = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert all(f"Accord attendu : {name} (art. 1, 2)" in said for name in scene.names)
    assert signed_in(scene.two).post(f"{scene.path}/adoption").status_code == 403  # the party that proposed, or the facilitator


def test_the_journey_over_the_api(scene: Scene, client: FlaskClient, engine: Engine) -> None:
    def call(method: str, path: str, who: Person, **body: Any) -> Any:
        return client.open(scene.api + path, method=method, headers=scene.bearer(who), json=body or None)

    made_one = call("POST", "/articles", scene.two, title="Notre mémoire", nodes=[made.paragraph("Nous écrivons ce que nous apprenons.")])
    assert made_one.status_code == 201 and made_one.get_json()["text"] == "Nous écrivons ce que nous apprenons."
    ref = made_one.get_json()["ref"]
    changed = call("PATCH", f"/articles/{ref}", scene.one, title="Nos traces", number=1)
    assert (changed.get_json()["number"], changed.get_json()["title"]) == (1, "Nos traces")
    assert changed.get_json()["sha256"] != made_one.get_json()["sha256"]

    posted = call("POST", f"/articles/{ref}/comments", scene.helper, body="Qui relit ?", quote="ce que nous apprenons")
    assert posted.status_code == 201
    call("POST", f"/articles/{ref}/comments", scene.one, body="Chacun son tour.", thread=posted.get_json()["ref"])
    (thread,) = call("GET", f"/articles/{ref}/comments", scene.observer).get_json()
    assert thread["first"]["party"] is None and thread["replies"][0]["party_name"] == scene.names[0] and thread["orphan"] is False
    assert call("POST", f"/articles/{ref}/comments/{posted.get_json()['ref']}/resolve", scene.two).status_code == 204

    refused = call("POST", "/adoption", scene.helper)
    assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
    assert [one["who"] for one in refused.get_json()["missing"]] == [[name] for name in scene.names]
    stale = call("PUT", f"/articles/{ref}/consent", scene.one, kind="agree", sha256=made_one.get_json()["sha256"])
    assert stale.status_code == 409 and stale.get_json()["title"] == "Le texte a changé pendant que vous le lisiez"
    assert call("PUT", f"/articles/{ref}/consent", scene.helper, kind="agree", sha256="0" * 64).status_code == 403

    for article in call("GET", "/articles", scene.one).get_json():
        for who in (scene.one, scene.two):
            assert call("PUT", f"/articles/{article['ref']}/consent", who, kind="agree", sha256=article["sha256"]).status_code == 200
    board = call("GET", "/board", scene.observer).get_json()
    assert board["missing"] == [] and {voice["kind"] for row in board["articles"] for voice in row["voices"]} == {"agree"}
    charter = call("POST", "/adoption", scene.helper).get_json()
    assert [one["sha256"] for one in charter["articles"]] == [row["sha256"] for row in board["articles"]]
    assert call("GET", "/adopted", scene.observer).get_json() == charter
    texts = client.get(f"/api/v1/alliances/{scene.ref}/texts", headers=scene.bearer(scene.one)).get_json()
    assert [(one["version"], one["status"]) for one in texts] == [(1, "adopted")]
    assert call("DELETE", f"/articles/{ref}/consent", scene.one).status_code == 409
    assert call("PATCH", f"/articles/{ref}", scene.one, title="Trop tard").status_code == 409


@pytest.mark.parametrize("href", [10**30, {"a": 10**30}, True])
def test_words_no_library_can_hold_are_refused(scene: Scene, app: Flask, href: object) -> None:
    marks = [{"type": "link", "attrs": {"href": href}}]
    nodes = [{"type": "paragraph", "content": [{"type": "text", "text": "ici", "marks": marks}]}]
    path = f"{scene.api}/articles/{scene.articles[0][0]}"
    asked = {"nodes": nodes, "sha256": scene.articles[0][1]}
    refused = app.test_client().patch(path, json=asked, headers=scene.bearer(scene.one))
    assert refused.status_code == 422 and "nodes" in refused.get_json()["fields"]


def test_words_are_not_written_over_others_that_were_not_read(scene: Scene, app: Flask) -> None:
    client, path = app.test_client(), f"{scene.api}/articles/{scene.articles[0][0]}"

    def write(words: str, read: str | None) -> Any:
        nodes = [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]
        asked = {"nodes": nodes, "title": words} | ({"sha256": read} if read else {})
        return client.patch(path, json=asked, headers=scene.bearer(scene.one))

    before = scene.articles[0][1]
    assert write("Sans avoir lu", None).status_code == 422
    assert write("Les premiers mots", before).status_code == 200
    late = write("Par-dessus, sans les avoir lus", before)
    assert late.status_code == 409
    now = client.get(path, headers=scene.bearer(scene.one)).get_json()
    assert (now["title"], now["text"].strip()) == ("Les premiers mots", "Les premiers mots")
