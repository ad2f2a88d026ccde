"""Passkeys of one's account: added just after signing in, another way in beside the mailed link, told by mail, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from charter.accounts import passkeys, services
from charter.accounts.models import Passkey, PasskeyChallenge, Person, SignedSession
from charter.adapters.clock import FixedClock
from charter.config import Settings
from charter.errors import Gone, Invalid, NotFound, Refused, TooMany
from charter.i18n import gettext
from charter.work import Engine, Work
from tests import factories
from tests.passkeys import PRESENT, Device

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """At an address for which browsers keep passkeys."""
    return replace(settings, public_url="http://localhost:8000")


@pytest.fixture
def lea(work: Work) -> Person:
    """Somebody, known to everybody."""
    made = factories.person(work, "Léa Roche", "lea@exemple.fr")
    work.commit()
    return made


@pytest.fixture
def session(work: Work, lea: Person) -> SignedSession:
    """Her session, just opened."""
    return services.open_session(work, lea)[1]


def added(work: Work, person: Person, session: SignedSession, device: Device, name: str = "Téléphone de Léa") -> Passkey:
    return passkeys.register(work, person, session, name, device.create(passkeys.ask_to_register(work, person, session)))


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_key_is_added_then_signs_in(work: Work, lea: Person, session: SignedSession, clock: FixedClock) -> None:
    device = Device()
    key = added(work, lea, session, device)
    assert [(one.name, one.sign_count, one.used_at) for one in passkeys.keys_of(work, lea)] == [("Téléphone de Léa", 0, None)]
    clock.advance(timedelta(hours=3))
    _cookie, opened = passkeys.sign_in(work, device.get(passkeys.ask_to_sign_in(work)), address="192.0.2.7", browser="Firefox")
    assert (opened.person_id, opened.address) == (lea.id, "192.0.2.7")
    assert (key.sign_count, key.used_at) == (1, clock.now())


def test_what_is_asked_names_this_site_and_wants_the_person_verified(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    added(work, lea, session, device)
    asked = passkeys.ask_to_register(work, lea, session)
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    assert len(asked["excludeCredentials"]) == 1
    assert asked["user"]["id"] == device.handle  # one handle for all of a person's keys
    assert lea.email not in asked["user"]["id"]
    assert passkeys.ask_to_sign_in(work)["userVerification"] == "required"


def test_adding_asks_for_a_recent_sign_in(work: Work, lea: Person, session: SignedSession, clock: FixedClock) -> None:
    asked = passkeys.ask_to_register(work, lea, session)
    clock.advance(passkeys.RECENT)
    with pytest.raises(Refused, match="reconnectez-vous"):
        passkeys.ask_to_register(work, lea, session)
    with pytest.raises(Refused, match="reconnectez-vous"):
        passkeys.register(work, lea, session, "Clé", Device().create(asked))


@pytest.mark.parametrize(
    "device",
    [Device(origin="https://voleur.test"), Device(flags=PRESENT), Device(flags=0), Device(cross_origin=True)],
    ids=["another site", "not verified", "not present", "framed"],
)
def test_a_key_that_does_not_hold_is_not_added(work: Work, lea: Person, session: SignedSession, device: Device) -> None:
    with pytest.raises(Refused, match="rien n’est ajouté"):
        added(work, lea, session, device)
    assert passkeys.keys_of(work, lea) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"response":{}}', '{"response":{"clientDataJSON":"AAAA"}}', "\x00", "x" * 20_000])
def test_a_malformed_answer_is_refused(work: Work, lea: Person, session: SignedSession, text: str) -> None:
    with pytest.raises((Refused, Gone)):
        passkeys.register(work, lea, session, "Clé", text)
    with pytest.raises((Refused, Gone)):
        passkeys.sign_in(work, text)


def test_a_challenge_serves_once(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    asked = passkeys.ask_to_register(work, lea, session)
    passkeys.register(work, lea, session, "Clé", device.create(asked))
    with pytest.raises(Gone, match="déjà servi"):
        passkeys.register(work, lea, session, "Clé", Device().create(asked))
    answer = device.get(passkeys.ask_to_sign_in(work))
    passkeys.sign_in(work, answer)
    with pytest.raises(Gone, match="déjà servi"):
        passkeys.sign_in(work, answer)


def test_a_challenge_lasts_five_minutes_and_is_forgotten_later(work: Work, lea: Person, session: SignedSession, clock: FixedClock) -> None:
    device = Device()
    added(work, lea, session, device)
    asked = passkeys.ask_to_sign_in(work)
    clock.advance(timedelta(minutes=5))
    with pytest.raises(Gone):
        passkeys.sign_in(work, device.get(asked))
    clock.advance(timedelta(days=2))
    passkeys.ask_to_sign_in(work)
    assert work.session.scalar(select(func.count()).select_from(PasskeyChallenge)) == 1


def test_nobody_uses_the_challenge_of_somebody_else(work: Work, lea: Person, session: SignedSession) -> None:
    max_ = factories.person(work, "Max")
    asked = passkeys.ask_to_register(work, lea, session)
    with pytest.raises(Gone):
        passkeys.register(work, max_, services.open_session(work, max_)[1], "Clé", Device().create(asked))
    device = Device()
    added(work, lea, session, device)
    with pytest.raises(Gone):
        passkeys.sign_in(work, device.get({"rpId": "localhost", "challenge": asked["challenge"]}))


def test_a_copied_key_is_seen_by_its_count(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    added(work, lea, session, device)
    for _ in range(3):
        passkeys.sign_in(work, device.get(passkeys.ask_to_sign_in(work)))
    device.count = 1
    with pytest.raises(Refused, match="vérifiée"):
        passkeys.sign_in(work, device.get(passkeys.ask_to_sign_in(work)))


@pytest.mark.parametrize("change", [{"origin": "https://voleur.test"}, {"flags": PRESENT}, {"cross_origin": True}])
def test_an_answer_that_does_not_hold_opens_nothing(work: Work, lea: Person, session: SignedSession, change: dict[str, object]) -> None:
    device = Device()
    added(work, lea, session, device)
    asked = passkeys.ask_to_sign_in(work)
    with pytest.raises(Refused, match="vérifiée"):
        passkeys.sign_in(work, replace(device, **change).get(asked))  # type: ignore[arg-type]


def test_another_key_under_the_same_name_opens_nothing(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    added(work, lea, session, device)
    thief = Device(key_id=device.key_id, handle=device.handle)
    with pytest.raises(Refused, match="vérifiée"):
        passkeys.sign_in(work, thief.get(passkeys.ask_to_sign_in(work)))


def test_the_handle_must_be_the_accounts(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    added(work, lea, session, device)
    device.handle = "AAAA"
    with pytest.raises(Refused, match="connue"):
        passkeys.sign_in(work, device.get(passkeys.ask_to_sign_in(work)))


def test_a_key_removed_opens_nothing_and_may_come_back(work: Work, lea: Person, session: SignedSession) -> None:
    device = Device()
    passkeys.remove(work, lea, added(work, lea, session, device).id)
    with pytest.raises(Refused, match="connue"):
        passkeys.sign_in(work, device.get(passkeys.ask_to_sign_in(work)))
    added(work, lea, session, device)
    with pytest.raises(Refused, match="déjà enregistrée"):
        added(work, lea, session, device)


def test_nobody_touches_the_key_of_somebody_else(work: Work, lea: Person, session: SignedSession) -> None:
    key, max_ = added(work, lea, session, Device()), factories.person(work, "Max")
    for act in (lambda: passkeys.remove(work, max_, key.id), lambda: passkeys.rename(work, max_, key.id, "À moi")):
        with pytest.raises(NotFound):
            act()


def test_ten_keys_are_enough(work: Work, lea: Person, session: SignedSession) -> None:
    for number in range(passkeys.MOST_KEYS):
        added(work, lea, session, Device(), f"Clé {number}")
    with pytest.raises(TooMany):
        passkeys.ask_to_register(work, lea, session)


def test_a_name_is_needed(work: Work, lea: Person, session: SignedSession) -> None:
    key = added(work, lea, session, Device())
    with pytest.raises(Invalid):
        passkeys.rename(work, lea, key.id, "  ")
    passkeys.rename(work, lea, key.id, " Ordinateur ")
    assert key.name == "Ordinateur"


def test_adding_and_removing_are_told_by_mail(
    work: Work, lea: Person, session: SignedSession, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    key = added(work, lea, session, Device())
    work.commit()
    drain()
    passkeys.remove(work, lea, key.id)
    work.commit()
    drain()
    assert [one["Subject"] for one in outgoing] == [
        "Une clé d’accès est ajoutée à votre compte",
        "Une clé d’accès est retirée de votre compte",
    ]
    for message in outgoing:
        assert message["To"] and "lea@exemple.fr" in message["To"]
        assert "«\xa0Téléphone de Léa\xa0»" in words(message)
        assert "3 mars 2026 à 10:00 (heure de Paris)" in words(message)
        assert "http://localhost:8000/compte#cles" in words(message)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """What the pages add."""

    def test_from_the_account_to_the_door(self, signed_in: SignIn, client: FlaskClient, engine: Engine, lea: Person) -> None:
        browser, device = signed_in(lea), Device()
        assert "Ajouter une clé d’accès" in browser.get("/compte").text
        assert 'data-passkey="create"' in browser.get("/compte/cles/ajout").text
        asked = browser.post("/compte/cles/ajout/defi").json
        assert asked is not None
        answer = browser.post("/compte/cles/ajout", data={"name": "Téléphone", "answer": device.create(asked)})
        assert answer.location == "/compte#cles"
        assert "n’a pas encore servi" in browser.get("/compte").text
        wanted = client.post("/connexion/cle/defi").json
        assert wanted is not None
        entered = client.post("/connexion/cle", data={"answer": device.get(wanted), "suite": "/alliances/abc"})
        assert entered.location == "/alliances/abc"
        assert "Téléphone" in client.get("/compte").text
        assert "a servi le" in client.get("/compte").text
        with engine.work(write=False) as work:
            key = work.session.scalars(select(Passkey)).one().id
        assert browser.post(f"/compte/cles/{key}/nom", data={"name": ""}).status_code == 422
        assert browser.post(f"/compte/cles/{key}/nom", data={"name": "Ordinateur"}).location == "/compte#cles"
        assert "Retirer la clé «\xa0Ordinateur\xa0»" in browser.get(f"/compte/cles/{key}/retrait").text
        browser.post(f"/compte/cles/{key}/retrait")
        assert "Ordinateur\xa0»" in browser.get("/compte").text  # the flash
        assert "Ordinateur" not in browser.get("/compte").text

    def test_a_refused_key_leaves_the_mailed_link(self, client: FlaskClient, engine: Engine, lea: Person) -> None:
        asked = client.post("/connexion/cle/defi").json
        assert asked is not None
        refused = client.post("/connexion/cle", data={"answer": Device(handle="AAAA").get(asked), "suite": "/alliances/abc"})
        assert refused.status_code == 422
        assert gettext(passkeys.UNKNOWN_HERE) in refused.text
        assert "Recevoir mon lien" in refused.text
        assert 'value="/alliances/abc"' in refused.text
        again = client.post("/connexion/cle", data={"answer": Device(handle="AAAA").get(asked)})
        assert "déjà servi" in again.text  # a refused answer used its challenge up
        assert client.post("/connexion/cle", data={}).status_code == 422

    def test_long_after_signing_in_one_signs_in_again(
        self, signed_in: SignIn, lea: Person, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
    ) -> None:
        browser = signed_in(lea)
        clock.advance(timedelta(minutes=20))
        assert "D’abord, reconnectez-vous" in browser.get("/compte/cles/ajout").text
        assert browser.post("/compte/cles/ajout/defi").status_code == 409
        assert browser.post("/compte/cles/reconnexion").status_code == 200
        drain()
        link = next(line for line in words(outgoing[0]).splitlines() if "/connexion/" in line).strip()
        assert browser.post(link.removeprefix("http://localhost:8000")).location == "/compte/cles/ajout"
        assert "Créer la clé" in browser.get("/compte/cles/ajout").text

    def test_a_bad_answer_keeps_the_name_typed(self, signed_in: SignIn, lea: Person) -> None:
        refused = signed_in(lea).post("/compte/cles/ajout", data={"name": "Ma clé", "answer": json.dumps({"id": 3})})
        assert refused.status_code == 422
        assert 'value="Ma clé"' in refused.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://charte.exemple.fr", "http://[::1]:8000"])
def test_an_address_without_a_name_or_tls_has_no_passkeys(work: Work, address: str) -> None:
    here = replace(work, settings=replace(work.settings, public_url=address))
    assert passkeys.site(here) is None
    with pytest.raises(Refused, match="https"):
        passkeys.ask_to_sign_in(here)
