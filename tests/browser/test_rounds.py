"""A round of consent seen from two browsers: what is locked cannot be written, an objection reopens its article, the board follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.alliances.services import enrol
from charter.drafting import services
from tests import factories
from tests.browser.conftest import Running, assert_accessible, caret_rests, shoot
from tests.charter.drafting import factories as made

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FROZEN = "Figé pour le tour 1 : une objection le rouvre"


def scene(app: Running) -> tuple[str, Person, Person, Person]:
    """Two parties, three articles: the address, Léa who leads, Tom who speaks for the other, Ana who writes with him."""
    with app.engine.work() as work:
        alliance = made.drafting(work, articles=3)
        lea, tom = (factories.speaker(party) for party in alliance.parties)
        lea.name, tom.name = "Léa Martin", "Tom Nguyen"
        ana = factories.person(work, "Ana Costa")
        enrol(work, alliance.parties[1], ana, ["drafter"])
        return f"/alliances/{alliance.ref}", lea, tom, ana


def article(page: Page, number: int) -> object:
    return page.locator("section.article").nth(number - 1)


def test_a_round_locks_then_an_objection_reopens_its_article(running_app: Running, page_as: Open) -> None:
    path, lea, tom, _ana = scene(running_app)
    his, board = page_as(tom, f"{path}/charte/texte"), page_as(tom, f"{path}/charte")
    expect(his.locator("[data-editor-status]")).to_have_text("Connecté")
    text = his.locator("section.article .article-text")
    expect(text.first).to_have_attribute("aria-readonly", "false")

    # Léa opens the round from the board.
    hers = page_as(lea, f"{path}/charte")
    hers.get_by_role("link", name="Ouvrir un tour d’accord").click()
    expect(hers.locator("h1")).to_have_text("Mettre la charte à l’accord des parties ?")
    assert_accessible(hers)
    shoot(hers, "rounds-opening")
    hers.get_by_role("button", name="Figer le texte et ouvrir le tour").click()
    expect(hers.locator(".round-now")).to_contain_text("0 avis donné sur 6 attendus")

    # Tom's text becomes read-only as he looks, and says why; his board follows.
    expect(his.locator("[data-lock-note]").first).to_have_text(FROZEN)
    expect(text.first).to_have_attribute("aria-readonly", "true")
    expect(his.locator("[data-editor-voice]")).to_contain_text("Le tour 1 est ouvert")
    expect(board.locator(".round-now")).to_contain_text("Tour 1")
    expect(board.locator("[data-board-voice]")).to_contain_text("Le tableau a changé.")
    before = text.first.inner_text()
    text.first.locator("p").last.click()
    his.keyboard.type("Je glisse un mot")
    caret_rests(his)
    assert text.first.inner_text() == before
    assert_accessible(his)
    shoot(his, "rounds-locked")

    # He objects to the second article: it alone may be written again.
    board.get_by_role("link", name="Donner notre avis").click()
    board.goto(board.url.replace(board.url.split("/")[-2], article_ref(running_app, path, 2)))
    board.get_by_label("Objection", exact=True).check()
    board.locator("textarea").fill("Le calendrier ne tient pas compte de l’été.")
    board.get_by_role("button", name="Donner cet avis").click()
    expect(his.locator("[data-lock-note]").nth(1)).to_be_hidden()
    expect(his.locator("[data-lock-note]").first).to_be_visible()
    expect(text.nth(1)).to_have_attribute("aria-readonly", "false")
    expect(text.first).to_have_attribute("aria-readonly", "true")
    text.nth(1).locator("p").last.click()
    his.keyboard.press("Control+End")
    caret_rests(his)
    his.keyboard.type(" Hors juillet et août.")
    expect(his.locator("[data-editor-status]")).to_contain_text("Enregistré")

    # Her board, never reloaded, tells it all.
    expect(hers.locator(".board")).to_contain_text("Rouvert par une objection")
    expect(hers.locator(".round-now")).to_contain_text("Une objection a rouvert 1 article (2)")
    expect(hers.get_by_role("link", name="Ce qui a changé").first).to_be_visible()
    assert_accessible(hers)
    shoot(hers, "rounds-board")
    hers.get_by_role("link", name="Ce qui a changé").first.click()
    expect(hers.locator("ins")).to_contain_text("Hors juillet et août.")
    assert_accessible(hers)
    shoot(hers, "rounds-changes")
    hers.goto(f"{running_app.url}{path}/charte/tours")
    expect(hers.locator(".round")).to_contain_text("Le calendrier ne tient pas compte de l’été.")
    assert_accessible(hers)
    shoot(hers, "rounds-list")


def article_ref(app: Running, path: str, number: int) -> str:
    with app.engine.work(write=False) as work:
        alliance = work.session.query(Alliance).filter_by(ref=path.rsplit("/", 1)[-1]).one()
        return services.charter_of(work, alliance).present_articles[number - 1].ref


def test_a_party_chooses_its_voice_and_the_others_see_where_it_blocks(running_app: Running, page_as: Open) -> None:
    path, lea, tom, ana = scene(running_app)
    his = page_as(tom, f"{path}/charte/porte-parole")
    assert_accessible(his)
    his.get_by_role("link", name="Choisir qui parle pour nous").click()
    his.get_by_label("Ana Costa").check()
    assert_accessible(his)
    shoot(his, "speakers-choice")
    his.get_by_role("button", name="Enregistrer").click()
    expect(his.locator(".spoken")).to_contain_text("Ana Costa")
    shoot(his, "speakers")

    his.goto(f"{running_app.url}{path}/charte")
    expect(his.locator(".speaks")).to_contain_text("Ana Costa parle pour votre organisation.")
    expect(his.get_by_role("link", name="Donner notre avis")).to_have_count(0)
    hers = page_as(ana, f"{path}/charte")
    expect(hers.get_by_role("link", name="Donner notre avis")).to_be_visible()

    leads = page_as(lea, f"{path}/charte/ou-ca-bloque")
    expect(leads.locator("h1")).to_have_text("Où ça bloque")
    assert_accessible(leads)
    leads.get_by_role("button", name="Relancer").last.click()
    expect(leads.locator(".table")).to_contain_text("relancée aujourd’hui")
    shoot(leads, "tension")
