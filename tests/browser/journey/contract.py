"""Answering what the contract asks, the deliberation, the rendering, freezing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page, expect

from charter.story.cast import EMPLOI, Side
from tests.browser.journey.people import ASSOCIATION, DEPARTMENT, FACILITATOR, Journey, follow, press

RENDERING_MILLISECONDS = 120_000
TODAY = datetime.now(UTC).date()
ENDS = date(TODAY.year + 3, 8, 31)


def answer(journey: Journey, side: Side) -> None:
    """Whatever this party is asked, one question a screen; a local authority gives its deliberation."""
    page = journey.to_do(side, "Complétez ce qui vous revient dans le contrat", f"to-complete-{side.organisation.kind.value}")
    journey.seen(page, f"contract-{side.organisation.kind.value}")
    if side.deliberation:
        _deliberation(journey, page, side)
    if not page.get_by_role("link", name="Répondre aux questions").count():
        return
    follow(page, "Répondre aux questions")
    while re.search(r"/reponses/[^/]+$", page.url):
        journey.seen(page, f"contract-question-{page.url.rpartition('/')[2]}")
        _reply(page, page.url.rpartition("/")[2])
        press(page, "Enregistrer et continuer")
    journey.seen(page, "contract-questions")


def _reply(page: Page, name: str) -> None:
    """The script's answer, or a plausible one for the field shown."""
    field = page.locator("[name=value]").first
    kind = field.get_attribute("type") or ""
    if kind == "radio":
        field.check()
    elif kind == "date":
        field.fill((ENDS if name == "end_date" else date(ENDS.year - 3, 9, 1)).isoformat())
    elif field.get_attribute("inputmode"):
        field.fill("3")
    else:
        field.fill(str(EMPLOI.script.contract.get(name, "Nous le préciserons au premier comité.")))


def _deliberation(journey: Journey, page: Page, side: Side) -> None:
    follow(page, "L’indiquer")
    page.get_by_label("Numéro de la délibération").fill(side.deliberation)
    page.get_by_label("Date de la délibération").fill((TODAY - timedelta(days=30)).isoformat())
    journey.seen(page, "deliberation")
    press(page, "Enregistrer")
    expect(page.get_by_role("main")).to_contain_text(side.deliberation)


def render(journey: Journey, meanwhile: Callable[[], None] = lambda: None) -> None:
    """The documents are asked for; the screen tells how far they are, then shows them, whatever happens meanwhile."""
    page = journey.to_do(FACILITATOR, "Demandez la mise en page du contrat", "to-render")
    press(page, "Demander la mise en page")
    meanwhile()
    documents = page.get_by_role("heading", name="Les documents", exact=True)
    expect(page.get_by_role("heading", name=re.compile("en cours de mise en page")).or_(documents)).to_be_visible()
    expect(documents).to_be_visible(timeout=RENDERING_MILLISECONDS)
    journey.seen(page, "contract-ready")
    follow(page, re.compile("Lire comme une page"))
    journey.seen(page, "contract-reading")
    journey.mail(ASSOCIATION.speaker.email, "est à relire")


def freeze(journey: Journey) -> None:
    """Nothing is missing: the contract is frozen."""
    page = journey.to_do(FACILITATOR, "Relisez le contrat, puis figez-le", "to-freeze")
    journey.seen(page, "freeze")
    press(page, "Figer le contrat et passer à la signature")
    expect(page.get_by_role("main")).to_contain_text("sont figés")
    journey.go(DEPARTMENT, "/contrat")
    journey.seen(journey.page(DEPARTMENT), "contract-frozen")
