"""The co-drafting by two people who have no mouse: writing, talking, amending, objecting in a round, consenting, adopting."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.journey.codrafting import UNLIT
from tests.browser.journey.keyboard import Keyboard
from tests.browser.journey.table import saved, status

FIRST = re.compile("^Article 1 :")
WRITTEN = "Nous écoutons avant de proposer."
AMENDMENT = "Chaque parcours dure douze mois au plus."
OBJECTION = "Personne ne dit qui accueille les familles."
ANSWER = "Les deux équipes accueillent les familles à tour de rôle."
RESERVATION = "Nous ferons le point dans un an."


def to_the_text(who: Keyboard) -> None:
    """From the alliance's first page to the words of the first article."""
    who.go("link", re.compile("^Charte$"))
    who.go("link", "Écrire le texte")
    expect(status(who.page)).to_have_text("Connecté")
    who.reach("textbox", FIRST)


def write(who: Keyboard, other: Page) -> None:
    """A sentence, a word in bold by shortcut, a list from the toolbar."""
    who.press("Control+End", "Enter")
    who.type("Une promesse ")
    who.press("Control+b")
    who.type("ferme")
    who.press("Control+b", "Enter", "Alt+F10")
    who.reach_in_toolbar("Liste à puces")
    who.press("Enter", "Escape")
    expect(who.named("textbox", FIRST)).to_be_focused()
    who.type("Accueillir")
    who.press("Enter")
    who.type("Accompagner")
    who.press("Enter", "Enter")
    who.type(WRITTEN)
    saved(who.page)
    theirs = other.get_by_role("textbox", name=FIRST)
    expect(theirs.locator("strong").last).to_have_text("ferme")
    expect(theirs.locator("li").filter(has_text=re.compile("Accueillir|Accompagner"))).to_have_count(2)
    expect(theirs.locator("p").filter(has_text=WRITTEN)).to_have_count(1)


def comment(who: Keyboard, other: Keyboard) -> None:
    """The sentence is selected and commented, somebody called; who is called answers, and closes."""
    who.press("Shift+Home", "Control+Alt+m")
    expect(who.named("textbox", "Votre commentaire")).to_be_focused()
    who.type("Qui écoute, @tom")
    expect(who.page.get_by_role("option", selected=True)).to_contain_text("Tom Nguyen")
    who.press("Enter")
    who.act("button", "Publier")
    expect(who.page.locator(".thread .mention")).to_have_text("@Tom Nguyen")
    who.act("button", "Fermer la discussion", back=True)
    expect(who.named("textbox", FIRST)).to_be_focused()

    expect(other.page.locator(".comment-mark")).to_have_text(WRITTEN)
    other.act("link", "1 discussion (article 1)")
    expect(other.named("heading", re.compile("^Discussion"))).to_be_focused()
    other.act_on_summary("Répondre")
    other.reach("textbox", "Votre réponse")
    other.type("Les deux équipes.")
    other.act("button", "Répondre")
    expect(other.page.locator("#panneau .thread")).to_contain_text("Les deux équipes.")
    other.act("button", re.compile("^Clore la discussion"))
    expect(other.page.locator(".comment-mark")).to_have_css("background-color", UNLIT)
    expect(who.page.locator(".comment-mark")).to_have_css("background-color", UNLIT)
    other.press("Escape")
    expect(other.page.locator("#panneau")).to_be_hidden()


def amend(who: Keyboard, other: Keyboard) -> None:
    """Another wording is proposed by one, read and accepted by the other, and comes into the text."""
    who.go("link", "Proposer un amendement (article 1)")
    who.choose("Autre rédaction")
    who.go("button", "Continuer")
    who.reach("textbox", "Texte de l’article")
    who.press("Control+End", "Enter")
    who.type(AMENDMENT)
    who.reach("textbox", "Pourquoi ce changement ?")
    who.type("Sans durée, personne ne peut prévoir.")
    who.go("button", "Voir ce qui changerait")
    expect(who.page.locator(".difference ins")).to_contain_text(AMENDMENT)
    who.go("button", "Proposer cet amendement")
    who.go("link", "Tous les amendements")

    other.go("link", "1 amendement (article 1)")
    other.go("link", "Une vision partagée")
    other.choose("Pour")
    other.go("button", "Donner cet avis")
    expect(other.page.locator(".amendment-end")).to_contain_text("Accepté")
    other.go("link", "Lire l’article dans la charte")
    expect(other.named("textbox", FIRST)).to_contain_text(AMENDMENT)


def object_in_a_round(who: Keyboard, other: Keyboard) -> None:
    """One puts the text to consent; it is read only for the other, whose objection reopens the first article, and is answered."""
    to_the_text(other)
    who.go("link", re.compile("^Charte$"))
    who.go("link", "Ouvrir un tour d’accord")
    who.go("button", "Figer le texte et ouvrir le tour")

    expect(other.named("textbox", FIRST)).to_have_attribute("aria-readonly", "true")
    other.go("link", "Donner notre avis (article 1)")
    other.choose("Objection")
    other.reach("textbox", re.compile("^Votre réserve ou votre objection"))
    other.type(OBJECTION)
    other.go("button", "Donner cet avis")
    other.go("link", "Tableau des accords")

    who.go("link", re.compile("^Charte$"))
    who.go("link", "Écrire le texte")
    expect(status(who.page)).to_have_text("Connecté")
    who.reach("textbox", FIRST)
    who.press("Control+End", "Enter")
    who.type(ANSWER)
    saved(who.page)


def consent(who: Keyboard, reservation: str = "") -> None:
    """Every article, from the board, one tab of the alliance away; a reservation on the first when there is one."""
    who.go("link", re.compile("^Charte$"))
    who.go("link", "Donner notre avis")
    while not who.page.url.endswith("/charte"):
        who.choose("D’accord, avec une réserve" if reservation else "D’accord")
        if reservation:
            who.reach("textbox", re.compile("^Votre réserve ou votre objection"))
            who.type(reservation)
        who.go("button", "Donner cet avis")
        reservation = ""


def adopt(who: Keyboard, other: Keyboard) -> None:
    """The other looks at the text; it freezes there when this one adopts."""
    other.go("link", "Écrire le texte")
    expect(status(other.page)).to_have_text("Connecté")
    who.go("link", "Adopter la charte")
    who.go("button", "Adopter la charte")
    expect(who.page).to_have_url(re.compile("/charte/adoptee$"))
    for words in (WRITTEN, AMENDMENT, ANSWER, RESERVATION):
        expect(who.page.get_by_role("main")).to_contain_text(words)
    expect(status(other.page)).to_have_text("Texte figé")
