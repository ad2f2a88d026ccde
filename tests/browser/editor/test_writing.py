"""One person writes: keyboard, toolbar, typography, pasting, links, comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editor.conftest import Open
from tests.browser.editor.pages import ROOT
from tests.browser.editor.served import Served
from tests.browser.editor.test_together import saved, write

pytestmark = pytest.mark.browser
NBSP, NARROW = "\u00a0", "\u202f"


def empty(page: Page, ref: str = "art1") -> None:
    """Clears an article and leaves the cursor in it."""
    page.locator(f"#editor-{ref}").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def html(page: Page, ref: str = "art1") -> str:
    return page.locator(f"#editor-{ref}").inner_html()


def paste(page: Page, content: str, ref: str = "art1") -> None:
    page.evaluate(
        """([ref, content]) => {
            const data = new DataTransfer();
            data.setData("text/html", content);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.getElementById("editor-" + ref).dispatchEvent(event);
        }""",
        [ref, content],
    )


def test_formatting_by_keyboard_alone(open_as: Open, served: Served) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("un ")
    lea.keyboard.press("Control+b")
    lea.keyboard.type("mot")
    lea.keyboard.press("Control+b")
    lea.keyboard.press("Alt+F10")
    expect(lea.locator("[data-action=heading]")).to_be_focused()
    for _ in range(3):
        lea.keyboard.press("ArrowRight")
    expect(lea.locator("[data-action=italic]")).to_be_focused()
    lea.keyboard.press("Enter")
    expect(lea.locator("[data-action=italic]")).to_have_attribute("aria-pressed", "true")
    lea.keyboard.press("Escape")
    expect(lea.locator("#editor-art1")).to_be_focused()
    lea.keyboard.type(" doux")
    lea.keyboard.press("Control+Alt+3")
    assert html(lea) == "<h3>un <strong>mot</strong><em> doux</em></h3>"
    saved(lea)
    assert served.nodes("art1")[0]["content"][1] == {"type": "text", "text": "mot", "marks": [{"type": "strong"}]}


def test_lists_by_keyboard(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("- un")
    lea.keyboard.press("Enter")
    lea.keyboard.type("deux")
    lea.keyboard.press("Alt+Shift+ArrowRight")
    assert html(lea) == "<ul><li><p>un</p><ul><li><p>deux</p></li></ul></li></ul>"
    lea.keyboard.press("Control+Shift+Digit7")
    assert "<ol><li><p>deux</p></li></ol>" in html(lea)
    lea.keyboard.press("Control+Shift+Digit7")
    assert html(lea) == "<ul><li><p>un</p></li><li><p>deux</p></li></ul>"


def test_tab_leaves_the_text_both_ways(open_as: Open) -> None:
    lea = open_as("lea")
    lea.locator("#editor-art2").focus()
    lea.keyboard.press("Tab")
    expect(lea.locator("#editor-art3")).to_be_focused()
    lea.keyboard.press("Shift+Tab")
    lea.keyboard.press("Shift+Tab")
    expect(lea.locator("#editor-art1")).to_be_focused()
    lea.keyboard.press("Shift+Tab")
    expect(lea.locator("[data-editor-toolbar] [tabindex='0']")).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ('Il dit "oui" vite', f"Il dit «{NBSP}oui{NBSP}» vite"),
        ("Vraiment ? Oui!", f"Vraiment{NARROW}? Oui{NARROW}!"),
        ("un ; deux : trois", f"un{NARROW}; deux{NBSP}: trois"),
        ("But: agir, à 14:02", f"But{NBSP}: agir, à 14:02"),
        ("l'an... 2026--2030", "l’an… 2026–2030"),
        ("https://a.fr/b?c=d;e", "https://a.fr/b?c=d;e"),
        ("Quoi ?!", f"Quoi{NARROW}?!"),
    ],
)
def test_french_typography_as_typed(open_as: Open, typed: str, read: str) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type(typed)
    assert lea.locator("#editor-art1 p").text_content() == read


def test_backspace_gives_back_what_was_typed(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type('"')
    assert lea.locator("#editor-art1 p").text_content() == f"«{NBSP}"
    lea.keyboard.press("Backspace")
    assert lea.locator("#editor-art1 p").text_content() == '"'


def test_what_is_pasted_is_cleaned(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    paste(
        lea,
        '<h1 style="color:red">Titre</h1><p onclick="x()">Un <b>mot</b> <a href="javascript:x()">piège</a> <a href="https://exemple.fr">bon</a>'
        '</p><table><tr><td>case</td></tr></table><img src="x"><script>x()</script>',
    )
    assert html(lea).replace(' rel="noopener noreferrer"', "") == (
        '<h3>Titre</h3><p>Un <strong>mot</strong> piège <a href="https://exemple.fr">bon</a></p><p>case</p>'
    )


def test_bold_and_italic_survive_pasting_from_office_software(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    paste(
        lea,
        '<style>p {color: red}</style><b style="font-weight:normal"><p><span style="font-size:11pt;font-weight:700">gras</span> '
        '<span style="font-style:italic;font-weight:700">les deux</span></p></b>',
    )
    assert html(lea) == "<p><strong>gras</strong> <strong><em>les deux</em></strong></p>"


def test_a_link_is_asked_for_in_a_dialog(open_as: Open) -> None:
    lea = open_as("lea")
    empty(lea)
    lea.keyboard.type("voir ici")
    lea.keyboard.press("Control+Shift+ArrowLeft")
    lea.keyboard.press("Control+k")
    address = lea.get_by_label("Adresse du lien")
    expect(address).to_be_focused()
    lea.keyboard.type("nul")
    lea.keyboard.press("Enter")
    expect(lea.get_by_role("alert")).to_contain_text("Cette adresse n’est pas complète")
    expect(address).to_have_value("nul")
    address.fill("exemple.fr/haies")
    lea.keyboard.press("Enter")
    expect(lea.locator("#editor-art1")).to_be_focused()
    expect(lea.locator("#editor-art1 a")).to_have_attribute("href", "https://exemple.fr/haies")
    lea.keyboard.press("ArrowLeft")
    lea.keyboard.press("ArrowRight")
    lea.keyboard.press("Control+k")
    expect(address).to_have_value("https://exemple.fr/haies")
    lea.get_by_role("button", name="Retirer le lien").click()
    expect(lea.locator("#editor-art1 a")).to_have_count(0)


def test_a_comment_holds_on_to_its_words(open_as: Open, served: Served) -> None:
    lea, tom = open_as("lea"), open_as("tom")
    lea.evaluate("document.body.addEventListener('charte:comment', (event) => { window.asked = event.detail; })")
    empty(lea)
    lea.keyboard.type("les haies vives")
    lea.keyboard.press("Control+Shift+ArrowLeft")
    lea.locator("[data-action=comment]").click()
    asked = lea.evaluate("window.asked")
    assert (asked["ref"], asked["quote"]) == ("art1", "vives")
    expect(tom.locator("#editor-art1")).to_contain_text("vives")
    tom.locator("#editor-art1").focus()
    tom.keyboard.press("Control+Home")
    tom.keyboard.type("Pour ")
    expect(lea.locator("#editor-art1")).to_contain_text("Pour")
    lea.evaluate("detail => document.body.dispatchEvent(new CustomEvent('charte:comment-saved', {detail}))", {**asked, "id": "c12"})
    expect(tom.locator("[data-comment=c12]")).to_contain_text("vives")
    write(lea, " et libres")
    expect(tom.locator("#editor-art1")).to_contain_text("libres")
    lea.keyboard.press("Control+z")
    expect(tom.locator("#editor-art1")).not_to_contain_text("libres")
    expect(tom.locator("[data-comment=c12]")).to_contain_text("vives")
    lea.evaluate("document.body.dispatchEvent(new CustomEvent('charte:comment-removed', {detail: {ref: 'art1', id: 'c12'}}))")
    expect(tom.locator("[data-comment]")).to_have_count(0)


def test_pages_are_told_what_to_refresh(open_as: Open) -> None:
    lea = open_as("lea")
    lea.evaluate(
        "document.body.addEventListener('charte:article-changed', (event) => { document.body.dataset.changed = event.detail.ref; })"
    )
    write(lea, " Encore.", "art2")
    expect(lea.locator("body")).to_have_attribute("data-changed", "art2")


def test_each_text_says_what_it_is(open_as: Open) -> None:
    lea = open_as("lea")
    text = lea.get_by_role("textbox", name="Article 2 : Gouvernance")
    expect(text).to_have_attribute("aria-multiline", "true")
    expect(lea.get_by_role("toolbar", name="Mise en forme du texte")).to_be_visible()
    expect(lea.get_by_role("button", name="Gras")).to_have_attribute("title", "Gras (Ctrl+B)")
    expect(lea.locator("[data-action=redo]")).to_have_attribute("title", "Rétablir ma modification (Ctrl+Maj+Z)")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(open_as: Open, width: int, scheme: str) -> None:
    lea = open_as("lea", viewport={"width": width, "height": 844}, color_scheme=scheme)
    tom = open_as("tom")
    write(tom, " Ici.")
    write(lea, " Là.")
    lea.locator(".people-summary").click()
    expect(lea.locator(".remote-cursor")).to_have_count(1)
    # Run through the debugger: the page's policy lets no other script in.
    lea.evaluate(Path(ROOT / "node_modules/axe-core/axe.min.js").read_text() + ";0")
    found = lea.evaluate("axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html)]))")
    assert found == []
    assert lea.evaluate("document.querySelectorAll('style, [style*=color]').length") == 0


def test_on_a_phone_the_tools_come_with_the_text(open_as: Open) -> None:
    lea = open_as("lea", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(lea.get_by_role("toolbar")).to_be_hidden()
    lea.locator("#editor-art1").tap()
    expect(lea.get_by_role("toolbar")).to_be_visible()
    box = lea.get_by_role("toolbar").bounding_box()
    assert box and round(box["y"] + box["height"]) == 844
    bold = lea.get_by_role("button", name="Gras")
    size = bold.bounding_box()
    assert size and min(size["width"], size["height"]) >= 44
    bold.tap()
    expect(lea.locator("#editor-art1")).to_be_focused()
    expect(bold).to_have_attribute("aria-pressed", "true")
    assert lea.evaluate("document.documentElement.scrollWidth <= innerWidth")
