"""Reading to the end: noted per document with its way and hour, once; nobody goes on with one unread."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.adapters.http.requests import SESSION_COOKIE
from charter.errors import Forbidden, Invalid, NotFound
from charter.signing import services
from charter.signing.models import Envelope, Signatory, SigningStep
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from tests.conftest import START
from workflows.signing import SignatoryStatus

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def amina(work: Work, envelope: Envelope) -> Signatory:
    """The first signatory of an envelope sent."""
    services.send(work.by(make.leader(envelope)), envelope)
    _ = envelope.signatories[0].person.email, envelope.alliance.ref, envelope.documents[0].kind
    work.commit()
    return envelope.signatories[0]


@pytest.fixture
def hers(work: Work, amina: Signatory) -> Work:
    """A work acted in by her."""
    return make.acting(work, amina)


def read(work: Work, signatory: Signatory) -> list[tuple[str, str]]:
    return [(one.kind, one.way) for one in services.readings(work, signatory).values()]


def test_each_document_is_noted_once_with_its_way(hers: Work, amina: Signatory, clock: FixedClock) -> None:
    services.read_to_end(hers, amina, "charter", "scrolled", make.ADDRESS, make.BROWSER)
    clock.advance(timedelta(minutes=4))
    services.read_to_end(hers, amina, "charter", "pdf")
    services.read_to_end(hers, amina, "contract", "pdf")
    found = services.readings(hers, amina)
    assert {kind: (one.way, one.at, one.sha256) for kind, one in found.items()} == {
        "charter": ("scrolled", START, amina.envelope.documents[0].original_sha256),
        "contract": ("pdf", START + timedelta(minutes=4), amina.envelope.documents[1].original_sha256),
    }
    steps = [step for step in amina.steps if step.kind == "read_to_end"]
    assert (len(steps), steps[0].address, steps[0].browser) == (2, make.ADDRESS, make.BROWSER)
    assert amina.status == SignatoryStatus.opened
    assert services.unread(hers, amina) == []


def test_what_lacks_is_named(hers: Work, amina: Signatory) -> None:
    with pytest.raises(Invalid) as refusal:
        services.finish_reading(hers, amina, ["charter"])
    words = "Lisez «\xa0Contrat d’alliance\xa0» jusqu’au bout, ou cochez que vous l’avez lu ailleurs"
    assert refusal.value.fields == {"read-contract": [words]}
    assert read(hers, amina) == [("charter", "declared")]
    with pytest.raises(Invalid):
        services.send_code(hers, amina)
    services.finish_reading(hers, amina, ["contract"])
    services.send_code(hers, amina)


def test_an_unknown_document_or_way(hers: Work, amina: Signatory) -> None:
    with pytest.raises(NotFound):
        services.read_to_end(hers, amina, "annexe", "pdf")
    with pytest.raises(Invalid):
        services.read_to_end(hers, amina, "charter", "télépathie")


def test_nobody_reads_for_somebody_else(work: Work, amina: Signatory) -> None:
    with pytest.raises(Forbidden):
        services.read_to_end(make.acting(work, amina.envelope.signatories[1]), amina, "charter", "scrolled")


def test_the_reading_of_other_bytes_is_none(hers: Work, amina: Signatory) -> None:
    services.open_documents(hers, amina)
    amina.envelope.documents[1].original_sha256 = "0" * 64
    assert [one.kind for one in services.unread(hers, amina)] == ["contract"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """What the pages add."""

    @pytest.fixture
    def url(self, amina: Signatory) -> str:
        return f"/alliances/{amina.envelope.alliance.ref}/signature/ceremonie"

    def test_without_script_one_ticks(self, signed_in: SignIn, amina: Signatory, url: str, work: Work) -> None:
        browser = signed_in(amina.person)
        page = browser.get(url).text
        assert "Il vous reste à lire jusqu’au bout « Charte du faire alliance » et « Contrat d’alliance »" in page
        refused = browser.post(f"{url}/lecture", data={"read": ["charter"]})
        assert refused.status_code == 422
        assert "Lisez «\xa0Contrat d’alliance\xa0» jusqu’au bout" in refused.text
        assert 'href="#f-read-contract"' in refused.text
        box = re.search(r'<input id="f-read-charter"[^>]*>', refused.text)
        assert box and " checked" in box[0]  # what was ticked stays
        assert browser.get(f"{url}/identite").location == url
        assert browser.post(f"{url}/code").location == url
        assert "Lu jusqu’au bout à 10:00 (heure de Paris)" in browser.get(url).text  # and is recorded
        assert browser.post(f"{url}/lecture", data={"read": ["contract"]}).location == f"{url}/identite"
        assert "vous pouvez continuer" in browser.get(url).text

    def test_the_script_tells_each_end(self, signed_in: SignIn, amina: Signatory, url: str) -> None:
        browser = signed_in(amina.person)
        first = browser.post(f"{url}/lecture/charter", data={"way": "scrolled"}).json
        assert first == {
            "said": "Lu jusqu’au bout à 10:00 (heure de Paris)",
            "state": "Rien n’est signé. Il vous reste à lire jusqu’au bout « Contrat d’alliance ».",
        }
        assert browser.post(f"{url}/lecture/charter", data={"way": "scrolled"}).json == first
        assert browser.post(f"{url}/lecture/contract", data={"way": "pdf"}).json["state"].endswith("vous pouvez continuer.")  # type: ignore[index]
        assert browser.post(f"{url}/lecture/annexe", data={"way": "pdf"}).status_code == 404
        assert browser.post(f"{url}/lecture/charter", data={"way": "x"}).status_code == 422
        assert browser.post(f"{url}/lecture").location == f"{url}/identite"

    def test_it_carries_the_csrf_token(self, with_csrf: Flask, engine: Engine, amina: Signatory, url: str, work: Work) -> None:
        with engine.work() as other:
            cookie = accounts.open_session(other, other.get(Person, amina.person_id))[0]
        browser = with_csrf.test_client()
        browser.set_cookie(SESSION_COOKIE, cookie)
        assert browser.post(f"{url}/lecture/charter", data={"way": "scrolled"}).status_code == 400
        token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(url).text)
        assert token
        told = browser.post(f"{url}/lecture/charter", data={"way": "scrolled"}, headers={"X-CSRFToken": token[1]})
        assert told.status_code == 200
        assert work.session.query(SigningStep).filter_by(kind="read_to_end").count() == 1
