"""Four people of two parties at one text: they write at once, talk, amend, object, consent and adopt, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from playwright.sync_api import Page, expect

from tests.browser.conftest import caret_rests
from tests.browser.journey.charter import article, write
from tests.browser.journey.people import follow, press
from tests.browser.journey.table import ARTICLES, Seat, Table, on_each_screen, saved, status, words

CHUNK = 5
"""Characters each types before the next one does."""
AT_ONCE = {
    "Léa Martin": "Nous commençons par écouter les personnes.",
    "Marc Petit": "Un même référent les suit du début à la fin.",
    "Tom Nguyen": "Nous embauchons sans condition de diplôme.",
    "Ana Costa": "Un tuteur accueille chaque nouvelle recrue.",
}
AMENDMENT = "Chaque parcours dure douze mois au plus."
MEANWHILE = "Ces mots sont écrits pendant la fusion."
WHY = "Sans durée, personne ne peut prévoir."
OBJECTION = "Le calendrier ne tient pas compte de l’été."
REWRITTEN = ("Rien ne commence en juillet ni en août.", "La rentrée se prépare dès le mois de mai.")
RESERVATION = "Sous réserve du vote du budget 2027."
FROZEN = "Figé pour le tour 1 : une objection le rouvre"
UNLIT = "rgba(0, 0, 0, 0)"


def write_at_once(table: Table) -> None:
    """Each begins a line of the same article, then all type in turns, a few letters each: every sentence comes out whole, everywhere."""
    before = article(table.lea.text, 1).locator("p").count()
    for come, seat in enumerate(table.seats, start=1):
        _new_line(seat.text)
        for page in table.texts():
            expect(article(page, 1).locator("p")).to_have_count(before + come)
    longest = max(map(len, AT_ONCE.values()))
    for start in range(0, longest, CHUNK):
        for seat in table.seats:
            seat.text.keyboard.type(AT_ONCE[seat.name][start : start + CHUNK])
    for page in table.texts():
        saved(page)
    on_each_screen(table, 1, *AT_ONCE.values())
    expect(table.lea.text.locator(".remote-cursor .cursor-label")).to_have_count(3)
    table.seen(table.lea.text, "together")


def _new_line(page: Page) -> None:
    article(page, 1).locator("p").last.click()
    page.keyboard.press("Control+End")
    caret_rests(page)
    page.keyboard.press("Enter")
    saved(page)


def talk(table: Table) -> None:
    """Marc asks Ana about words of hers; the words are marked on every screen, she answers, he closes: nothing stays highlighted."""
    page, hers = table.marc.text, AT_ONCE[table.ana.name]
    _select(page, hers)
    page.keyboard.press("Control+Alt+m")
    panel = page.locator("#panneau")
    expect(panel.get_by_label("Votre commentaire")).to_be_focused()
    page.keyboard.type("Qui est ce tuteur, @ana")
    expect(panel.get_by_role("option", selected=True)).to_contain_text(table.ana.name)
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Publier").click()
    expect(panel.locator(".thread .mention")).to_have_text(f"@{table.ana.name}")
    for other in table.texts():
        expect(other.locator(".comment-mark")).to_have_text(hers)
    table.seen(page, "comment")
    table.ana.text.locator(".comment-mark").click()
    answer = table.ana.text.locator("#panneau")
    answer.get_by_text("Répondre", exact=True).first.click()
    answer.get_by_label("Votre réponse").fill("Une personne de l’équipe, volontaire.")
    answer.locator(".reply[open]").get_by_role("button", name="Répondre").click()
    expect(answer.locator(".thread")).to_contain_text("Une personne de l’équipe")
    answer.get_by_role("button", name="Fermer la discussion").click()
    expect(panel.locator(".thread")).to_contain_text("Une personne de l’équipe")
    panel.get_by_role("button", name="Clore la discussion").click()
    for other in table.texts():
        expect(other.locator(".comment-mark")).to_have_css("background-color", UNLIT)
    panel.get_by_role("button", name="Fermer la discussion").click()


def _select(page: Page, sentence: str) -> None:
    article(page, 1).locator("p").filter(has_text=sentence).click()
    for keys in ("Home", "Shift+End"):
        caret_rests(page)
        page.keyboard.press(keys)
    caret_rests(page)


def amend(table: Table) -> None:
    """Ana proposes other words for her party, Léa's accepts while Marc types: they enter the four screens, as Ana's."""
    link = table.ana.text.get_by_role("link", name="Proposer un amendement (article 1)")
    desk = table.ana.desk
    desk.goto(f"{table.site.url}{link.get_attribute('href')}")
    table.seen(desk, "amendment-kind")
    desk.get_by_label("Autre rédaction").check()
    press(desk, "Continuer")
    text = desk.get_by_role("textbox", name="Texte de l’article")
    expect(text).to_contain_text(AT_ONCE[table.ana.name])
    text.focus()
    desk.keyboard.press("Control+End")
    caret_rests(desk)
    desk.keyboard.press("Enter")
    desk.keyboard.type(AMENDMENT)
    desk.get_by_label("Pourquoi ce changement ?").fill(WHY)
    press(desk, "Voir ce qui changerait")
    expect(desk.locator(".difference ins")).to_contain_text(AMENDMENT)
    expect(desk.locator(".difference del")).to_have_count(0)
    table.seen(desk, "amendment-preview")
    press(desk, "Proposer cet amendement")
    expect(table.lea.text.locator("section.article").first).to_contain_text("1 amendement")

    half = len(MEANWHILE) // 2
    write(table.marc.text, 1, MEANWHILE[:half])
    answer = table.at_desk(table.lea, "/amendements")
    follow(answer, re.compile("vision", re.IGNORECASE))
    answer.get_by_label("Pour", exact=True).check()
    table.seen(answer, "amendment")
    press(answer, "Donner cet avis")
    expect(answer.locator(".amendment-end")).to_contain_text("Accepté")
    table.marc.text.keyboard.type(MEANWHILE[half:])
    saved(table.marc.text)
    on_each_screen(table, 1, AMENDMENT, MEANWHILE, *AT_ONCE.values())
    written_by(table, AMENDMENT, table.ana)
    written_by(table, MEANWHILE, table.marc)
    table.seen(table.lea.desk, "authors")


def written_by(table: Table, sentence: str, seat: Seat) -> None:
    """« Qui a écrit quoi » gives those words to that person of that party."""
    run = table.at_desk(table.lea, "/auteurs").locator(".by").filter(has_text=sentence)
    expect(run).to_have_attribute("title", f"{seat.name}, {seat.party}")


def object_in_a_round(table: Table) -> None:
    """Léa opens a round: every screen is read-only and says so. Tom objects to the second article: it alone is written again, by both."""
    desk = table.at_desk(table.lea)
    follow(desk, "Ouvrir un tour d’accord")
    table.seen(desk, "round")
    press(desk, "Figer le texte et ouvrir le tour")
    for page in table.texts():
        locked(page, 1, 2, 3)
        expect(page.locator("[data-lock-note]").first).to_have_text(FROZEN)
    before = words(table.ana.text, 1)
    article(table.ana.text, 1).locator("p").last.click()
    table.ana.text.keyboard.type("Je glisse un mot")
    caret_rests(table.ana.text)
    assert words(table.ana.text, 1) == before
    table.seen(table.ana.text, "locked")

    link = table.tom.text.get_by_role("link", name="Donner notre avis (article 2)")
    his = table.tom.desk
    his.goto(f"{table.site.url}{link.get_attribute('href')}")
    say(his, "Objection", OBJECTION)
    for page in table.texts():
        locked(page, 1, 3)
    for seat, sentence in zip((table.ana, table.marc), REWRITTEN, strict=True):
        write(seat.text, 2, sentence)
    on_each_screen(table, 2, *REWRITTEN)


def locked(page: Page, *numbers: int) -> None:
    """Those articles say that they are put to consent and take no words; the others do."""
    for number in range(1, ARTICLES + 1):
        note, text = page.locator("[data-lock-note]").nth(number - 1), article(page, number)
        expect(note).to_be_visible(visible=number in numbers)
        expect(text).to_have_attribute("aria-readonly", str(number in numbers).lower())


def say(page: Page, answer: str, reason: str = "") -> None:
    """Gives a party's word on the article shown."""
    page.get_by_label(answer, exact=True).check()
    if reason:
        page.get_by_label("Votre réserve ou votre objection").fill(reason)
    press(page, "Donner cet avis")


