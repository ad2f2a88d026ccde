"""An envelope signed at an outside provider, as people live it on a phone: `charte serve` whole, and the provider of tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from charter.accounts.models import Person
from charter.adapters.http.requests import SESSION_COOKIE
from charter.signing.models import Signatory
from tests import factories as kernel
from tests.browser.conftest import Running, assert_accessible, shoot
from tests.browser.journey.installation import Installation, embedded
from tests.browser.journey.people import Journey, follow, press
from tests.charter.signing import factories as make
from tests.provider import KEY, SECRET, Provider
from tests.provider_hand import Hand

pytestmark = [pytest.mark.browser, pytest.mark.real_mail]
Contexts = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}}
PATIENCE = 90_000


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Running."""
    made = Provider(hand=Hand()).start()
    yield made
    made.stop()


@pytest.fixture
def site(built: None, provider: Provider, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose operator proposes that provider, at the advanced level; its messages arrive."""
    roots = tmp_path / "provider-roots.pem"
    roots.write_bytes(provider.hand.roots_pem)
    settings = {
        "URL": provider.url,
        "LINKS": provider.origin,
        "ROOTS": str(roots),
        "API_KEY": KEY,
        "WEBHOOK_SECRET": SECRET,
        "NAME": "Paraphe",
        "LEVEL": "advanced_electronic_signature",
        "SECONDS": "5",
    }
    directory = tmp_path / "data"
    directory.mkdir()
    with embedded(directory, **{f"SIGNATURE_PROVIDER_{name}": value for name, value in settings.items()}) as made:
        provider.webhook = f"{made.url}/api/v1/webhooks/signature"
        yield made


@dataclass
class Scene:
    """An envelope in preparation, of three people; the first leads."""

    site: Installation
    contexts: Contexts
    url: str
    lead: Person
    people: list[tuple[str, Person]]

    def page(self, person: Person) -> Page:
        """A phone where that person is signed in, on the signature's page."""
        context = self.contexts(person.display_name, **PHONE)
        cookie = Running(self.site.url, self.site.engine).cookie(person)
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": self.site.url}])
        page = context.new_page()
        page.goto(self.url)
        return page


@pytest.fixture
def scene(site: Installation, contexts: Contexts) -> Scene:
    with site.engine.work() as work:
        envelope = make.envelope(work)
        people = [(one.name, one.person) for one in envelope.signatories]
        lead = kernel.speaker(envelope.alliance.parties[0])
        for person in (lead, *(one for _, one in people)):
            work.session.refresh(person)
        return Scene(site, contexts, f"{site.url}/alliances/{envelope.alliance.ref}/signature", lead, people)


def title(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def seen(page: Page, name: str) -> None:
    """Looked at, at both widths, and heard by axe."""
    shoot(page, f"provider-{name}")
    assert_accessible(page)


def test_three_people_sign_at_the_provider(scene: Scene, provider: Provider, contexts: Contexts) -> None:
    page = scene.page(scene.lead)
    confide(page, scene)
    for number, (name, person) in enumerate(scene.people):
        sign(scene, provider, name, person, first=not number)
    completed(page, scene)


def confide(page: Page, scene: Scene) -> None:
    """Those who lead choose the provider, give the phones it asks for, send."""
    follow(page, "Préparer l’envoi")
    follow(page, re.compile("Modifier qui recueille"))
    title(page, "Qui recueille les signatures ?")
    seen(page, "choose")
    page.get_by_label("Paraphe").check()
    press(page, "Enregistrer")
    expect(page.get_by_role("main")).to_contain_text("Signature électronique avancée, recueillie par Paraphe")
    expect(page.get_by_role("button", name="Envoyer à la signature")).to_have_count(0)
    seen(page, "prepare-lacks")
    for number, (name, _) in enumerate(scene.people):
        follow(page, re.compile(f"Indiquer le mobile d(e |’){name}"))
        title(page, re.compile(f"^Quel est le mobile d(e |’){name} \\?$"))
        if not number:
            page.get_by_label("Téléphone mobile").fill("06 12")
            press(page, "Enregistrer")
            expect(page.get_by_role("alert").first).to_contain_text("Écrivez un numéro de mobile complet")
            seen(page, "phone-refused")
        page.get_by_label("Téléphone mobile").fill(f"06 12 34 56 7{number}")
        press(page, "Enregistrer")
    seen(page, "prepare-ready")
    press(page, "Envoyer à la signature")
    expect(page.locator(".signing-count")).to_contain_text("0 signature")
    seen(page, "sent")


def sign(scene: Scene, provider: Provider, name: str, person: Person, *, first: bool) -> None:
    """From the mail to the provider's page and back."""
    journey = Journey(scene.site, scene.contexts, look=False)
    page = scene.page(person)
    page.goto(journey.link(journey.mail(person.email, "À signer"), "/signature"))
    title(page, "Lisez ce que vous allez signer")
    if first:
        seen(page, "read")
    for box in page.get_by_label("J’ai lu ce document jusqu’au bout").all():
        box.check()
    press(page, "J’ai lu les documents, je continue")
    title(page, "Il reste à signer chez Paraphe")
    if first:
        the_provider_does_not_answer(page, provider)
        seen(page, "leave")
    press(page, "Aller signer chez Paraphe")
    expect(page).to_have_url(re.compile(re.escape(f"{provider.origin}/signatures/")))
    title(page, name)
    if first:
        page.go_back()
        title(page, "Il reste à signer chez Paraphe")
        press(page, "Aller signer chez Paraphe")
    page.get_by_role("button", name="Signer les documents").click()
    page.wait_for_url(scene.url)
    row = page.locator(".signer").filter(has_text=name)
    expect(row).to_contain_text("A signé chez Paraphe", timeout=PATIENCE)
    expect(page.get_by_role("main")).not_to_contain_text("Terminez votre signature")
    expect(page.get_by_role("main")).not_to_contain_text("0 signature")
    if first:
        seen(page, "one-signed")


def the_provider_does_not_answer(page: Page, provider: Provider) -> None:
    """The click is not lost: the page says that the provider is away, and the same button tries again."""
    provider.fail("GET /signature_requests/.*/signers/.*", 503)
    press(page, "Aller signer chez Paraphe")
    title(page, "Il reste à signer chez Paraphe")
    expect(page.get_by_text("Le prestataire de signature ne répond pas pour le moment")).to_be_visible()
    seen(page, "away")
    page.reload()


def completed(page: Page, scene: Scene) -> None:
    """The files came home and hold; what proves it is offered."""
    page.goto(scene.url)
    expect(page.get_by_role("main")).to_contain_text("Tout le monde a signé. Gardez vos exemplaires", timeout=PATIENCE)
    expect(page.get_by_role("link", name=re.compile("Les mêmes faits en JSON"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("main")).not_to_contain_text("réunir le dossier de preuve")
    expect(page.get_by_role("link", name="Annuler l’envoi à la signature")).to_have_count(0)
    seen(page, "completed")
    for name, _ in scene.people:
        expect(page.get_by_role("link", name=re.compile(f"Preuve de Paraphe pour {name}"))).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("Les mêmes faits en JSON")).click()
    told = json.loads(Path(started.value.path()).read_bytes())
    assert told["provider"]["name"] == "Paraphe" and told["level"]["claimed_by"] == "Paraphe"
    assert any("au nom de son signataire" in line for line in told["proves"])
    with scene.site.engine.work(write=False) as work:
        assert {one.status.value for one in work.session.query(Signatory).all()} == {"signed"}
