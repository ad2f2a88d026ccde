"""One envelope from the choice to the evidence, by pages, real HTTP both ways: our calls, its messages, its page where people sign."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from charter.accounts.models import Person
from charter.signing.models import Envelope
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing.provider.factories import newest
from tests.processes import LOOPBACK
from tests.provider import Provider
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def heard(app: Flask, provider: Provider) -> Iterator[None]:
    """The provider's messages reach the application by themselves."""
    server = make_server(LOOPBACK, 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider.webhook = f"http://{LOOPBACK}:{server.server_port}/api/v1/webhooks/signature"
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("heard")
def test_an_envelope_signed_at_the_provider(
    work: Work, envelope: Envelope, provider: Provider, drain: Drain, signed_in: SignIn, outgoing: list[EmailMessage]
) -> None:
    lead, people = kernel.speaker(envelope.alliance.parties[0]), [one.person for one in envelope.signatories]
    kinds, url = [one.kind for one in envelope.documents], f"/alliances/{envelope.alliance.ref}/signature"
    work.commit()
    leading = signed_in(lead)
    leading.post(f"{url}/recueil", data={"who": "provider"})
    assert "Envoyer à la signature" in leading.get(f"{url}/preparation").text
    assert leading.post(f"{url}/envoi").status_code == 302
    drain()
    work.commit()

    for number, person in enumerate(people, start=1):
        browser = signed_in(person)
        assert "Lisez ce que vous allez signer" in browser.get(f"{url}/ceremonie").text
        answer = browser.post(f"{url}/ceremonie/lecture", data={"read": kinds})
        assert answer.status_code == 302, answer.text
        page = browser.get(f"{url}/ceremonie/identite", follow_redirects=True).text
        assert "Il reste à signer chez Paraphe" in page
        away = browser.post(f"{url}/ceremonie/prestataire")
        assert away.status_code == 303 and away.location.startswith(provider.origin)
        back = urllib.request.Request(away.location, data=b"", method="POST")
        opener = urllib.request.build_opener(_StayThere)
        assert opener.open(back, timeout=30).headers["Location"].endswith(url)
        drain()
        work.commit()
        assert "A signé chez Paraphe" in browser.get(url).text, number

    done = newest(work, envelope)
    assert done.status == EnvelopeStatus.completed and done.evidence_pdf
    assert done.alliance.status == AllianceStatus.evaluation
    work.commit()
    final = leading.get(url).text
    assert "Tout le monde a signé" in final and "telle que ce prestataire la déclare" in final
    assert any("Signé par tous" in str(mail["Subject"]) for mail in outgoing)


class _StayThere(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, req, fp, code, msg, headers):
        """Gives the answer itself."""
        return fp