def consent(table: Table) -> None:
    """Both parties say their word on every article that awaits it; Tom's keeps a reservation on the third."""
    for seat, reserved in ((table.lea, 0), (table.tom, 3)):
        page = table.at_desk(seat)
        follow(page, "Donner notre avis")
        for number in _asked(page):
            if number == reserved:
                table.seen(page, "consent")
            say(page, "D’accord, avec une réserve", RESERVATION) if number == reserved else say(page, "D’accord")
    table.seen(page, "board")


def _asked(page: Page) -> Iterator[int]:
    """The numbers of the articles asked about, one page after the other, until the board is back."""
    for _ in range(ARTICLES + 1):
        if page.url.endswith("/charte"):
            return
        yield int(page.locator("h1 .article-number").inner_text().split()[-1])
    raise AssertionError(page.url)


def adopt(table: Table) -> None:
    """Léa adopts: the four screens freeze under everybody's eyes, and the charter tells what was said on the way."""
    desk = table.at_desk(table.lea, "/adoption")
    table.seen(desk, "adopt")
    press(desk, "Adopter la charte")
    for page in table.texts():
        expect(status(page)).to_have_text("Texte figé")
        expect(page.locator(".article-text[contenteditable=true]")).to_have_count(0)
    kept: Sequence[str] = (*AT_ONCE.values(), AMENDMENT, MEANWHILE, *REWRITTEN, RESERVATION)
    for seat in table.seats:
        page = table.at_desk(seat, "/adoptee")
        for sentence in kept:
            expect(page.get_by_role("main")).to_contain_text(sentence)
    page.locator("details.path summary").nth(1).click()
    expect(page.locator("details.path").nth(1)).to_contain_text(OBJECTION)
    table.seen(page, "adopted")
