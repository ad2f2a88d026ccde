"""Pages and API of time: who may, what is kept when refused, what the page then says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.signing import services
from charter.signing.models import Envelope
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.test_pages import loaded

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def envelope(work: Work) -> Envelope:
    """A draft envelope."""
    return loaded(work, make.envelope(work))


@pytest.fixture
def url(envelope: Envelope) -> str:
    """The signature's address."""
    return f"/alliances/{envelope.alliance.ref}/signature"


@pytest.fixture
def leader(envelope: Envelope, signed_in: SignIn) -> FlaskClient:
    """The browser of who leads."""
    return signed_in(kernel.speaker(envelope.alliance.parties[0]))


@pytest.fixture
def other(envelope: Envelope, signed_in: SignIn) -> FlaskClient:
    """The browser of another party's referent."""
    return signed_in(kernel.speaker(envelope.alliance.parties[1]))


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    services.send(work.by(make.leader(envelope)), envelope)
    return loaded(work, envelope)


def test_more_time_asked_on_a_page(leader: FlaskClient, other: FlaskClient, sent: Envelope, url: str) -> None:
    shown = leader.get(url).text
    assert "jusqu’au jeudi 2 avril 2026 inclus (heure de Paris)" in shown and f"{url}/prolongation" in shown
    assert f"{url}/prolongation" not in other.get(url).text
    asked = leader.get(f"{url}/prolongation").text
    assert "Du 3 avril 2026 au 31 juillet 2026" in asked and f"{url}/annulation" in asked
    for day, words in (("2026-03-20", "Choisissez un jour entre le"), ("demain", "écrivez-la comme 2026-04-30"), ("", "nécessaire")):
        refused = leader.post(f"{url}/prolongation", data={"deadline": day})
        assert refused.status_code == 422 and words in refused.text and f'value="{day}"' in refused.text
    assert other.get(f"{url}/prolongation").status_code == other.post(f"{url}/prolongation").status_code == 403
    assert leader.post(f"{url}/prolongation", data={"deadline": "2026-07-31"}).location == url
    assert "vendredi 31 juillet 2026 inclus" in leader.get(url).text
    assert "ne peut plus être prolongée" in leader.get(f"{url}/prolongation").text
    assert leader.post(f"{url}/prolongation", data={"deadline": "2026-08-01"}).status_code == 409


def test_before_the_sending_there_is_nothing_to_extend(leader: FlaskClient, url: str) -> None:
    assert leader.get(f"{url}/prolongation").location == url
    assert leader.post(f"{url}/prolongation", data={"deadline": "2026-04-30"}).status_code == 409


def test_too_late_is_said_and_one_may_still_sign(signed_in: SignIn, sent: Envelope, url: str, clock: FixedClock) -> None:
    clock.advance(datetime(2026, 4, 3, 8, tzinfo=UTC) - clock.now())
    leader = signed_in(kernel.speaker(sent.alliance.parties[0]))
    shown = leader.get(url).text
    assert "échéance dépassée" in shown and "On peut encore signer" in shown
    assert "L’échéance des signatures est dépassée" in leader.get(f"/alliances/{sent.alliance.ref}").text
    assert leader.get(f"{url}/ceremonie").status_code == 200


def test_reminders_chosen_before_and_after_the_sending(leader: FlaskClient, envelope: Envelope, url: str, work: Work) -> None:
    assert "14, 7 et 2 jours avant l’échéance" in leader.get(f"{url}/preparation").text
    asked = leader.get(f"{url}/rappels").text
    assert asked.count(" checked") == 4
    refused = leader.post(f"{url}/rappels", data={"days": ["7", "2"], "most": "9"})
    assert refused.status_code == 422 and refused.text.count(" checked") == 2
    assert leader.post(f"{url}/rappels", data={"days": ["0", "5"], "most": "2"}).location == f"{url}/preparation"
    assert "5 jours avant l’échéance et le jour même, 2 fois au plus" in leader.get(f"{url}/preparation").text
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    assert "Le prochain partira le vendredi 27 mars 2026" in leader.get(url).text
    assert leader.post(f"{url}/rappels", data={"most": "3"}).location == url
    assert "Aucun rappel automatique." in leader.get(url).text


def test_everyone_reminded_with_one_button(
    leader: FlaskClient, other: FlaskClient, sent: Envelope, url: str, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    assert f'action="{url}/relance"' in leader.get(url).text and f'action="{url}/relance"' not in other.get(url).text
    assert leader.post(f"{url}/relance").location == url
    assert "Relance envoyée par courriel à" in leader.get(url).text
    assert leader.post(f"{url}/relance").status_code == 429
    assert other.post(f"{url}/relance").status_code == 403
    drain()
    assert sum(str(one["Subject"]).startswith("Rappel") for one in outgoing) == 3


def test_over_the_api(client: FlaskClient, envelope: Envelope, work: Work) -> None:
    people = [kernel.speaker(party) for party in envelope.alliance.parties[:2]]
    leader, other = ({"Authorization": f"Bearer {make_token(work, person, 'essai')[0]}"} for person in people)
    url = f"/api/v1/alliances/{envelope.alliance.ref}/signature"
    work.commit()
    assert client.get(f"{url}/reminders", headers=other).json == {"days": [14, 7, 2], "most": 3, "next": []}
    assert client.post(f"{url}/extension", json={"deadline": "2026-04-30"}, headers=leader).status_code == 409
    assert client.post(f"{url}/reminder", headers=leader).status_code == 409
    assert client.put(f"{url}/reminders", json={"days": [90]}, headers=leader).status_code == 422
    assert client.put(f"{url}/reminders", json={"days": [7]}, headers=other).status_code == 403
    assert client.put(f"{url}/reminders", json={"days": [7], "most": 1}, headers=leader).status_code == 200
    assert client.post(f"{url}/send", headers=leader).status_code == 200
    told = client.get(f"{url}/reminders", headers=other).json
    assert told == {"days": [7], "most": 1, "next": ["2026-03-26T08:00:00+00:00"]}
    moved = client.post(f"{url}/extension", json={"deadline": "2026-04-30"}, headers=leader)
    assert moved.json is not None and moved.json["deadline"] == date(2026, 4, 30).isoformat()
    reminded = client.post(f"{url}/reminder", headers=leader)
    assert reminded.json is not None and len(reminded.json["signatories"]) == 3
    assert client.post(f"{url}/reminder", headers=leader).status_code == 429
