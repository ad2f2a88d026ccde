"""Articles come, move, are cut and joined while others write; words typed offline outlive their page; words are found and defined."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from charter.drafting import services
from charter.drafting.live.moving import Place
from tests.browser.conftest import assert_accessible, shoot
from tests.browser.scene import FIRST, Scene, caret, opened, saved, scene, titles
from tests.charter.drafting import factories as made

__all__ = ["scene"]
pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_articles_change_in_place_while_somebody_writes(scene: Scene, page_as: Open) -> None:
    hers, his = opened(page_as, scene, scene.lea), opened(page_as, scene, scene.tom)
    second = his.locator("[data-article-title]").nth(1).inner_text()
    his.evaluate("window.stillHere = true")
    caret(his, scene.refs[0], "Control+End")
    his.keyboard.type(" Tom écrit")

    # Léa adds an article of the library in a dialog, by keyboard, without leaving the text.
    hers.get_by_role("link", name="Ajouter un article", exact=True).focus()
    hers.keyboard.press("Enter")
    dialog = hers.locator("dialog.workshop")
    expect(dialog.get_by_role("heading", name="Ajouter un article")).to_be_focused()
    assert_accessible(hers)
    dialog.get_by_role("link", name="Choisir un article prêt dans la bibliothèque").click()
    expect(dialog.get_by_role("heading", name="Bibliothèque d’articles")).to_be_visible()
    dialog.get_by_text("Lire l’article").first.click()
    assert_accessible(hers)
    dialog.get_by_role("button", name="Ajouter cet article").first.click()
    expect(titles(hers).nth(2)).to_have_text("Notre communication commune")
    expect(titles(his).nth(2)).to_have_text("Notre communication commune")
    expect(his.locator("[data-outline] [data-outline-title]").nth(2)).to_have_text("Notre communication commune")

    # She moves the second article up: Tom goes on typing in the first, which is now the second.
    hers.locator("section.article").nth(1).locator(".article-menu summary").click()
    hers.locator("section.article").nth(1).get_by_role("button", name="Monter").click()
    expect(titles(his).first).to_have_text(second)
    his.keyboard.type(" toujours.")
    expect(his.locator("section.article .article-number").nth(1)).to_have_text("Article 2")
    saved(his)
    assert scene.words(scene.refs[0]).endswith(" Tom écrit toujours.")

    # She removes one, renames another.
    hers.locator("section.article").nth(2).locator(".article-menu summary").click()
    hers.locator("section.article").nth(2).get_by_role("link", name="Retirer de la charte").click()
    dialog.get_by_role("button", name="Retirer cet article").click()
    expect(titles(his)).to_have_count(2)
    hers.locator("section.article").nth(0).locator(".article-menu summary").click()
    hers.locator("section.article").nth(0).get_by_role("link", name="Renommer").click()
    dialog.get_by_label("Titre de l’article").fill("X")
    dialog.get_by_role("button", name="Renommer").click()
    expect(dialog.get_by_text("Donnez un titre de 2 à 160 caractères").first).to_be_visible()
    dialog.get_by_label("Titre de l’article").fill("Le besoin, en clair")
    dialog.get_by_role("button", name="Renommer").click()
    expect(titles(his).first).to_have_text("Le besoin, en clair")
    assert his.evaluate("window.stillHere")
    assert hers.locator("h1").count() == 1


def test_an_article_is_cut_and_joined_while_the_other_types(scene: Scene, page_as: Open) -> None:
    hers, his = opened(page_as, scene, scene.lea), opened(page_as, scene, scene.tom)
    ref = scene.refs[0]
    caret(his, ref, "Control+Home")
    caret(hers, ref, "Control+Home", len("Nous plantons des haies. "))
    hers.keyboard.press("Control+Alt+Enter")
    dialog = hers.locator("dialog.workshop")
    expect(dialog.locator(".cut-sides")).to_contain_text("Chaque hiver, nous nous retrouvons.")
    assert_accessible(hers)
    shoot(hers, "drafting-cut")
    his.keyboard.type("Oui. ")
    dialog.get_by_label("Titre du nouvel article").fill("Nos rencontres")
    dialog.get_by_role("button", name="Couper").click()
    expect(titles(his).nth(1)).to_have_text("Nos rencontres")
    expect(his.locator("section.article").nth(1)).to_contain_text("Chaque hiver, nous nous retrouvons.")
    his.keyboard.type("Et alors. ")
    expect(hers.locator("section.article").first).to_contain_text("Oui. Et alors. ")
    saved(his)
    assert scene.words(ref) == "Oui. Et alors. Nous plantons des haies. "

    hers.locator("section.article").nth(1).locator(".article-menu summary").click()
    hers.locator("section.article").nth(1).get_by_role("link", name="Réunir avec un article voisin").click()
    dialog.locator("label", has_text="L’article 1").click()
    dialog.get_by_label("Garder le titre du second comme intertitre").uncheck()
    assert_accessible(hers)
    dialog.get_by_role("button", name="Réunir").click()
    expect(titles(his)).to_have_count(2)
    his.keyboard.type("Encore. ")
    saved(his)
    expect(hers.locator("section.article").first).to_contain_text("Encore.")
    assert scene.words(ref) == "Oui. Et alors. Encore. Nous plantons des haies. |Chaque hiver, nous nous retrouvons."


def test_words_typed_in_what_moves_away_are_handed_back(scene: Scene, page_as: Open) -> None:
    two = [made.paragraph("Nous plantons des haies."), made.paragraph("Chaque hiver.")]
    scene.act(lambda work, text: services.write(work, text.present_articles[0], two))
    page, his = opened(page_as, scene, scene.lea), opened(page_as, scene, scene.tom)
    page.context.set_offline(True)
    expect(page.locator("[data-editor-status]")).to_contain_text("Hors ligne")
    # Meanwhile the paragraph goes to an article of its own: late words have no place in the one it left.
    scene.act(lambda work, text: services.split_article(work, text.present_articles[0], Place(1), "Nos rencontres"))
    expect(titles(his).nth(1)).to_have_text("Nos rencontres")
    caret(page, scene.refs[0], "Control+End")
    page.keyboard.type(" Et nous chantons.")
    page.context.set_offline(False)
    notice = page.locator(".editor-notice")
    expect(notice).to_contain_text("vient d’être déplacé ou retiré")
    assert "Et nous chantons." in notice.locator("textarea").input_value()


def test_words_typed_offline_outlive_their_page_and_come_back_once(scene: Scene, page_as: Open) -> None:
    hers, his = opened(page_as, scene, scene.lea), opened(page_as, scene, scene.tom)
    context, ref = hers.context, scene.refs[0]
    context.set_offline(True)
    caret(hers, ref, "Control+End")
    hers.keyboard.type(" Sous la pluie.")
    expect(hers.locator("[data-editor-status]")).to_have_text(
        "Hors ligne : vos mots sont gardés sur cet appareil et seront envoyés au retour"
    )
    kept(hers, 15)
    caret(his, ref, "Control+Home")
    his.keyboard.type("Ensemble, ")
    saved(his)
    hers.close()
    context.set_offline(False)

    again, twice = context.new_page(), context.new_page()
    for page in (again, twice):
        page.goto(f"{scene.app.url}{scene.path}/texte")
    for page in (again, twice, his):
        expect(page.locator(f"#editor-{ref}")).to_contain_text("Ensemble, ")
        expect(page.locator(f"#editor-{ref}")).to_contain_text("retrouvons. Sous la pluie.")
    expect(again.locator("[data-editor-status]")).to_contain_text("Enregistré à")
    kept(again, 0)
    assert scene.words(ref) == f"Ensemble, {FIRST} Sous la pluie."
    again.reload()
    expect(again.locator(f"#editor-{ref}")).to_contain_text("Sous la pluie.")
    assert scene.words(ref).count("Sous la pluie.") == 1


def test_signing_out_leaves_no_word_on_the_device(scene: Scene, page_as: Open) -> None:
    page = opened(page_as, scene, scene.lea)
    page.context.set_offline(True)
    caret(page, scene.refs[0], "Control+End")
    page.keyboard.type(" Secret")
    kept(page, 7)
    context = page.context
    page.close(run_before_unload=False)
    context.set_offline(False)
    other = context.new_page()
    other.goto(f"{scene.app.url}/compte")
    kept(other, 7)
    other.locator("form[data-sign-out] button").evaluate("button => button.click()")
    other.wait_for_url(lambda address: "/compte" not in address)
    kept(other, 0)


def kept(page: Page, records: int) -> None:
    """As many records wait on this device."""
    count = """async (records) => {
      const open = () => new Promise((done, fail) => {
        const asked = indexedDB.open("charte-mots-en-attente");
        asked.onupgradeneeded = () => { asked.transaction.abort(); };
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => done(null);
      });
      const db = await open();
      if (!db) return records === 0;
      const all = await new Promise((done) => {
        const asked = db.transaction("updates").objectStore("updates").getAll();
        asked.onsuccess = () => done(asked.result.length);
      });
      db.close();
      return all === records;
    }"""
    page.wait_for_function(count, arg=records)


def test_words_are_found_and_replaced_in_the_whole_text(scene: Scene, page_as: Open) -> None:
    page = opened(page_as, scene, scene.lea)
    caret(page, scene.refs[0], "Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("Les HAIES et les haïes.")
    saved(page)
    page.keyboard.press("Control+Alt+r")
    bar = page.get_by_role("search", name="Chercher et remplacer")
    bar.get_by_label("Chercher", exact=True).fill("haies")
    expect(bar.locator(".search-count")).to_have_text("Trouvé 3 fois")
    page.keyboard.press("Enter")
    expect(bar.locator(".search-count")).to_have_text("1 sur 3, dans l’article 1")
    expect(page.locator(".found--current")).to_have_text("haies")
    bar.get_by_label("Respecter les accents").check()
    expect(bar.locator(".search-count")).to_contain_text("sur 2")
    bar.get_by_label("Remplacer par").fill("arbres")
    bar.get_by_role("button", name="Remplacer", exact=True).click()
    assert_accessible(page)
    shoot(page, "drafting-search")
    bar.get_by_role("button", name="Tout remplacer").click()
    expect(bar.locator(".search-count")).to_have_text("Remplacements faits : 1.")
    saved(page)
    expect(page.locator(f"#editor-{scene.refs[0]}")).to_contain_text("Les arbres et les haïes.")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert scene.words(scene.refs[0]).startswith("Nous plantons des arbres.")

    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog", name="Raccourcis du clavier")).to_be_visible()
    assert_accessible(page)
    shoot(page, "drafting-shortcuts")
    page.keyboard.press("Escape")


def test_the_alliance_defines_its_words(scene: Scene, page_as: Open) -> None:
    page = page_as(scene.lea, f"{scene.path}/mots")
    page.get_by_label("Le mot ou l’expression").fill("haie")
    page.get_by_label("Ce que nous entendons par là").fill("Une bande d’arbres et d’arbustes d’au moins vingt mètres.")
    page.get_by_role("button", name="Définir").click()
    expect(page.locator(".mot")).to_contain_text("d’au moins vingt mètres")
    assert_accessible(page)
    shoot(page, "drafting-terms")
    page.goto(f"{scene.app.url}{scene.path}/articles/{scene.refs[0]}")
    page.locator("a.term", has_text="haies").click()
    expect(page.locator(".term-box")).to_have_text("Une bande d’arbres et d’arbustes d’au moins vingt mètres.")
    assert_accessible(page)
    shoot(page, "drafting-term")
    page.goto(f"{scene.app.url}{scene.path}/texte")
    word = page.locator(f"#editor-{scene.refs[0]} .term")
    expect(word).to_have_text("haies")
    word.click()
    expect(page.locator(".term-box")).to_contain_text("Une bande d’arbres")
    page.keyboard.press("Escape")
    expect(page.locator(".term-box")).to_be_hidden()
    assert "term" not in scene.words(scene.refs[0])


def test_the_text_is_comfortable_on_a_phone(scene: Scene, page_as: Open) -> None:
    page = opened(page_as, scene, scene.lea, viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    page.locator(f"#editor-{scene.refs[0]}").tap()
    toolbar = page.locator("[data-editor-toolbar]")
    expect(toolbar).to_be_visible()
    small = """() => [...document.querySelectorAll('.editor button, .editor summary, .editor .state a, .charter-ways a')]
      .filter((one) => one.checkVisibility({visibilityProperty: true}))
      .map((one) => [one.getAttribute('aria-label') || one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.height < 44 || box.width < 24))
      .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    assert page.evaluate(small) == []
    page.screenshot(path="var/screens/drafting-phone-editing.png")
    page.locator("section.article .article-menu summary").first.tap()
    page.screenshot(path="var/screens/drafting-phone-menu.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
