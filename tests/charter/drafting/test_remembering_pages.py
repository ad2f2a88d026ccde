"""Versions, comparisons, authors and roads over HTTP: who may do what, what is said, what is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
import rfc8785
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.models import Text, VersionWhy
from charter.errors import CharterError
from charter.work import Actor, Engine, Work
from tests.charter.drafting import factories as made
from tests.charter.drafting.test_pages import Scene
from workflows.drafting import ConsentKind

SignedIn = Callable[[Person], FlaskClient]


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


@pytest.fixture
def kept(scene: Scene, engine: Engine) -> str:
    """A version, then somebody of the first party writes in the first article."""
    with engine.work() as work:
        text = made.charter(work, work.get(Alliance, scene.id))
        version = services.keep_version(work, text, VersionWhy.begun)
        article = text.present_articles[0]
        content.replace(work.session, article, [made.paragraph("Nous écoutons <b> d’abord.")], at=work.now(), author=scene.one.id)
        return version.ref


def html(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def test_every_page_opens_for_a_member_and_says_so(scene: Scene, kept: str, signed_in: SignedIn) -> None:
    page, article = signed_in(scene.observer), scene.articles[0][0]
    assert "Début de l’écriture" in html(page, f"{scene.path}/versions")
    assert "Une vision partagée" in html(page, f"{scene.path}/versions/{kept}")
    changed = html(page, f"{scene.path}/versions/comparaison?avant={kept}")
    assert '<ins><span class="visually-hidden">ajouté : </span>' in changed and "&lt;b&gt;" in changed and "<b>" not in changed
    assert "1 article a changé." in changed and "inchangé" in changed
    authors = html(page, f"{scene.path}/auteurs")
    assert scene.names[0] in authors and "Texte de départ" in authors and "&lt;b&gt;" in authors
    assert "&lt;b&gt;" not in html(page, f"{scene.path}/versions/{kept}/auteurs")
    assert "trame de départ" in html(page, f"{scene.path}/articles/{article}/chemin")
    same = html(page, f"{scene.path}/versions/comparaison?avant={kept}&apres={kept}")
    assert "Les deux textes sont les mêmes." in same


def test_a_version_of_elsewhere_is_not_found(scene: Scene, kept: str, engine: Engine, signed_in: SignedIn) -> None:
    with engine.work() as work:
        other = made.drafting(work)
        ref = services.keep_version(work, made.charter(work, other), VersionWhy.begun).ref
    page = signed_in(scene.one)
    html(page, f"{scene.path}/versions/{ref}", 404)
    html(page, f"{scene.path}/versions/comparaison?avant={ref}", 404)


def test_a_version_is_named_and_a_bad_name_keeps_the_note(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    page = signed_in(scene.helper)
    refused = page.post(f"{scene.path}/versions/nouvelle", data={"name": "", "note": "Relue ensemble."})
    assert refused.status_code == 422 and "Relue ensemble." in refused.get_data(as_text=True)
    assert page.post(f"{scene.path}/versions/nouvelle", data={"name": "Après l’atelier", "note": "Relue ensemble."}).status_code == 302
    shown = html(page, f"{scene.path}/versions")
    assert "Après l’atelier" in shown and "Relue ensemble." in shown and scene.helper.display_name in shown
    assert signed_in(scene.observer).post(f"{scene.path}/versions/nouvelle", data={"name": "La mienne"}).status_code == 403


def test_automatic_versions_are_folded_together(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    with engine.work() as work:
        text = made.charter(work, work.get(Alliance, scene.id))
        for number in range(3):
            made.rewrite(work, text.present_articles[0], f"Jet {number}.")
            services.keep_version(work, text, VersionWhy.quiet)
    assert "3 versions gardées automatiquement" in html(signed_in(scene.one), f"{scene.path}/versions")


def test_restoring_from_the_page(scene: Scene, kept: str, signed_in: SignedIn, engine: Engine) -> None:
    page = signed_in(scene.two)
    asked = html(page, f"{scene.path}/versions/{kept}/retablir?article={scene.articles[0][0]}")
    assert "Ce qui changerait" in asked and "checked" in asked
    refused = page.post(f"{scene.path}/versions/{kept}/retablir", data={"articles": ["inconnu"]})
    assert refused.status_code == 422
    assert page.post(f"{scene.path}/versions/{kept}/retablir", data={}).status_code == 302
    with engine.work(write=False) as work:
        text = made.charter(work, work.get(Alliance, scene.id))
        assert [(one.ref, one.sha256) for one in services.article_words(work, text)] == scene.articles
        assert services.versions(work, text)[0].why is VersionWhy.restore
    assert signed_in(scene.observer).post(f"{scene.path}/versions/{kept}/retablir").status_code == 403
    assert signed_in(scene.helper).post(f"{scene.path}/versions/{kept}/retablir").status_code == 403


def test_the_api_does_the_same(scene: Scene, kept: str, client: FlaskClient) -> None:
    one = scene.bearer(scene.one)
    named = client.post(f"{scene.api}/versions", json={"name": "Jalon"}, headers=one)
    assert named.status_code == 201 and named.get_json()["why"] == "named"
    listed = client.get(f"{scene.api}/versions", headers=one).get_json()
    assert [version["name"] for version in listed] == ["Jalon", ""]
    base = f"/api/v1/alliances/{scene.ref}/versions"
    whole = client.get(f"{base}/{kept}", headers=one).get_json()
    assert [(article["ref"], article["sha256"]) for article in whole["articles"]] == scene.articles
    first = whole["articles"][0]
    canonical = rfc8785.dumps({"title": first["title"], "content": first["nodes"]})
    assert hashlib.sha256(canonical).hexdigest() == first["sha256"]
    changes = client.get(f"{scene.api}/changes?before={kept}", headers=one).get_json()
    assert [change["kind"] for change in changes] == ["changed", "kept"] and "ajouté" in changes[0]["summary"]
    authors = client.get(f"{scene.api}/authors", headers=one).get_json()
    assert any(run["person"] == scene.one.display_name for block in authors[0]["runs"] for run in block)
    road = client.get(f"{scene.api}/articles/{scene.articles[0][0]}/road", headers=one).get_json()
    assert [step["kind"] for step in road] == ["begun", "version.named"]
    done = client.post(f"{base}/{kept}/restoration", json={}, headers=one)
    assert done.status_code == 200 and done.get_json()["changed"] == [scene.articles[0][0]]
    assert client.post(f"{base}/{kept}/restoration", json={}, headers=scene.bearer(scene.observer)).status_code == 403


def test_an_adopted_article_shows_its_road(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    with engine.work() as work:
        alliance = work.get(Alliance, scene.id)
        text = made.charter(work, alliance)
        services.name_version(work.by(Actor(scene.one.id, scene.one.display_name)), text, "Avant le vote")
        made.consents(work, text, ConsentKind.reservation, "Nous ferons le point.")
        made.rewrite(work, text.present_articles[0], "Une rédaction neuve.")
        made.consents(work, text)
        services.adopt(work, text)
    shown = html(signed_in(scene.one), f"{scene.path}/adoptee")
    for said in ("Avant le vote", "Nous ferons le point.", "remplacé depuis", "a constaté l’adoption", "trame de départ", "Vérifier"):
        assert said in shown, said
    page = signed_in(scene.one)
    with engine.work(write=False) as work:
        ref = services.versions(work, made.charter(work, work.get(Alliance, scene.id)))[0].ref
    refused = page.post(f"{scene.path}/versions/{ref}/retablir", data={})
    assert refused.status_code == 409 and "adopté" in refused.get_data(as_text=True)


def test_a_dead_consent_says_why_it_does_not_count(scene: Scene, engine: Engine, signed_in: SignedIn) -> None:
    with engine.work() as work:
        text = made.charter(work, work.get(Alliance, scene.id))
        made.consents(work, text)
        made.rewrite(work, text.present_articles[0], "Une rédaction neuve.")
    road = html(signed_in(scene.one), f"{scene.path}/articles/{scene.articles[0][0]}/chemin")
    assert road.count("le texte a changé ensuite") == 2
    other = html(signed_in(scene.one), f"{scene.path}/articles/{scene.articles[1][0]}/chemin")
    assert "le texte a changé ensuite" not in other


def test_nothing_changes_an_adopted_text(work: Work) -> None:
    """Every service that changes a text refuses an adopted one, and its words and hashes stay."""
    alliance = made.adopted(work)
    text = made.charter(work, alliance)
    article, party = text.present_articles[0], alliance.parties[0]
    before = services.adopted(work, alliance)
    frozen = [(one.title, one.nodes, one.sha256, one.reservations) for one in before.articles]
    version = services.versions(work, text)[0]
    work.session.commit()

    def attempts(text: Text) -> list[Callable[[], object]]:
        return [
            lambda: services.add_article(work, text, "Un de plus"),
            lambda: services.retitle_article(work, article, "Autrement"),
            lambda: services.move_article(work, article, 2),
            lambda: services.remove_article(work, article),
            lambda: services.write(work, article, [made.paragraph("Autre chose.")]),
            lambda: services.consent(work, article, party, ConsentKind.agree, before.articles[0].sha256),
            lambda: services.withdraw(work, article, party),
            lambda: services.name_version(work, text, "Trop tard"),
            lambda: services.restore(work, version),
            lambda: services.open_round(work, text),
            lambda: services.adopt(work, text),
            lambda: content.replace(work.session, article, [made.paragraph("Autre chose.")], at=work.now()),
            lambda: content.retitle(work.session, article, "Autrement"),
        ]

    for number, attempt in enumerate(attempts(text)):
        with pytest.raises((CharterError, content.Frozen, Exception)) as refused:
            attempt()
        assert not isinstance(refused.value, (AssertionError, TypeError, AttributeError)), f"attempt {number}: {refused.value!r}"
        work.session.rollback()
    after = services.adopted(work, work.get(Alliance, alliance.id))
    assert [(one.title, one.nodes, one.sha256, one.reservations) for one in after.articles] == frozen
    assert after.sha256 == before.sha256
