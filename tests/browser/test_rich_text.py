"""Tables, notes, typography, pasting and undoing, as people do them in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, caret_rests, shoot
from tests.browser.editor.conftest import Open, database_url, open_as, served
from tests.browser.editor.looking import cells, grid, keys, kinds, words
from tests.browser.editor.served import Served
from tests.browser.editor.test_together import saved, write
from tests.browser.editor.test_writing import empty, paste

__all__ = ["database_url", "open_as", "served"]
pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).parent / "pastes"
NBSP, NARROW = "\u00a0", "\u202f"


def test_a_table_by_keyboard_alone(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    empty(lea)
    keys(lea, "Control+Alt+g")
    for word in ("Qui", "Quoi", "Quand", "La ville", "Un local", "En mars"):
        lea.keyboard.type(word)
        keys(lea, "Tab")
    keys(lea, "Alt+Shift+Delete")
    assert cells(lea) == [["Quoi", "Quand"], ["Un local", "En mars"], ["", ""]]
    keys(lea, "Control+z")
    assert cells(lea) == [["Qui", "Quoi", "Quand"], ["La ville", "Un local", "En mars"], ["", "", ""]]
    keys(lea, "Alt+Shift+ArrowDown")
    lea.keyboard.type("Nous")
    keys(lea, "Shift+Tab")
    lea.keyboard.type("ici")
    assert [row[0] for row in cells(lea)] == ["Qui", "La ville", "", "Nous"]
    assert cells(lea)[2][2] == "ici"
    keys(lea, "Alt+Shift+Backspace", "Alt+Shift+ArrowRight")
    assert [len(row) for row in cells(lea)] == [4, 4, 4]
    # A cell's edge is a wall.
    keys(lea, "Backspace", "Delete")
    assert [len(row) for row in cells(lea)] == [4, 4, 4]
    saved(lea)
    stored = served.nodes("art1")
    assert [cell["type"] for cell in stored[0]["content"][0]["content"]] == ["table_header"] * 4
    assert kinds(served) == ["table", "paragraph"]


def test_tab_leaves_the_text_after_an_empty_last_row(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    keys(lea, "Control+Alt+g")
    for _ in range(8):
        keys(lea, "Tab")
    lea.keyboard.type("fin")
    keys(lea, "Tab")
    assert len(cells(lea)) == 4
    for _ in range(3):
        keys(lea, "Tab")
    expect(lea.locator("#editor-art1")).not_to_be_focused()
    assert len(cells(lea)) == 4


def test_a_table_by_toolbar(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    empty(lea)
    tool = lea.locator("[data-editor-toolbar]")
    expect(tool.locator("[data-action=row-below]")).to_be_hidden()
    tool.locator("[data-action=table]").click()
    expect(tool.locator("[data-action=row-below]")).to_be_visible()
    expect(tool.locator("[data-action=row-above]")).to_have_attribute("aria-disabled", "true")
    lea.keyboard.type("Qui")
    tool.locator("[data-action=column-before]").click()
    lea.keyboard.type("Rang")
    tool.locator("[data-action=row-below]").click()
    tool.locator("[data-action=row-remove]").click()
    tool.locator("[data-action=column-remove]").click()
    assert cells(lea) == [["Qui", "", ""], ["", "", ""], ["", "", ""]]
    tool.locator("[data-action=table-remove]").click()
    expect(lea.locator("#editor-art1 table")).to_have_count(0)
    expect(tool.locator("[data-action=row-below]")).to_be_hidden()
    saved(lea)
    assert "table" not in kinds(served)


def test_deleting_across_cells_empties_them(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("Avant")
    keys(lea, "Control+Alt+g")
    for word in ("un", "deux", "trois", "quatre"):
        lea.keyboard.type(word)
        keys(lea, "Tab")
    # From the middle of the paragraph to the middle of the table.
    lea.evaluate(
        """() => {
            const text = document.getElementById("editor-art1"), range = document.createRange()
            range.setStart(text.querySelector("p").firstChild, 2)
            range.setEnd(text.querySelectorAll("th p")[1].firstChild, 2)
            const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range)
        }"""
    )
    caret_rests(lea)
    lea.keyboard.type("x")
    saved(lea)
    stored = served.nodes("art1")
    assert words(stored[0]) == "Avx"
    assert grid(stored[1]) == [["", "ux", "trois"], ["quatre", "", ""], ["", "", ""]]
    # The word typed, then what it replaced.
    keys(lea, "Control+z", "Control+z")
    assert cells(lea)[0] == ["un", "deux", "trois"]


def test_two_people_in_one_table(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    empty(lea)
    keys(lea, "Control+Alt+g")
    lea.keyboard.type("Qui")
    expect(tom.locator("#editor-art1 th").first).to_contain_text("Qui")
    tom.locator("#editor-art1 td").nth(4).click()
    caret_rests(tom)
    # At once, each without the other's change: a column here, a row there.
    lea.context.set_offline(True)
    tom.context.set_offline(True)
    keys(lea, "Alt+Shift+ArrowRight")
    lea.keyboard.type("Quoi")
    keys(tom, "Alt+Shift+ArrowDown")
    tom.keyboard.type("Tom")
    lea.context.set_offline(False)
    tom.context.set_offline(False)
    expect(tom.locator("#editor-art1 th")).to_have_count(4)
    expect(lea.locator("#editor-art1 tr")).to_have_count(4)
    expect(lea.locator("#editor-art1")).to_contain_text("Tom")
    # Whoever changes the table next completes it, once.
    keys(tom, "Alt+Shift+ArrowDown")
    expect(lea.locator("#editor-art1 tr")).to_have_count(5)
    saved(tom)
    assert {len(row) for row in cells(lea)} == {4}
    assert cells(lea) == cells(tom) == grid(served.nodes("art1")[0])


def test_a_note_is_written_shown_changed_and_removed(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    empty(lea)
    lea.keyboard.type("Les haies")
    keys(lea, "Control+Alt+f")
    dialog = lea.get_by_role("dialog", name="Note")
    expect(dialog.get_by_label("Texte de la note")).to_be_focused()
    keys(lea, "Enter")
    expect(dialog.get_by_text("Écrivez la note, ou annulez.")).to_be_visible()
    lea.keyboard.type("Inventaire de 2024.")
    assert_accessible(lea)
    keys(lea, "Enter")
    expect(dialog).to_be_hidden()
    expect(lea.locator("#editor-art1")).to_be_focused()
    lea.keyboard.type(" du bocage")
    expect(lea.get_by_role("button", name="Note 1 : Inventaire de 2024.")).to_be_visible()
    expect(tom.locator("#editor-art1 .notes li")).to_have_text("Inventaire de 2024.")
    saved(lea)
    note = {"type": "note", "attrs": {"text": "Inventaire de 2024."}}
    assert served.nodes("art1")[0]["content"][1] == note
    # Another before it takes its number.
    keys(tom, "Tab")
    tom.locator("#editor-art1").focus()
    keys(tom, "Control+Home")
    tom.locator("[data-action=note]").click()
    tom.get_by_label("Texte de la note").fill("Voir l’annexe.")
    tom.get_by_role("button", name="Mettre la note").click()
    expect(lea.locator("#editor-art1 .notes li")).to_have_text(["Voir l’annexe.", "Inventaire de 2024."])
    expect(lea.get_by_role("button", name="Note 2 : Inventaire de 2024.")).to_be_visible()
    # Its number opens it again; so does the key on it.
    lea.locator("#editor-art1 .note-call").nth(1).click()
    expect(lea.get_by_label("Texte de la note")).to_have_value("Inventaire de 2024.")
    lea.get_by_label("Texte de la note").fill("Inventaire de 2025.")
    keys(lea, "Enter")
    expect(tom.locator("#editor-art1 .notes")).to_contain_text("Inventaire de 2025.")
    lea.locator("#editor-art1 .notes li").first.click()
    lea.get_by_role("button", name="Retirer la note").click()
    expect(tom.locator("#editor-art1 .notes li")).to_have_text("Inventaire de 2025.")
    expect(lea.locator("#editor-art1")).to_contain_text("Les haies du bocage")


def test_one_undoes_ones_own_words_only(open_as: Open) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    write(lea, " Léa.")
    expect(tom.locator("#editor-art1")).to_contain_text("Léa.")
    write(tom, " Tom.")
    expect(lea.locator("#editor-art1")).to_contain_text("Tom.")
    keys(lea, "Control+z")
    expect(lea.locator("#editor-art1")).not_to_contain_text("Léa.")
    expect(tom.locator("#editor-art1")).not_to_contain_text("Léa.")
    expect(tom.locator("#editor-art1")).to_contain_text("Tom.")
    # Nothing more of hers: his words stay.
    keys(lea, "Control+z", "Control+z")
    expect(lea.locator("#editor-art1")).to_contain_text("entretiennent. Tom.")
    keys(lea, "Control+y")
    expect(tom.locator("#editor-art1")).to_contain_text("Léa.")
    keys(tom, "Control+z")
    expect(lea.locator("#editor-art1")).not_to_contain_text("Tom.")
    expect(lea.locator("#editor-art1")).to_contain_text("Léa.")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('Il dit "oui" et "non".', f"Il dit «{NBSP}oui{NBSP}» et «{NBSP}non{NBSP}»."),
        ("L'alliance", "L’alliance"),
        ("Et puis...", "Et puis…"),
        ("Pourquoi? Vraiment !", f"Pourquoi{NARROW}? Vraiment{NARROW}!"),
        ("Ainsi; donc: voici", f"Ainsi{NARROW}; donc{NBSP}: voici"),
        ("la ville - et nous", "la ville – et nous"),
        ("2020--2025", "2020–2025"),
        ("50 % de 20 €", f"50{NBSP}% de 20{NBSP}€"),
        ("à 14:30 sur https://a.fr/?x", "à 14:30 sur https://a.fr/?x"),
    ],
)
def test_french_typography_as_one_types(open_as: Open, typed: str, shown: str) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type(typed)
    assert lea.locator("#editor-art1 p").first.evaluate("node => node.textContent") == shown


@pytest.mark.parametrize("key", ["Backspace", "Control+z"])
def test_one_key_gives_back_what_was_typed(open_as: Open, key: str) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("Et puis...")
    keys(lea, key)
    expect(lea.locator("#editor-art1 p").first).to_have_text("Et puis...")
    lea.keyboard.type(" oui")
    expect(lea.locator("#editor-art1 p").first).to_have_text("Et puis... oui")


@pytest.mark.parametrize("sample", sorted(path.stem for path in SAMPLES.glob("*.html") if not path.stem.endswith("-kept")))
def test_what_other_programs_copy_is_cleaned(open_as: Open, served: Served, sample: str) -> None:
    lea = open_as("lea")
    empty(lea)
    paste(lea, (SAMPLES / f"{sample}.html").read_text())
    kept = SAMPLES / f"{sample}-kept.html"
    shown = lea.locator("#editor-art1").evaluate(CLEAN)
    assert shown == kept.read_text().strip()
    saved(lea)
    assert served.nodes("art1")


# What is drawn and not kept is left aside; one block a line.
CLEAN = """editor => {
    const copy = editor.cloneNode(true)
    for (const drawn of copy.querySelectorAll(".notes, .ProseMirror-trailingBreak, .ProseMirror-separator")) drawn.remove()
    for (const note of copy.querySelectorAll(".note-call"))
        for (const name of note.getAttributeNames()) if (name != "data-note") note.removeAttribute(name)
    return copy.innerHTML.replaceAll(' rel="noopener noreferrer"', "").replace(/(<\\/(?:p|h3|h4|li|ul|ol|tr|tbody|div)>)(?=<)/g, "$1\\n")
}"""


def test_images_are_refused_politely(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    paste(lea, '<p>Avant <img src="https://exemple.fr/a.png" alt="Photo"> après <img alt="🌳" src="x.png"></p>')
    expect(lea.locator("#editor-art1 p").first).to_have_text("Avant après 🌳")
    expect(lea.get_by_role("alert")).to_contain_text("Les images collées n’ont pas été gardées")


def test_an_older_editor_is_told_to_reload_and_deletes_nothing(open_as: Open, served: Served) -> None:
    tom = open_as("tom")
    empty(tom)
    keys(tom, "Control+Alt+g")
    tom.keyboard.type("Qui")
    saved(tom)
    served.schema = 1
    lea = open_as("lea", ready=False)
    expect(lea.get_by_role("alert")).to_contain_text("Rechargez la page : l’éditeur a changé")
    expect(lea.locator("#editor-art1")).to_have_count(0)
    assert kinds(served)[0] == "table"


def test_how_it_looks(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("Chaque partie apporte ce qu'elle a de meilleur")
    keys(lea, "Control+Alt+f")
    lea.keyboard.type("Délibération du conseil municipal du 12 mars 2026, n° 2026-14.")
    keys(lea, "Enter")
    lea.keyboard.type(", selon ce tableau.")
    keys(lea, "Enter", "Control+Alt+g")
    rows = ("Partie", "Apport", "Échéance", "Commune de Saint-Brice", "Un local de 80 m², place du marché", "1er mars 2027")
    for word in (*rows, "Bocage vivant", "Deux jours par semaine d'une animatrice", "Dès la signature"):
        lea.keyboard.type(word)
        keys(lea, "Tab")
    keys(lea, "Shift+Tab")
    shoot(lea, "rich-text")
    assert_accessible(lea)
