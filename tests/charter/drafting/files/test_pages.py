"""« Télécharger » and « Apporter un texte », and the same over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.drafting import filing, services
from charter.drafting.files.reading import read
from charter.drafting.models import Amendment, Text, TextImport
from charter.work import Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.files.test_exports import Paper

SignedIn = Callable[[Person], FlaskClient]
TEXT = "# Ailleurs\n\n## Préambule\n\nAvant tout.\n\n## Notre but\n\nFaire ensemble, **vraiment**.\n"


class Scene:
    """An alliance at work on two articles, committed."""

    def __init__(self, work: Work) -> None:
        alliance = made.drafting(work)
        text = made.charter(work, alliance)
        self.ref, self.text, self.titles = alliance.ref, text.ref, [one.title for one in text.present_articles]
        self.one, self.two = (factories.speaker(party) for party in alliance.parties)
        self.helper = alliance.facilitators[0].person
        self.path = f"/alliances/{alliance.ref}/charte"
        self.api = f"/api/v1/alliances/{alliance.ref}/texts/{text.ref}"
        self.bearer = {"Authorization": f"Bearer {make_token(work, self.one, 'essai')[0]}"}
        work.commit()

    def bring(self, browser: FlaskClient, content: bytes = TEXT.encode(), name: str = "local.md") -> str:
        sent = browser.post(f"{self.path}/importer", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
        assert sent.status_code == 303, sent.text
        return str(sent.headers["Location"])


@pytest.fixture
def scene(work: Work, app: Flask) -> Scene:
    return Scene(work)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    engine = Paper()
    monkeypatch.setattr(filing, "pdf_engine", lambda settings: engine)
    return engine


def test_each_format_is_downloaded(scene: Scene, signed_in: SignedIn) -> None:
    browser = signed_in(scene.helper)
    assert "Préparer le PDF" in browser.get(f"{scene.path}/telecharger").text
    for extension in ("docx", "odt", "md"):
        answer = browser.get(f"{scene.path}/telecharger/fichier?format={extension}")
        assert answer.status_code == 200
        assert f".{extension}" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert [one.title for one in read(answer.data).articles] == scene.titles
    assert browser.get(f"{scene.path}/telecharger/fichier?format=exe").status_code == 404
    assert browser.get(f"{scene.path}/telecharger/fichier?format=md&texte=zzz").status_code == 404


def test_the_pdf_is_waited_for_then_downloaded_by_who_asked(
    scene: Scene, signed_in: SignedIn, paper: Paper, drain: Callable[[], int]
) -> None:
    browser = signed_in(scene.one)
    asked = browser.post(f"{scene.path}/telecharger/pdf")
    assert asked.status_code == 303
    page = asked.headers["Location"]
    assert "en attente de son tour" in browser.get(page).text
    assert browser.get(f"{page}/fichier").status_code == 404
    drain()
    assert browser.get(f"{page}/avancement").headers["HX-Refresh"] == "true"
    assert "Le PDF est prêt" in browser.get(page).text
    got = browser.get(f"{page}/fichier")
    assert (got.data, got.headers["Content-Type"]) == (b"%PDF-paper", "application/pdf")
    assert signed_in(scene.two).get(page).status_code == 404


def test_a_version_is_downloaded_as_it_was(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    with engine.work() as work:
        text = work.session.scalars(select(Text)).one()
        version = services.name_version(work, text, "Avant l’été").ref
        made.rewrite(work, text.present_articles[0], "Des mots tout neufs.")
    browser = signed_in(scene.one)
    assert "Avant l’été" in browser.get(f"{scene.path}/telecharger").text
    assert "Avant l’été" in browser.get(f"{scene.path}/telecharger?version={version}").text
    assert "tout neufs" not in browser.get(f"{scene.path}/telecharger/fichier?format=md&version={version}").text
    assert "tout neufs" in browser.get(f"{scene.path}/telecharger/fichier?format=md").text


def test_a_file_is_read_shown_then_starts_the_charter_again(scene: Scene, signed_in: SignedIn) -> None:
    browser = signed_in(scene.one)
    assert "Apporter un texte" in browser.get(f"{scene.path}/importer").text
    page = scene.bring(browser)
    shown = browser.get(page).text
    assert "Préambule" in shown
    assert "<strong>vraiment</strong>" in shown
    assert "Remplacer le texte d’aujourd’hui" in shown
    assert scene.titles[0] in browser.get(f"{page}/remplacer").text
    done = browser.post(f"{page}/remplacer")
    assert done.headers["Location"].endswith("/charte/texte")
    text = browser.get(f"{scene.path}/texte").text
    assert "Faire ensemble" in text
    assert "déjà servi" in browser.get(page).text
    assert browser.post(f"{page}/remplacer").status_code == 409


def test_a_pasted_text_is_kept_when_it_is_refused(scene: Scene, signed_in: SignedIn) -> None:
    browser = signed_in(scene.one)
    empty = browser.post(f"{scene.path}/importer", data={"pasted": " "})
    assert empty.status_code == 422
    assert "Choisissez un fichier, ou collez un texte" in empty.text
    refused = browser.post(f"{scene.path}/importer", data={"pasted": "---\n\n***"})
    assert refused.status_code == 422
    assert "***" in refused.text
    took = browser.post(f"{scene.path}/importer", data={"pasted": "Article 1 : Un\n\nMots.\n\nArticle 2 : Deux\n\nMots."})
    assert took.status_code == 303


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7", "est un PDF"), (b"PK\x03\x04", "abîmé ou incomplet"), (b"", "est vide"), (b"x" * (5 * 1024**2 + 1), "dépasse 5")],
)
def test_a_file_that_cannot_be_read_is_named(scene: Scene, signed_in: SignedIn, content: bytes, said: str) -> None:
    sent = signed_in(scene.one).post(
        f"{scene.path}/importer", data={"file": (io.BytesIO(content), "charte.docx")}, content_type="multipart/form-data"
    )
    assert sent.status_code == 422
    assert "charte.docx" in sent.text
    assert said in sent.text


def test_a_file_becomes_amendments(scene: Scene, signed_in: SignedIn, engine: Engine) -> None:
    browser = signed_in(scene.one)
    page = scene.bring(browser)
    choosing = browser.get(f"{page}/amendements").text
    assert 'value="insertion-0" checked' in choosing
    assert "Cet article n’est pas dans votre fichier" in choosing
    refused = browser.post(f"{page}/amendements", data={"changes": "insertion-0", "reason": ""})
    assert refused.status_code == 422
    assert 'value="insertion-0" checked' in refused.text
    done = browser.post(f"{page}/amendements", data={"changes": "insertion-0", "reason": "Comme voté."})
    assert done.status_code == 303
    with engine.work(write=False) as work:
        assert [one.title for one in work.session.scalars(select(Amendment))] == ["Préambule"]
        assert work.session.scalars(select(TextImport)).one().done_at is not None


def test_the_facilitator_downloads_but_brings_nothing(scene: Scene, signed_in: SignedIn) -> None:
    browser = signed_in(scene.helper)
    assert "Apporter un texte" not in browser.get(scene.path).text
    assert browser.get(f"{scene.path}/importer").status_code == 403
    assert browser.post(f"{scene.path}/importer", data={"pasted": "x"}).status_code == 403


def test_over_http(scene: Scene, client: FlaskClient, paper: Paper, drain: Callable[[], int]) -> None:
    def call(method: str, path: str, **more: Any) -> Any:
        return client.open(scene.api + path, method=method, headers=scene.bearer, **more)

    assert read(call("GET", "/export?format=odt").data).articles
    assert call("GET", "/export?format=exe").status_code == 422
    assert call("GET", "/export?format=pdf").status_code == 409
    asked = call("POST", "/exports", json={})
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")
    assert call("GET", f"/exports/{asked.json['ref']}/file").status_code == 404
    drain()
    assert call("GET", f"/exports/{asked.json['ref']}").json["state"] == "ready"
    assert call("GET", f"/exports/{asked.json['ref']}/file").data == b"%PDF-paper"
    bad = call("POST", "/imports", data=b"%PDF-1.7")
    assert bad.status_code == 422
    assert "PDF" in bad.json["fields"]["file"][0]
    brought = call("POST", "/imports", data=TEXT.encode())
    assert brought.status_code == 201
    assert [one["title"] for one in brought.json["articles"]] == ["Préambule", "Notre but"]
    ref = brought.json["ref"]
    assert call("GET", f"/imports/{ref}").json["changes"][0]["key"] == "insertion-0"
    amended = call("POST", f"/imports/{ref}/amendments", json={"changes": ["insertion-0"], "reason": "Comme voté."})
    assert len(amended.json["amendments"]) == 1
    assert call("POST", f"/imports/{ref}/replacement").status_code == 409
