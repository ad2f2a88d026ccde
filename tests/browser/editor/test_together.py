"""Several people write in the same text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import caret_rests
from tests.browser.editor.conftest import Open
from tests.browser.editor.served import Served
from tests.browser.editor.wire import Wire

pytestmark = pytest.mark.browser
FIRST = "Nous replantons les haies du bocage avec celles et ceux qui les entretiennent."


def write(page: Page, text: str, ref: str = "art1") -> None:
    """Adds text at the end of an article."""
    page.locator(f"#editor-{ref}").focus()
    page.keyboard.press("Control+End")
    caret_rests(page)
    page.keyboard.type(text)


def saved(page: Page) -> None:
    expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré à")


def test_each_sees_what_the_other_types_and_who_types_it(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    write(lea, " Avec soin.")
    expect(tom.locator("#editor-art1")).to_contain_text("entretiennent. Avec soin.")
    label = tom.locator("#editor-art1 .cursor-label")
    expect(label).to_have_attribute("data-name", "Léa Martin")
    expect(tom.locator("#editor-art1 .remote-cursor")).to_have_attribute("data-party", "0")
    expect(tom.locator("[data-editor-voice]")).to_have_text("Léa Martin écrit dans l’article 1")
    write(tom, " Chaque hiver.")
    expect(lea.locator("#editor-art1 p").first).to_contain_text("Chaque hiver.")
    saved(tom)
    assert "Avec soin." in served.words("art1") and "Chaque hiver." in served.words("art1")


def test_who_is_here_is_said_in_words(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    tom.locator("#editor-art2").focus()
    expect(lea.locator(".people-summary")).to_contain_text("Une autre personne est ici")
    lea.locator(".people-summary").click()
    expect(lea.locator(".people-list li").nth(1)).to_have_text("TNTom Nguyen · Scierie du Val · dans l’article 2")
    expect(lea.locator("[data-outline=art2]")).to_contain_text("(Tom Nguyen)")
    tom.context.close()
    expect(lea.locator(".people-summary")).to_contain_text("Personne d’autre n’est ici")
    expect(lea.locator(".remote-cursor")).to_have_count(0)


def test_undo_takes_back_only_my_own_words(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    write(lea, " Léa écrit.")
    expect(tom.locator("#editor-art1 p")).to_contain_text("Léa écrit.")
    write(tom, " Tom aussi.")
    expect(lea.locator("#editor-art1")).to_contain_text("Tom aussi.")
    lea.keyboard.press("Control+z")
    expect(lea.locator("#editor-art1")).not_to_contain_text("Léa écrit.")
    expect(lea.locator("#editor-art1")).to_contain_text("Tom aussi.")
    expect(tom.locator("#editor-art1 p")).to_contain_text(f"{FIRST} Tom aussi.")
    lea.keyboard.press("Control+Shift+z")
    expect(tom.locator("#editor-art1 p")).to_contain_text("Léa écrit.")


def test_words_written_offline_come_back_once(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    lea.context.set_offline(True)
    expect(lea.locator("[data-editor-status]")).to_contain_text("Hors ligne")
    write(lea, " Hors ligne.")
    expect(lea.locator("[data-editor-status]")).to_contain_text("vos mots sont gardés sur cet appareil et seront envoyés au retour")
    write(tom, " En ligne.")
    saved(tom)
    lea.context.set_offline(False)
    saved(lea)
    expect(tom.locator("#editor-art1 p")).to_contain_text("Hors ligne.")
    expect(lea.locator("#editor-art1 p")).to_contain_text("En ligne.")
    assert served.words("art1").count("Hors ligne.") == 1
    assert served.words("art1").count("En ligne.") == 1


def test_what_was_not_acknowledged_is_sent_again_after_a_cut(open_as: Open, served: Served) -> None:
    wire = Wire()
    wire.hold_acks = True
    lea, tom = open_as("lea", before=wire.tap), open_as("tom")
    write(lea, " Une seule fois.")
    expect(tom.locator("#editor-art1 p")).to_contain_text("Une seule fois.")
    expect(lea.locator("[data-editor-status]")).to_have_text("Enregistrement…")
    sent = wire.updates
    served.restart()
    saved(lea)
    assert wire.updates > sent
    assert served.words("art1") == f"{FIRST} Une seule fois."
    expect(tom.locator("#editor-art1 p")).to_contain_text(f"{FIRST} Une seule fois.")


def test_a_cursor_comes_back_after_a_cut(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    write(lea, " Ici.")
    expect(tom.locator("#editor-art1 .cursor-label")).to_have_attribute("data-name", "Léa Martin")
    lea.context.set_offline(True)
    expect(tom.locator(".remote-cursor")).to_have_count(0)
    lea.context.set_offline(False)
    expect(tom.locator("#editor-art1 .cursor-label")).to_have_attribute("data-name", "Léa Martin")
