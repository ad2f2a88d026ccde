"""An amendment from one browser to another: written by keyboard, accepted by the other party, seen live in the text by a third person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from charter.drafting import services
from charter.drafting.models import Text
from tests import factories
from tests.browser.conftest import Running, assert_accessible, caret_rests, shoot
from tests.charter.drafting import factories as made

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
WORDS = "Nous plantons douze haies vives avec les écoles, et nous en prenons soin ensemble."


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        caret_rests(page)


def test_an_amendment_is_written_by_keyboard_accepted_and_seen_live(running_app: Running, page_as: Open) -> None:
    with running_app.engine.work() as work:
        alliance = made.drafting(work, articles=2)
        article = made.charter(work, alliance).present_articles[0]
        made.rewrite(work, article, WORDS)
        lea, tom = (factories.speaker(party) for party in alliance.parties)
        lea.name, tom.name = "Léa Martin", "Tom Nguyen"
        helper = alliance.facilitators[0].person
        text_id, path, ref = article.text_id, f"/alliances/{alliance.ref}/charte", article.ref
    third = page_as(helper, f"{path}/texte")
    expect(third.locator("[data-editor-status]")).to_have_text("Lecture seule")
    here = third.locator(f"[data-article='{ref}'] .article-text")
    expect(here).to_contain_text("douze haies")

    # What she proposes, then the words, by keyboard alone.
    hers = page_as(lea, f"{path}/texte")
    hers.locator(f"#article-{ref}").get_by_role("link", name="Proposer un amendement").first.focus()
    hers.keyboard.press("Enter")
    expect(hers.get_by_role("heading", level=1)).to_have_text("Que proposez-vous ?")
    shoot(hers, "amendment-kind")
    assert_accessible(hers)
    hers.get_by_role("button", name="Continuer").focus()
    hers.keyboard.press("Enter")
    text = hers.get_by_role("textbox", name="Texte de l’article")
    expect(text).to_contain_text("douze haies")
    expect(hers.locator("textarea[name=words]")).to_be_hidden()
    text.focus()
    press(hers, "Control+Home", *["Control+ArrowRight"] * 2, "Control+Shift+ArrowRight")
    hers.keyboard.type(" quinze")
    press(hers, "Control+End")
    hers.keyboard.type(" Chaque année")
    press(hers, "Control+Shift+ArrowLeft", "Control+b", "Alt+F10")
    expect(hers.locator("[data-amendment-toolbar] :focus")).to_have_count(1)
    press(hers, "Escape")
    expect(text).to_contain_text("quinze")
    hers.get_by_label("Pourquoi ce changement ?").fill("Les écoles sont plus nombreuses cette année.")
    shoot(hers, "amendment-words")
    assert_accessible(hers)
    hers.get_by_role("button", name="Voir ce qui changerait").focus()
    hers.keyboard.press("Enter")

    # The difference, in words.
    expect(hers.get_by_role("heading", level=1)).to_have_text("Voici ce qui changerait")
    expect(hers.locator(".difference del")).to_contain_text("douze")
    expect(hers.locator(".difference ins").first).to_contain_text("quinze")
    shoot(hers, "amendment-preview")
    assert_accessible(hers)
    # Coming back loses nothing.
    hers.get_by_role("button", name="Corriger").click()
    expect(hers.get_by_role("textbox", name="Texte de l’article")).to_contain_text("quinze haies")
    expect(hers.get_by_label("Pourquoi ce changement ?")).to_have_value("Les écoles sont plus nombreuses cette année.")
    hers.get_by_role("button", name="Voir ce qui changerait").click()
    hers.get_by_role("button", name="Proposer cet amendement").click()
    expect(hers.get_by_role("heading", level=1)).to_be_visible()
    expect(hers.locator(".positions")).to_contain_text("Avis attendu")

    # The panel tells it to those who read the text; the other party finds it from its dashboard.
    expect(third.locator(f"#article-{ref}")).to_contain_text("1 amendement")
    his = page_as(tom, path.removesuffix("/charte"))
    his.get_by_role("link", name="Donnez votre avis sur l’amendement").first.click()
    shoot(his, "amendment")
    assert_accessible(his)
    his.get_by_label("Votre commentaire").fill("Et pour l’entretien ?")
    his.get_by_role("button", name="Publier").click()
    expect(his.locator(".remark")).to_contain_text("Et pour l’entretien ?")
    his.get_by_label("Pour", exact=True).check()
    his.get_by_role("button", name="Donner cet avis").click()
    expect(his.locator(".amendment-end")).to_contain_text("Accepté")
    shoot(his, "amendment-accepted")
    assert_accessible(his)

    # Merged live, and nothing had to be reloaded.
    expect(here).to_contain_text("quinze haies vives")
    expect(here.locator("strong")).to_have_text("année")
    his.get_by_role("link", name="Tous les amendements").click()
    shoot(his, "amendments")
    assert_accessible(his)
    with running_app.engine.work(write=False) as work:
        stored = services.article_words(work, work.get(Text, text_id))
        assert "quinze" in str(stored[0].nodes)


def test_without_script_it_is_written_in_a_text_area(running_app: Running, page_as: Open) -> None:
    with running_app.engine.work() as work:
        alliance = made.drafting(work, articles=2)
        article = made.charter(work, alliance).present_articles[0]
        made.rewrite(work, article, WORDS)
        lea = factories.speaker(alliance.parties[0])
        path = f"/alliances/{alliance.ref}/charte/articles/{article.ref}/amendement/wording"
    page = page_as(lea, path, java_script_enabled=False)
    area = page.get_by_label("Texte de l’article")
    expect(area).to_have_value(WORDS)
    area.fill(WORDS.replace("douze", "**quinze**"))
    page.get_by_label("Pourquoi ce changement ?").fill("Plus d’écoles.")
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.locator(".difference ins").first).to_contain_text("quinze")
    page.get_by_role("button", name="Proposer cet amendement").click()
    expect(page.locator(".positions")).to_contain_text("Avis attendu")
