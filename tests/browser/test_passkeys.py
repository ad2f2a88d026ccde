"""A passkey in a real browser, its authenticator played by the browser itself: added, at the door, and in the ceremony, by keyboard."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Route, expect

from charter.accounts.models import Passkey, Person
from charter.adapters import mail, outbox
from charter.adapters.http.requests import SESSION_COOKIE
from charter.signing import services
from charter.signing.models import PasskeyProof, Signatory
from charter.signing.services.passkeys import bound_challenge
from charter.work import Work
from tests.browser.conftest import Running, assert_accessible, shoot
from tests.browser.journey.keyboard import Keyboard
from tests.charter.signing import factories as make

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
Contexts = Callable[..., BrowserContext]


class Scene:
    """An envelope sent to three people, the first of whom is Amina."""

    def __init__(self, app: Running) -> None:
        self.app = app
        with app.engine.work() as work:
            signatory = make.sent(work).signatories[0]
            self.id, self.person = signatory.id, signatory.person_id
            self.name, self.email = signatory.name, signatory.email
            self.url = f"{app.url}/alliances/{signatory.envelope.alliance.ref}/signature"

    def look(self, ask: Callable[[Work, Signatory], object]) -> object:
        """What is stored of her signature."""
        with self.app.engine.work(write=False) as work:
            return ask(work, work.get(Signatory, self.id))

    def act(self, change: Callable[[Work, Signatory], object]) -> object:
        """What somebody does meanwhile, or she elsewhere."""
        with self.app.engine.work() as work:
            signatory = work.get(Signatory, self.id)
            return change(make.acting(work, signatory), signatory)

    def steps(self) -> list[str]:
        """The kinds of her steps."""
        found = self.look(lambda _, one: [step.kind for step in one.steps])
        assert isinstance(found, list)
        return found

    def identified(self) -> None:
        """She has read and stands identified."""
        self.act(lambda work, one: make.identify(work, one))

    def page(self, contexts: Contexts, path: str) -> Page:
        """Her browser, signed in, on that page of the signature."""
        context = contexts(self.name)
        with self.app.engine.work(write=False) as work:
            person = work.get(Person, self.person)
        context.add_cookies([{"name": SESSION_COOKIE, "value": self.app.cookie(person), "url": self.app.url}])
        page = context.new_page()
        page.goto(self.url + path if path.startswith("/ceremonie") else self.app.url + path)
        return page


@pytest.fixture
def scene(named_app: Running) -> Scene:
    return Scene(named_app)


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """Gives the page a device that keeps passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, str(made["authenticatorId"])


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def seen(page: Page, name: str) -> None:
    shoot(page, f"passkey-{name}")
    assert_accessible(page)


def test_a_passkey_added_then_used_to_enter_and_to_sign_by_keyboard(scene: Scene, contexts: Contexts) -> None:
    page = scene.page(contexts, "/compte")
    authenticator(page)
    keys = Keyboard(page)
    page.reload()
    keys.go("link", "Ajouter une clé d’accès")
    seen(page, "add")
    keys.reach("textbox", "Nom de la clé")
    page.keyboard.press("Control+a")
    keys.type("Ordinateur d’Amina")
    keys.go("button", "Créer la clé")
    expect(page.get_by_text("Votre clé d’accès est ajoutée.")).to_be_visible()
    expect(page.get_by_text("n’a pas encore servi")).to_be_visible()
    seen(page, "account")

    page.context.clear_cookies()
    page.goto(f"{scene.url}/ceremonie")
    title(page, "Se connecter")
    seen(page, "sign-in")
    keys.go("button", "Utiliser ma clé d’accès")
    title(page, "Lisez ce que vous allez signer")

    seen(page, "read")
    for kind in ("charter", "contract"):
        box = page.locator(f"#f-read-{kind}")
        if not box.is_checked():
            keys.reach("checkbox", re.compile("J’ai lu ce document jusqu’au bout.*" + ("Charte" if kind == "charter" else "Contrat")))
        expect(page.locator(f"#lu-{kind}")).to_contain_text("Lu jusqu’au bout à")  # the end came on screen on the way to the box
        expect(box).to_be_checked()
    expect(page.locator("[data-reading-state]")).to_contain_text("vous pouvez continuer")
    seen(page, "read-to-end")
    keys.go("button", "J’ai lu les documents, je continue")

    title(page, "Assurons-nous que c’est bien vous")
    expect(page.get_by_role("button", name="Recevoir mon code")).to_be_visible()
    seen(page, "identity")
    keys.go("button", "M’identifier avec ma clé d’accès")
    title(page, "Signez pour Les Passerelles de l’emploi")
    expect(page.locator(".ceremony-state")).to_contain_text("Votre clé d’accès vous a identifié jusqu’à")
    seen(page, "sign")
    keys.reach("checkbox", "C’est bien ma volonté")
    page.keyboard.press("Space")
    keys.go("button", re.compile("Je signe au nom de"))
    expect(page.get_by_text("Votre accord est enregistré.")).to_be_visible()
    seen(page, "signed")
    keys.check_no_pointer()

    page.go_back()
    expect(page.get_by_text(re.compile("Vous avez déjà signé, le"))).to_be_visible()
    assert scene.steps()[-2:] == ["passkey_right", "confirmed"]
    assert scene.steps().count("read_to_end") == 2
    holds(scene)


