"""The pages: the choice is offered only where there is one, told as the provider's claim, and each step leads where it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.alliances.services import enrol
from charter.app import make_app
from charter.config import Settings
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider.choice import chosen
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.provider.factories import look, newest, read, row
from tests.provider import Provider
from workflows.roles import Role

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def at(envelope: Envelope, path: str = "") -> str:
    return f"/alliances/{envelope.alliance.ref}/signature{path}"


@pytest.fixture
def lead(work: Work, envelope: Envelope, signed_in: SignIn) -> FlaskClient:
    """The browser of who leads."""
    person = kernel.speaker(envelope.alliance.parties[0])
    work.commit()
    return signed_in(person)


def test_the_choice_is_offered_and_told_as_a_claim(work: Work, envelope: Envelope, lead: FlaskClient) -> None:
    url = at(envelope)
    work.commit()
    assert "Qui recueille les signatures" in lead.get(f"{url}/preparation").text
    assert "Paraphe" in lead.get(f"{url}/recueil").text
    assert lead.post(f"{url}/recueil", data={"who": "else"}).status_code == 422
    assert lead.post(f"{url}/recueil", data={"who": "provider"}).status_code == 302
    page = lead.get(f"{url}/preparation").text
    assert "Signature électronique simple, recueillie par Paraphe et telle que ce prestataire la déclare" in page
    lead.post(f"{url}/recueil", data={"who": "own"})
    assert "Ce service, en signature électronique simple" in lead.get(f"{url}/preparation").text
    assert chosen(work, newest(work, envelope)) is None


def test_without_a_provider_nothing_is_offered(
    settings: Settings, engine: Engine, work: Work, envelope: Envelope, lead: FlaskClient
) -> None:
    url = at(envelope)
    work.commit()
    engine.settings = replace(settings, signature_provider=None)
    assert "Qui recueille les signatures" not in lead.get(f"{url}/preparation").text
    assert lead.get(f"{url}/recueil").status_code == 404
    assert "form-action 'self';" in make_app(engine.settings, engine).test_client().get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("level", ["advanced_electronic_signature"])
def test_phones_are_asked_and_shown_to_nobody_else(
    work: Work, envelope: Envelope, lead: FlaskClient, signed_in: SignIn, outgoing: list[EmailMessage]
) -> None:
    url, own, other = at(envelope), envelope.signatories[1].ref, envelope.signatories[2].person
    work.commit()
    lead.post(f"{url}/recueil", data={"who": "provider"})
    page = lead.get(f"{url}/preparation").text
    assert "indiquez celui de" in page and "avancée" in page and "Envoyer à la signature" not in page
    assert lead.post(f"{url}/recueil/telephone/{own}", data={"phone": "12"}).status_code == 422
    assert lead.post(f"{url}/recueil/telephone/{own}", data={"phone": "06 12 34 56 78"}).status_code == 302
    assert "+33612345678" not in lead.get(f"{url}/preparation").text
    assert "+33612345678" in lead.get(f"{url}/recueil/telephone/{own}").text
    assert signed_in(other).get(f"{url}/recueil/telephone/{own}").status_code == 403


def test_reading_leads_to_the_provider_and_nowhere_else(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, signed_in: SignIn, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    url, own = at(sent), sent.signatories[0]
    person = own.person
    work.commit()
    browser = signed_in(person)
    assert browser.get(f"{url}/ceremonie/prestataire").location.endswith("/signature/ceremonie")
    read(work, own)
    assert browser.get(f"{url}/ceremonie/identite").location.endswith("/signature/ceremonie/prestataire")
    waiting = browser.get(f"{url}/ceremonie/prestataire").text
    assert "prépare encore" in waiting and "Aller signer" not in waiting
    drain()
    page = browser.get(f"{url}/ceremonie/prestataire")
    assert "Aller signer chez Paraphe" in page.text and "Signer chez Paraphe" in page.text
    assert f"form-action 'self' {provider.origin};" in page.headers["Content-Security-Policy"]
    answer = browser.post(f"{url}/ceremonie/prestataire")
    assert answer.status_code == 303 and answer.location.startswith(f"{provider.origin}/signatures/")
    assert [step.kind for step in newest(work, sent).signatories[0].steps][-1] == "left"
    work.commit()
    back = browser.get(url).text
    assert "Est allé signer chez Paraphe" in back and "Si vous venez de signer chez Paraphe" in back and 'hx-trigger="every 2s"' in back
    clock.advance(timedelta(minutes=21))
    assert 'hx-trigger="every 2s"' not in browser.get(url).text, "not for ever"
    provider.fail("GET /signature_requests/.*/signers/.*", 503)
    again = browser.post(f"{url}/ceremonie/prestataire", follow_redirects=True)
    assert "ne répond pas" in again.text


def test_what_is_wrong_is_told_and_the_provider_s_proof_is_given(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, signed_in: SignIn, outgoing: list[EmailMessage]
) -> None:
    url, own = at(sent), sent.signatories[0]
    ref, signatory, person = sent.ref, own.ref, own.person
    reader = enrol(work, sent.signatories[1].party, kernel.person(work), [Role.observer.value]).person
    work.commit()
    browser, other = signed_in(person), signed_in(reader)
    provider.fail("GET /signature_requests")
    drain()
    assert "Paraphe ne répond pas pour le moment" in browser.get(url).text
    look(engine, work, sent)
    provider.sign_all()
    look(engine, work, sent)
    drain()
    page = browser.get(url).text
    assert "A signé chez Paraphe" in page and "Preuve de Paraphe pour" in page and "telle que ce prestataire la déclare" in page
    trail = browser.get(f"{url}/enveloppes/{ref}/prestataire/{signatory}.pdf")
    assert trail.status_code == 200 and trail.data.startswith(b"%PDF-")
    assert other.get(f"{url}/enveloppes/{ref}/prestataire/{signatory}.pdf").status_code == 403
    assert f"prestataire/{signatory}.pdf" in page and f"prestataire/{signatory}.pdf" not in other.get(url).text
    told = browser.get(f"{url}/enveloppes/{ref}/preuve.json").get_json(force=True)
    assert told["provider"]["name"] == "Paraphe" and told["level"]["claimed_by"] == "Paraphe"
    assert {one["likeness"] for one in told["provider"]["documents"]} == {"incremental"}
    assert any("ne les a pas contrôlés" in line for line in told["does_not_prove"])
    assert not any("code reçu" in line for line in told["proves"])
    assert {f"prestataire/{one}.pdf" for one in (signatory,)} <= {one["name"] for one in told["files"]}
    assert all(one["message"] and one["token"] for document in told["documents"] for one in document["revisions"])


def test_the_same_over_the_api(
    work: Work, envelope: Envelope, client: FlaskClient, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own = envelope.signatories[0]
    tokens = [make_token(work, person, "essai")[0] for person in (kernel.speaker(envelope.alliance.parties[0]), own.person)]
    url = f"/api/v1/alliances/{envelope.alliance.ref}/signature/provider"
    work.commit()
    lead, mine = ({"Authorization": f"Bearer {token}"} for token in tokens)
    assert client.get(url, headers=lead).get_json()["offered"] == "Paraphe"
    assert client.put(url, json={"provider": True}, headers=lead).get_json()["provider"] == "Paraphe"
    services.send(work.by(make.leader(envelope)), newest(work, envelope))
    work.commit()
    drain()
    assert client.post(f"{url}/link", headers=mine).status_code == 422
    read(work, newest(work, envelope).signatories[0])
    answer = client.post(f"{url}/link", headers=mine)
    assert answer.status_code == 200 and answer.get_json()["url"].startswith(provider.origin)
    assert client.put(url, json={"provider": False}, headers=lead).status_code == 409
    assert row(work, envelope).status == "ongoing"
