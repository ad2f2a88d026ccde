"""Writing together, talking, consenting, adopting."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from charter.story.cast import Side
from tests.browser.conftest import caret_rests
from tests.browser.journey.people import ASSOCIATION, COMPANY, DEPARTMENT, FACILITATOR, Journey, follow, press

HERS = "Nous commençons par écouter les personnes."
HIS = "Nous embauchons ensuite, sans condition de diplôme."
RESERVATION = "Sous réserve du vote du budget 2027."


def open_editor(journey: Journey, side: Side) -> Page:
    """The text, connected."""
    page = journey.go(side, "/charte/texte")
    expect(page.locator("[data-editor-status]")).to_have_text(re.compile("Connecté|Enregistré"))
    return page


def article(page: Page, number: int) -> Locator:
    """The words of an article, from 1; brought into view, for the editor opens those in view only."""
    place = page.locator("[data-article]").nth(number - 1)
    place.scroll_into_view_if_needed()
    return place.locator(".article-text")


def write(page: Page, number: int, text: str) -> None:
    """Types a new paragraph at the end of an article, as a person does, and waits until it is acknowledged."""
    article(page, number).locator("p").last.click()
    page.keyboard.press("Control+End")
    caret_rests(page)
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    expect(article(page, number)).to_contain_text(text)
    expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré")


def write_together(journey: Journey) -> tuple[Page, Page]:
    """Two browsers at once: each sees the other's words, and whose cursor writes them."""
    hers, his = open_editor(journey, ASSOCIATION), open_editor(journey, COMPANY)
    write(hers, 1, HERS)
    expect(article(his, 1)).to_contain_text(HERS)
    cursor = his.locator(".remote-cursor .cursor-label")
    expect(cursor).to_have_attribute("data-name", ASSOCIATION.speaker.name)
    write(his, 1, HIS)
    expect(article(hers, 1)).to_contain_text(HIS)
    expect(hers.locator(".remote-cursor .cursor-label")).to_have_attribute("data-name", COMPANY.speaker.name)
    expect(hers.locator("[data-editor-people]")).to_be_visible()
    journey.seen(hers, "editor")
    return hers, his


def talk(journey: Journey) -> None:
    """A comment on a passage, seen by the other party, answered and closed."""
    hers, his = journey.page(ASSOCIATION), journey.page(COMPANY)
    article(his, 1).get_by_text(HERS).click()
    for keys in ("Home", "Shift+End"):
        caret_rests(his)
        his.keyboard.press(keys)
    caret_rests(his)
    his.locator("[data-editor-toolbar] [data-action='comment']").click()
    panel = his.locator("#panneau")
    panel.get_by_label("Votre commentaire").fill("Qui écoute-t-on d’abord ?")
    panel.get_by_role("button", name="Publier").click()
    expect(panel.locator(".thread")).to_contain_text("Qui écoute-t-on d’abord ?")
    expect(his.locator(".comment-mark")).to_have_text(HERS)
    journey.seen(his, "comment")
    expect(hers.locator(".comment-mark")).to_be_visible()
    hers.locator(".comment-mark").click()
    answer = hers.locator("#panneau")
    expect(answer.locator(".thread")).to_contain_text(COMPANY.speaker.name)
    answer.get_by_text("Répondre", exact=True).first.click()
    answer.get_by_label("Votre réponse").fill("Les personnes accueillies.")
    answer.locator(".reply[open]").get_by_role("button", name="Répondre").click()
    expect(answer.locator(".thread")).to_contain_text("Les personnes accueillies.")
    answer.get_by_role("button", name="Clore").click()
    expect(hers.locator(".comment-mark")).to_have_css("background-color", "rgba(0, 0, 0, 0)")  # closed: words like any others


def consent(journey: Journey, side: Side, reservation_on: int = 0) -> None:
    """A party says what it thinks of every article, from the dashboard's « à faire »."""
    page = journey.to_do(side, "Donnez votre accord, ou dites ce qui vous retient", f"to-consent-{side.organisation.kind.value}")
    journey.seen(page, f"board-{side.organisation.kind.value}")
    follow(page, "Donner notre avis")
    number = 0
    while page.url.rstrip("/") != f"{journey.address}/charte":
        number += 1
        expect(page.locator("h1")).to_contain_text(f"Article {number}")
        _say(page, RESERVATION if number == reservation_on else "")
        if side is ASSOCIATION and number == 1:
            journey.seen(page, "consent")
        press(page, "Donner cet avis")
    assert number >= 8


def _say(page: Page, reservation: str) -> None:
    if reservation:
        page.get_by_label("D’accord, avec une réserve", exact=True).check()
        page.get_by_label("Votre réserve ou votre objection").fill(reservation)
    else:
        page.get_by_label("D’accord", exact=True).check()


def adoption_refused(journey: Journey, *awaited: Side) -> None:
    """Nothing may be adopted yet, and the page names who is awaited."""
    page = journey.go(FACILITATOR, "/charte/adoption")
    expect(page.get_by_role("heading", level=1)).to_have_text("La charte ne peut pas encore être adoptée")
    for side in awaited:
        expect(page.locator(".missing")).to_contain_text(side.organisation.name)
    journey.seen(page, "adoption-refused")


def adopt(journey: Journey) -> None:
    """The charter is adopted, and its words stand still for everybody."""
    page = journey.to_do(FACILITATOR, "Adoptez la charte", "to-adopt")
    journey.seen(page, "adopt")
    press(page, "Adopter la charte")
    expect(page).to_have_url(re.compile("/charte/adoptee$"))
    for text in (HERS, HIS, RESERVATION):
        expect(page.get_by_role("main")).to_contain_text(text)
    journey.seen(page, "adopted")
    his = journey.go(COMPANY, "/charte/texte")
    expect(his).to_have_url(re.compile("/charte"))
    expect(his.locator("[contenteditable=true]")).to_have_count(0)
    for side in (ASSOCIATION, COMPANY, DEPARTMENT):
        journey.mail(side.speaker.email, "est adoptée")
