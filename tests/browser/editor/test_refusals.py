"""What the editor says and keeps when the server says no, or nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import caret_rests
from tests.browser.editor.conftest import Open
from tests.browser.editor.served import Served
from tests.browser.editor.test_together import FIRST, saved, write
from tests.browser.editor.wire import Wire

pytestmark = pytest.mark.browser


def stay_when_asked(page: Page) -> list[str]:
    """Refuses to leave when the browser asks; gives the list of the questions it will have asked."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


def test_saved_is_said_on_acknowledgement_only(open_as: Open) -> None:
    wire = Wire()
    wire.hold_acks = True
    lea = open_as("lea", before=wire.tap)
    expect(lea.locator("[data-editor-status]")).to_have_text("Connecté")
    write(lea, " Attends.")
    expect(lea.locator("[data-editor-status]")).to_have_text("Enregistrement…")
    asked = stay_when_asked(lea)
    lea.close(run_before_unload=True)
    expect(lea.locator("[data-editor-status]")).to_have_text("Enregistrement…")
    assert asked == ["beforeunload"]
    wire.release()
    saved(lea)


def test_nothing_is_asked_on_leaving_when_all_is_saved(open_as: Open) -> None:
    lea = open_as("lea")
    write(lea, " Fini.")
    saved(lea)
    asked = stay_when_asked(lea)
    with lea.expect_event("close"):
        lea.close(run_before_unload=True)
    assert asked == []


def test_a_reader_reads(open_as: Open) -> None:
    eve = open_as("eve")
    expect(eve.locator("[data-editor-status]")).to_have_text("Lecture seule")
    text = eve.locator("#editor-art1")
    expect(text).to_have_attribute("aria-readonly", "true")
    expect(text).to_have_attribute("contenteditable", "false")
    text.focus()
    eve.keyboard.type("non")
    expect(text).to_have_text(FIRST)
    expect(eve.get_by_role("button", name="Gras")).to_be_hidden()
    expect(eve.get_by_role("button", name="Commenter la sélection")).to_be_visible()


@pytest.mark.parametrize(
    ("reason", "said", "afterwards"),
    [
        ("read_only", "Vous lisez ce texte sans pouvoir le modifier", "Lecture seule"),
        ("frozen", "L’article 1 vient d’être figé", "Texte figé"),
        ("too_big", "est trop long d’un seul coup", "Connecté"),
    ],
)
def test_a_refused_change_is_explained_rolled_back_and_handed_back(
    open_as: Open, served: Served, reason: str, said: str, afterwards: str
) -> None:
    wire = Wire()
    wire.refuse = reason
    lea = open_as("lea", before=wire.tap)
    lea.locator("#editor-art1").focus()
    lea.keyboard.press("Control+End")
    caret_rests(lea)
    lea.keyboard.insert_text(" Perdu, mais pas pour moi.")
    notice = lea.get_by_role("alert").filter(has_text=said)
    expect(notice).to_be_visible()
    expect(lea.locator("#editor-art1")).to_have_text(FIRST)
    expect(lea.locator("[data-editor-status]")).to_have_text(afterwards)
    notice.locator("summary").click()
    expect(notice.get_by_role("textbox")).to_have_value(f"{FIRST} Perdu, mais pas pour moi.")
    assert "Perdu" not in served.words("art1")
    notice.get_by_role("button", name="Fermer").click()
    expect(notice).to_be_hidden()


def test_an_overloaded_server_gets_the_words_later(open_as: Open, served: Served) -> None:
    wire = Wire()
    wire.refuse = "overloaded"
    lea = open_as("lea", before=wire.tap)
    lea.locator("#editor-art1").focus()
    lea.keyboard.press("Control+End")
    caret_rests(lea)
    lea.keyboard.insert_text(" Patience.")
    expect(lea.get_by_role("alert")).to_contain_text("vos changements attendent")
    wire.refuse = None
    expect(lea.locator("[data-editor-status]")).to_contain_text("Enregistré à", timeout=15_000)
    assert served.words("art1").count("Patience.") == 1


def test_a_frozen_text_locks_at_once(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    write(lea, " Avant.")
    saved(lea)
    served.freeze()
    expect(lea.locator("[data-editor-status]")).to_have_text("Texte figé")
    expect(lea.locator("#editor-art1")).to_have_attribute("contenteditable", "false")
    expect(lea.locator("[data-editor-voice]")).to_have_text("Texte figé", timeout=8_000)
    lea.keyboard.type("Après")
    expect(lea.locator("#editor-art1")).not_to_contain_text("Après")


def test_another_epoch_replaces_the_document(open_as: Open) -> None:
    wire = Wire()
    wire.hold_acks = True
    lea = open_as("lea", before=wire.tap)
    write(lea, " Ancien.")
    expect(lea.locator("[data-editor-status]")).to_have_text("Enregistrement…")
    lea.evaluate("document.getElementById('editor-art1').dataset.former = 'yes'")
    wire.say("reset", article="art1", epoch=2)
    expect(lea.get_by_role("alert")).to_contain_text("a été remplacé par une autre version")
    expect(lea.locator("#editor-art1:not([data-former])")).to_be_visible()
    expect(lea.locator("#editor-art1")).to_be_focused()


@pytest.mark.parametrize(("reason", "said"), [("restart", "Le serveur redémarre"), ("overloaded", "Beaucoup de monde écrit")])
def test_the_server_says_goodbye_and_is_found_again(open_as: Open, reason: str, said: str) -> None:
    wire = Wire()
    lea = open_as("lea", before=wire.tap)
    wire.say("bye", reason=reason)
    expect(lea.get_by_role("alert")).to_contain_text(said)
    expect(lea.locator("[data-editor-status]")).to_have_text("Connecté", timeout=15_000)
    expect(lea.get_by_role("alert").filter(has_text=said)).to_have_count(0)


def test_a_withdrawn_access_is_told_and_not_tried_again(open_as: Open) -> None:
    wire = Wire()
    lea = open_as("lea", before=wire.tap)
    wire.say("bye", reason="revoked")
    expect(lea.get_by_role("alert")).to_contain_text("Votre accès à ce texte a changé")
    expect(lea.locator("#editor-art1")).to_have_attribute("contenteditable", "false")


def test_an_ended_session_is_told(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    served.unwelcome.add("lea")
    served.restart()
    expect(lea.locator("[data-editor-status]")).to_contain_text("La connexion à ce texte a pris fin")
    expect(lea.locator("#editor-art1")).to_have_attribute("contenteditable", "false")


def test_titles_follow_the_server(open_as: Open) -> None:
    wire = Wire()
    lea = open_as("lea", before=wire.tap)
    articles = [{"ref": "art1", "number": 1, "epoch": 1, "title": "Notre raison d’être"}]
    wire.say("articles", articles=articles)
    expect(lea.get_by_role("heading", name="Article 1 Notre raison d’être")).to_be_visible()
    expect(lea.locator("[data-outline=art1]")).to_contain_text("Notre raison d’être")
    expect(lea.get_by_role("textbox", name="Article 1 : Notre raison d’être")).to_be_visible()