def holds(scene: Scene) -> None:
    """What a real browser signed is bound to the documents; the key counts its uses; her name and address are in no handle."""
    with scene.app.engine.work(write=False) as work:
        proof = work.session.query(PasskeyProof).filter_by(signatory_id=scene.id).one()
        own = work.get(Signatory, scene.id)
        digest = hashlib.sha256("\n".join(one.original_sha256 for one in own.envelope.documents).encode()).hexdigest()
        assert proof.challenge == bound_challenge(proof.nonce, own.ref, digest)
        client_data = base64.urlsafe_b64decode(proof.client_data + "===")
        assert f'"challenge":"{proof.challenge}"'.encode() in client_data
        assert f'"origin":"{scene.app.url}"'.encode() in client_data
        key = work.session.query(Passkey).filter_by(person_id=scene.person).one()
        assert (key.name, key.sign_count >= 2) == ("Ordinateur d’Amina", True)
        assert services.identification(work, own)["method"] == "passkey"


def test_a_person_who_is_not_recognised_goes_on_with_the_code(scene: Scene, contexts: Contexts) -> None:
    page = scene.page(contexts, "/compte/cles/ajout")
    session, device = authenticator(page)
    page.reload()
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_text("Votre clé d’accès est ajoutée.")).to_be_visible()
    scene.act(lambda work, one: services.open_documents(work, one))
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(f"{scene.url}/ceremonie/identite")
    page.get_by_role("button", name="M’identifier avec ma clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("Votre appareil n’a pas donné de clé")
    seen(page, "not-recognised")
    page.get_by_role("button", name="Recevoir mon code").click()
    title(page, "Recopiez votre code")
    expect(page.locator(".ceremony-state")).to_contain_text("Un code vous a été envoyé à")
    seen(page, "code")


def test_without_script_there_is_the_code_and_the_boxes(scene: Scene, contexts: Contexts, named_app: Running) -> None:
    context = contexts("no script", java_script_enabled=False)
    with named_app.engine.work(write=False) as work:
        person = work.get(Person, scene.person)
    context.add_cookies([{"name": SESSION_COOKIE, "value": named_app.cookie(person), "url": named_app.url}])
    page = context.new_page()
    page.goto(f"{scene.url}/ceremonie")
    page.get_by_role("button", name="J’ai lu les documents, je continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Lisez « Charte du faire alliance » jusqu’au bout")
    for box in page.get_by_label(re.compile("J’ai lu ce document jusqu’au bout")).all():
        box.check()
    page.get_by_role("button", name="J’ai lu les documents, je continue").click()
    expect(page.get_by_role("button", name="Recevoir mon code")).to_be_visible()
    page.goto(f"{named_app.url}/compte/cles/ajout")
    assert "<noscript><p>Les clés d’accès demandent JavaScript" in page.content()
    expect(page.get_by_role("button", name="Créer la clé")).to_be_hidden()


def to_sign(scene: Scene, contexts: Contexts) -> Page:
    scene.identified()
    page = scene.page(contexts, "/ceremonie/signer")
    page.get_by_label("C’est bien ma volonté").check()
    return page


def press(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Je signe au nom de")).click()


def test_the_request_is_lost_at_the_click(scene: Scene, contexts: Contexts) -> None:
    page = to_sign(scene, contexts)
    page.route("**/ceremonie/signer", lambda route: route.abort("connectionreset"), times=1)
    press(page)
    expect(page.locator("[data-sign-said]")).to_have_text("Votre demande ne nous est pas parvenue : rien n’est signé. Appuyez de nouveau.")
    assert "confirmed" not in scene.steps()
    seen(page, "request-lost")
    press(page)
    expect(page.get_by_text("Votre accord est enregistré.")).to_be_visible()
    assert scene.steps().count("confirmed") == 1


def test_the_answer_is_lost_at_the_click(scene: Scene, contexts: Contexts) -> None:
    page = to_sign(scene, contexts)

    def swallow(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/ceremonie/signer", swallow, times=1)
    press(page)
    expect(page.get_by_text(re.compile("Vous avez déjà signé, le|Votre accord est enregistré"))).to_be_visible()
    assert page.url == scene.url
    assert scene.steps().count("confirmed") == 1


def test_while_nothing_answers_the_page_says_that_it_does_not_know(scene: Scene, contexts: Contexts) -> None:
    page = to_sign(scene, contexts)
    page.context.set_offline(True)
    press(page)
    said = page.locator("[data-sign-said]")
    expect(said).to_contain_text("nous ne savons pas encore si votre signature est arrivée")
    page.context.set_offline(False)
    expect(said).to_contain_text("rien n’est signé")
    assert "confirmed" not in scene.steps()


def test_an_unticked_box_and_a_double_click(scene: Scene, contexts: Contexts) -> None:
    scene.identified()
    page = scene.page(contexts, "/ceremonie/signer")
    press(page)
    expect(page.get_by_role("alert").first).to_contain_text("Cochez la case pour signer")
    assert_accessible(page)
    page.get_by_label("C’est bien ma volonté").check()
    page.get_by_role("button", name=re.compile("Je signe au nom de")).dblclick()
    expect(page.get_by_text("Votre accord est enregistré.")).to_be_visible()
    assert scene.steps().count("confirmed") == 1


def test_signed_meanwhile_on_another_device(scene: Scene, contexts: Contexts) -> None:
    page = to_sign(scene, contexts)
    scene.act(lambda work, one: services.confirm(work, one, services.sentence(one)))
    press(page)
    expect(page.get_by_text(re.compile("Vous avez déjà signé, le"))).to_be_visible()
    assert scene.steps().count("confirmed") == 1


def test_a_session_ended_while_refusing_keeps_the_words(scene: Scene, contexts: Contexts) -> None:
    page = scene.page(contexts, "/ceremonie")
    page.get_by_role("link", name="Je ne veux pas signer").click()
    reason = "Le montant de l’article 3 n’est pas celui que nous avions convenu en réunion."
    page.get_by_label("Vos raisons").fill(reason)
    cookies = [one for one in page.context.cookies() if one["name"] == SESSION_COOKIE]
    page.context.clear_cookies(name=SESSION_COOKIE)
    page.get_by_role("button", name="Refuser de signer").click()
    title(page, "Votre session s’est terminée")
    expect(page.get_by_text(reason)).to_be_visible()
    seen(page, "session-ended")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as a link opened in another tab does
    page.get_by_role("button", name="Envoyer de nouveau").click()
    expect(page.get_by_text("Votre refus et vos raisons sont transmis")).to_be_visible()
    assert scene.look(lambda _, one: one.decline_reason) == reason


def test_the_seal_follows_and_the_mails_say_so(scene: Scene, contexts: Contexts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that waits turns by itself once the worker has sealed."""
    monkeypatch.setattr(mail, "send", lambda message, smtp: None)
    page = to_sign(scene, contexts)
    press(page)
    expect(page.get_by_text("en train d’être apposée").first).to_be_visible()
    with ThreadPoolExecutor() as aside:  # Playwright's own event loop runs in this thread
        aside.submit(outbox.drain, scene.app.engine).result()
    row = page.locator(".signer").filter(has_text=scene.name)
    expect(row).to_have_class(re.compile("signer--signed"))
