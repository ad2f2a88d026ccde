"""Anybody has a signed document checked, without an account."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from charter.adapters import outbox
from charter.signing.sealer import sealer
from tests.browser.conftest import OpenAs, Running, assert_accessible, shoot
from tests.charter.adapters.signer_samples import PEOPLE, draft, overwritten

pytestmark = pytest.mark.browser


def apart(call: Callable[[], object]) -> None:
    """In a thread of its own: Playwright holds this one's event loop, and the signing engine wants one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call).result()


@pytest.fixture
def signed_file(running_app: Running, tmp_path: Path) -> Path:
    """A document three people signed just now with this installation's keys."""
    path = tmp_path / "charte.pdf"
    apart(lambda: path.write_bytes(_signed(running_app)))
    return path


def _signed(running_app: Running) -> bytes:
    now = running_app.engine.clock.now()
    service = sealer(running_app.engine.settings, now).service
    sealed = service.certify(draft(*PEOPLE), when=now, reason="Certification")
    for field, person in PEOPLE.items():
        sealed = service.sign(sealed.pdf, field=field, identity=person, when=now, reason="Lu et approuvé", final=field == "commune")
    return sealed.pdf


def test_a_stranger_checks_a_document(running_app: Running, stranger: OpenAs, signed_file: Path, tmp_path: Path) -> None:
    page = stranger("/")
    page.get_by_role("link", name="Vérifier un document signé").click()
    assert_accessible(page)
    shoot(page, "verifier")
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez le fichier PDF à vérifier")
    page.get_by_label("Le fichier PDF à vérifier").set_input_files(signed_file)
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.get_by_text("en cours d’examen")).to_be_visible()
    apart(lambda: outbox.drain(running_app.engine))
    expect(page.get_by_text("Ce document est intact, et ses signatures sont reconnues")).to_be_visible()
    expect(page.get_by_text("Zoé Nguyễn")).to_be_visible()
    assert_accessible(page)
    shoot(page, "verifier-intact")

    spoiled = tmp_path / "autre.pdf"
    spoiled.write_bytes(overwritten(signed_file.read_bytes()))
    page.get_by_role("link", name="Vérifier un autre document").click()
    page.get_by_label("Le fichier PDF à vérifier").set_input_files(spoiled)
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.get_by_text("Ce document a été modifié après avoir été signé")).to_be_visible()
    assert_accessible(page)
    shoot(page, "verifier-modifie")
