"""Downloading the charter in each format and bringing a text back, on the real application."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from charter.adapters import outbox
from charter.drafting.files.docx_out import to_docx
from charter.drafting.files.reading import read
from tests.browser.conftest import SCREENS, Running, assert_accessible, shoot
from tests.browser.test_drafting import two_people
from tests.charter.drafting.files.documents import EVERYTHING, charter, paragraph

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def saved(page: Page, link: str, folder: Path) -> Path:
    """The file a link or a button gives."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_each_format_is_downloaded(running_app: Running, page_as: Open, tmp_path: Path) -> None:
    path, lea, _tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte")
    page.get_by_role("link", name="Télécharger", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Télécharger la charte")
    assert_accessible(page)
    shoot(page, "files-downloads")
    for link, ending in (("Télécharger le DOCX", ".docx"), ("Télécharger l’ODT", ".odt"), ("Télécharger le texte", ".md")):
        file = saved(page, link, tmp_path)
        assert file.suffix == ending
        assert "-projet-" in file.name
        assert len(read(file.read_bytes()).articles) == 2
    page.get_by_role("button", name="Préparer le PDF").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le PDF de la charte")
    assert_accessible(page)
    shoot(page, "files-pdf-waiting")
    outbox.drain(running_app.engine)
    expect(page.get_by_text("Le PDF est prêt.")).to_be_visible()
    assert_accessible(page)
    shoot(page, "files-pdf-ready")
    pdf = saved(page, ".pdf", tmp_path)
    assert pdf.read_bytes().startswith(b"%PDF-1.7")
    subprocess.run(["pdftoppm", "-r", "50", "-png", str(pdf), str(SCREENS / "files-pdf-page")], check=True)


def test_a_docx_is_brought_and_the_charter_starts_again_from_it(running_app: Running, page_as: Open, tmp_path: Path) -> None:
    path, lea, tom = two_people(running_app)
    file = tmp_path / "convention.docx"
    file.write_bytes(to_docx(charter(("Notre but", EVERYTHING), ("La durée", [paragraph("Trois années.")]))))
    his = page_as(tom, f"{path}/charte/texte")
    page = page_as(lea, f"{path}/charte")
    page.get_by_role("link", name="Apporter un texte").click()
    assert_accessible(page)
    shoot(page, "files-bring")
    page.get_by_role("button", name="Lire ce texte").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un fichier, ou collez un texte")
    assert_accessible(page)
    page.get_by_label("Le fichier").set_input_files(file)
    page.get_by_role("button", name="Lire ce texte").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que nous avons compris")
    page.get_by_text("Notre but").click()
    expect(page.get_by_text("Sous-titre", exact=True)).to_be_visible()
    assert_accessible(page)
    shoot(page, "files-brought")
    page.get_by_role("link", name="Choisir les changements").click()
    page.get_by_text("Voir le changement").first.click()
    assert_accessible(page)
    shoot(page, "files-amend")
    page.go_back()
    page.get_by_role("link", name="Remplacer le texte d’aujourd’hui").click()
    assert_accessible(page)
    shoot(page, "files-replace")
    page.get_by_role("button", name="Remplacer le texte").click()
    expect(page.get_by_text("La charte repart de votre texte")).to_be_visible()
    expect(page.get_by_text("Trois années.")).to_be_visible()
    shoot(page, "files-replaced")
    his.reload()
    expect(his.get_by_text("Trois années.")).to_be_visible()


def test_a_pasted_text_becomes_amendments(running_app: Running, page_as: Open) -> None:
    path, lea, _tom = two_people(running_app)
    page = page_as(lea, f"{path}/charte/importer", viewport={"width": 390, "height": 800})
    page.get_by_text("Ou coller le texte").click()
    page.get_by_label("Le texte", exact=False).last.fill("Article 1 : Une annexe\n\nToute neuve.\n\nArticle 2 : Une autre\n\nAussi.")
    page.get_by_role("button", name="Lire ce texte").click()
    page.get_by_role("link", name="Choisir les changements").click()
    page.get_by_role("button", name="Proposer ces amendements").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Pourquoi ces changements ?").fill("Comme voté en mars par le conseil.")
    page.get_by_role("button", name="Proposer ces amendements").click()
    expect(page.get_by_text("2 amendements sont proposés.")).to_be_visible()
