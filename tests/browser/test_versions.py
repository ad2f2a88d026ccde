"""A version is named, the text goes on, what changed is read, the version is restored while somebody else types: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from charter.drafting import services
from charter.journal import services as journal
from tests.browser.conftest import Running, assert_accessible, caret_rests, shoot
from tests.browser.test_drafting import charter_alliance, charter_of, two_people

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
ARTICLES = "[data-article] .article-text"
OURS = "Nous commençons par écouter."
KEPT = "Ces mots sont écrits pendant le rétablissement."


def write_at_end(page: Page, article: int, words: str, *, line: bool = True) -> None:
    page.locator(ARTICLES).nth(article).locator("p").last.click()
    page.keyboard.press("Control+End")
    caret_rests(page)
    if line:
        page.keyboard.press("Enter")
    page.keyboard.type(words)


def saved(page: Page) -> None:
    expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré")


def test_name_edit_compare_and_restore_while_another_types(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    hers, his = page_as(lea, f"{path}/charte/texte"), page_as(tom, f"{path}/charte/texte")
    for page in (hers, his):
        expect(page.locator("[data-editor-status]")).to_have_text("Connecté")
    write_at_end(his, 0, OURS)
    saved(his)
    expect(hers.locator(ARTICLES).first).to_contain_text(OURS)

    # Léa names the version, with a note.
    hers.locator(".charter-more summary").click()
    hers.get_by_role("link", name="Versions", exact=True).click()
    hers.get_by_role("link", name="Nommer la version d’aujourd’hui").click()
    hers.get_by_label("Nom de la version").fill("Avant l’atelier")
    hers.get_by_label("Note").fill("Relue avec l’équipe.")
    assert_accessible(hers)
    shoot(hers, "versions-name")
    hers.get_by_role("button", name="Garder cette version").click()
    expect(hers.locator(".version--named")).to_contain_text("Avant l’atelier")

    # The text goes on; she reads what changed.
    write_at_end(his, 0, " Puis nous décidons.", line=False)
    saved(his)
    hers.get_by_role("link", name="Ce qui a changé depuis : Avant l’atelier").click()
    expect(hers.locator(".difference ins")).to_contain_text("Puis nous décidons")
    expect(hers.locator(".difference__sum")).to_contain_text("3 mots ajoutés")
    assert_accessible(hers)
    shoot(hers, "versions-comparison")

    # Who wrote what: Tom's words are his party's, the rest is the template's.
    hers.goto(f"{running_app.url}{path}/charte/auteurs")
    by_tom = hers.locator(".authored .by").filter(has_text="Puis nous décidons")
    expect(by_tom).to_contain_text("Nous commençons par écouter.")
    with running_app.engine.work(write=False) as work:
        party = charter_alliance(work, path).parties[1].name
    expect(by_tom.locator(".visually-hidden")).to_have_text(f"({party} :)")
    expect(hers.locator(".shares").first).to_contain_text("Texte de départ")
    assert_accessible(hers)
    shoot(hers, "versions-authors")

    # She restores the version while Tom types in the other article and in another paragraph of the same one.
    hers.goto(f"{running_app.url}{path}/charte/versions")
    assert_accessible(hers)
    shoot(hers, "versions-list")
    hers.get_by_role("link", name="Avant l’atelier", exact=True).click()
    assert_accessible(hers)
    shoot(hers, "versions-one")
    hers.get_by_role("link", name="Rétablir cette version").click()
    assert_accessible(hers)
    shoot(hers, "versions-restore")
    his.locator(ARTICLES).first.locator("p").first.click()
    his.keyboard.press("Home")
    caret_rests(his)
    his.keyboard.type(KEPT[:20])
    hers.get_by_role("button", name="Rétablir", exact=True).click()
    his.keyboard.type(KEPT[20:])
    expect(hers.locator("[data-editor-status]")).to_have_text("Connecté")
    for page in (hers, his):
        first = page.locator(ARTICLES).first
        expect(first).to_contain_text(OURS)
        expect(first).not_to_contain_text("Puis nous décidons.")
    saved(his)
    with running_app.engine.work(write=False) as work:
        text = charter_of(work, path)
        kept, named = services.versions(work, text)[:2]
        assert (kept.why.value, named.name) == ("restore", "Avant l’atelier")
        before, now = (plain(services.words_of_version(work, text, one)[0].nodes) for one in (kept, None))
        told = [fact.type for fact in journal.facts(work, text.alliance_id)].count("version.restored")
    assert told == 1
    # Each letter he typed is in the text, or in the version kept of what the restore replaced.
    assert any(KEPT[:cut] in before and KEPT[cut:] in now for cut in range(len(KEPT) + 1)), (before, now)
    write_at_end(his, 1, "La fin.")
    saved(his)
    hers.locator("[data-article]").nth(1).scroll_into_view_if_needed()
    expect(hers.locator("[data-article]").nth(1)).to_contain_text("La fin.")

    # The road says it.
    hers.goto(f"{running_app.url}{path}/charte/articles/{_first_ref(running_app, path)}/chemin")
    expect(hers.locator(".road")).to_contain_text("a nommé une version de la charte : « Avant l’atelier »")
    expect(hers.locator(".road")).to_contain_text("a rétabli la version")
    assert_accessible(hers)
    shoot(hers, "versions-road")


def plain(nodes: list[dict[str, Any]]) -> str:
    return "".join(one["text"] if "text" in one else plain(one.get("content") or []) for one in nodes)


def _first_ref(app: Running, path: str) -> str:
    with app.engine.work(write=False) as work:
        return str(charter_of(work, path).present_articles[0].ref)
