"""Two people of two organisations write, talk, consent and adopt, each in a browser of their own, on the real application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.work import Actor
from tests import factories
from tests.browser.conftest import Running, assert_accessible, caret_rests, shoot
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def two_people(app: Running, *, articles: int | None = 2) -> tuple[str, Person, Person]:
    """An alliance of two parties at work: its address, and who speaks for each."""
    with app.engine.work() as work:
        alliance = made.drafting(work, articles=articles)
        people = [factories.speaker(party) for party in alliance.parties]
        for person, name in zip(people, ("Léa Martin", "Tom Nguyen"), strict=True):
            person.name = name
        return f"/alliances/{alliance.ref}", people[0], people[1]


def test_two_parties_write_talk_consent_and_adopt(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app)
    hers, his = page_as(lea, f"{path}/charte/texte"), page_as(tom, f"{path}/charte/texte")
    first = "[data-article] .article-text"
    for page in (hers, his):
        expect(page.locator("[data-editor-status]")).to_have_text("Connecté")

    # Each sees the other's words, and who writes.
    hers.locator(first).first.locator("p").last.click()
    hers.keyboard.press("Control+End")
    caret_rests(hers)
    hers.keyboard.press("Enter")
    hers.keyboard.type("Nous commençons par écouter.")
    expect(his.locator(first).first).to_contain_text("Nous commençons par écouter.")
    expect(his.locator("[data-editor-people]")).to_contain_text("LM")
    his.locator("[data-editor-people] summary").click()
    expect(his.locator("[data-editor-people]")).to_contain_text("Léa Martin")
    his.locator("[data-editor-people] summary").click()
    expect(hers.locator("[data-editor-status]")).to_contain_text("Enregistré")

    # A comment on a passage, an answer, the end of the discussion.
    his.locator(first).first.get_by_text("Nous commençons par écouter.").click()
    caret_rests(his)
    his.keyboard.press("Home")
    caret_rests(his)
    his.keyboard.press("Shift+End")
    caret_rests(his)
    his.locator("[data-editor-toolbar] [data-action='comment']").click()
    talk = his.locator("#panneau")
    expect(talk.locator(".thread__quote").first).to_have_text("Nous commençons par écouter.")
    talk.get_by_label("Votre commentaire").fill("Qui écoute-t-on d’abord ?")
    talk.get_by_role("button", name="Publier").click()
    expect(talk.locator(".thread")).to_contain_text("Qui écoute-t-on d’abord ?")
    expect(his.locator(".comment-mark")).to_have_text("Nous commençons par écouter.")
    assert_accessible(his)
    shoot(his, "drafting-talk")

    expect(hers.locator(".comment-mark")).to_be_visible()
    hers.locator(".comment-mark").click()
    her_talk = hers.locator("#panneau")
    expect(her_talk.locator(".thread")).to_contain_text("Tom Nguyen")
    her_talk.get_by_text("Répondre", exact=True).first.click()
    her_talk.get_by_label("Votre réponse").fill("Les personnes concernées.")
    her_talk.locator(".reply[open]").get_by_role("button", name="Répondre").click()
    expect(her_talk.locator(".thread")).to_contain_text("Les personnes concernées.")
    her_talk.get_by_role("button", name="Clore").click()
    expect(hers.locator(".comment-mark")).to_have_css("background-color", "rgba(0, 0, 0, 0)")  # closed: words like any others
    her_talk.get_by_role("button", name="Fermer la discussion").click()

    # Tom consents; Léa then changes the words: his consent is dead, on his very screen.
    his.get_by_role("button", name="Fermer la discussion").click()
    consent(his, "D’accord")
    expect(his.locator("h1")).to_contain_text("Article 2")
    his.goto(f"{running_app.url}{path}/charte/texte")
    expect(state(his, 0)).to_contain_text("D’accord")
    hers.locator(first).first.locator("p").last.click()
    hers.keyboard.press("Control+End")
    caret_rests(hers)
    hers.keyboard.type(" Et à revenir.")
    expect(state(his, 0)).to_contain_text("À reconfirmer")
    his.get_by_role("link", name="Le texte a changé : redire notre avis").click()
    expect(his.get_by_text("portait sur un texte qui a changé")).to_be_visible()
    expect(his.locator(".changes ins")).to_contain_text("Et à revenir.")
    assert_accessible(his)
    shoot(his, "drafting-consent")
    choose(his, "D’accord")
    choose(his, "D’accord, avec une réserve", "Nous ferons le point dans un an.")
    expect(his).to_have_url(f"{running_app.url}{path}/charte")

    # Nothing may be adopted yet, and the page says who is awaited.
    hers.goto(f"{running_app.url}{path}/charte/adoption")
    expect(hers.locator(".missing")).to_contain_text("Accord attendu : Les Passerelles de l’emploi (art. 1, 2)")
    hers.goto(f"{running_app.url}{path}/charte")
    expect(hers.locator(".board")).to_contain_text("Nous ferons le point dans un an.")
    assert_accessible(hers)
    shoot(hers, "drafting-board")
    hers.get_by_role("link", name="Donner notre avis").click()
    choose(hers, "D’accord")
    choose(hers, "D’accord")

    # Léa's party proposed the alliance: she adopts.
    hers.get_by_role("link", name="Adopter la charte").first.click()
    assert_accessible(hers)
    shoot(hers, "drafting-adopt")
    his.goto(f"{running_app.url}{path}/charte/texte")
    expect(his.locator("[data-editor-status]")).to_have_text("Connecté")
    hers.get_by_role("button", name="Adopter la charte").click()
    expect(hers).to_have_url(f"{running_app.url}{path}/charte/adoptee")
    expect(hers.locator(".reservation")).to_contain_text("Nous ferons le point dans un an.")
    expect(his.locator("[data-editor-status]")).to_have_text("Texte figé")
    hers.get_by_text("Le chemin de cet article").first.click()
    assert_accessible(hers)
    shoot(hers, "drafting-adopted")


def test_words_typed_survive_a_text_that_changes_meanwhile(running_app: Running, page_as: Open) -> None:
    path, lea, _tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte")
    page.get_by_role("link", name="Donner notre avis").click()
    page.get_by_label("Objection", exact=True).check()
    page.get_by_label("Votre réserve ou votre objection").fill("Le calendrier est intenable.")
    with running_app.engine.work() as work:
        made.rewrite(work, charter_of(work, path).present_articles[0], "Un tout autre texte.")
    page.get_by_role("button", name="Donner cet avis").click()
    expect(page.get_by_role("alert")).to_contain_text("Le texte a changé pendant que vous le lisiez")
    expect(page.locator(".consent-text")).to_contain_text("Un tout autre texte.")
    expect(page.get_by_label("Votre réserve ou votre objection")).to_have_value("Le calendrier est intenable.")
    assert_accessible(page)
    shoot(page, "drafting-stale")


def test_an_observer_reads_live_and_the_text_stands_without_script(running_app: Running, page_as: Open) -> None:
    path, lea, _tom = two_people(running_app, articles=None)
    with running_app.engine.work() as work:
        alliance = charter_alliance(work, path)
        article = charter_of(work, path).present_articles[0]
        tom = factories.speaker(alliance.parties[1])
        digest = services.article_words(work, charter_of(work, path))[0].sha256
        services.consent(
            work.by(Actor(tom.id, tom.display_name)), article, alliance.parties[1], ConsentKind.objection, digest, "Trop vague"
        )
        alliance.parties[0].members[0].roles = ["observer"]
    page = page_as(lea, f"{path}/charte/texte")
    expect(page.locator("[data-editor-status]")).to_have_text("Lecture seule")
    assert_accessible(page)
    shoot(page, "drafting-editor")
    quiet = page_as(lea, f"{path}/charte/texte", java_script_enabled=False)
    expect(quiet.locator("[data-article]").first).to_contain_text("Un sas vers l’emploi")
    quiet.get_by_role("link", name="Discuter").first.click()
    expect(quiet.locator("h1")).to_contain_text("Une vision partagée")


def test_articles_are_put_in_order(running_app: Running, page_as: Open) -> None:
    path, lea, tom = two_people(running_app, articles=3)
    his = page_as(tom, f"{path}/charte/texte")
    expect(his.locator("[data-editor-status]")).to_have_text("Connecté")
    page = page_as(lea, f"{path}/charte/articles")
    page.get_by_role("button", name="Descendre « Une vision partagée »").click()
    expect(page.locator(".rank__title a[href*='#article']").nth(1)).to_have_text("Une vision partagée")
    expect(his.locator("section.article [data-article-title]").nth(1)).to_have_text("Une vision partagée")
    assert_accessible(page)
    shoot(page, "drafting-articles")
    page.get_by_role("link", name="Ajouter un article").click()
    page.get_by_role("textbox", name="Titre de l’article").fill("Notre communication")
    page.get_by_role("button", name="Ajouter, puis écrire").click()
    expect(page.locator("section.article h2").last).to_contain_text("Notre communication")
    expect(page.locator("[data-editor-status]")).to_have_text("Connecté")


def state(page: Page, index: int) -> Any:
    return page.locator("[data-article-panel]").nth(index)


def consent(page: Page, answer: str) -> None:
    page.get_by_role("link", name="Donner notre avis").first.click()
    choose(page, answer)


def choose(page: Page, answer: str, reason: str = "") -> None:
    page.get_by_label(answer, exact=True).check()
    if reason:
        page.get_by_label("Votre réserve ou votre objection").fill(reason)
    page.get_by_role("button", name="Donner cet avis").click()


def charter_alliance(work: Any, path: str) -> Alliance:
    return work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[1]).one()


def charter_of(work: Any, path: str) -> Any:
    return services.charter_of(work, charter_alliance(work, path))
