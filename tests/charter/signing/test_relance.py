"""« Relancer » somebody who never signed in: one mail, whose link leads to the ceremony once their address is proved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from charter.accounts import services as accounts
from charter.accounts.models import Person, SignedSession, SignInLink
from charter.adapters.clock import FixedClock
from charter.alliances.services import enrol
from charter.signing import services
from charter.signing.models import Envelope, Signatory
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.signing import SignatoryStatus

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sent(work: Work, envelope: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> Envelope:
    """The envelope, out, its invitations gone; nobody ever signed in."""
    services.send(work.by(make.leader(envelope)), envelope)
    _ = [one.person.email for one in envelope.signatories], envelope.alliance.ref
    work.commit()
    drain()
    outgoing.clear()
    return envelope


@pytest.fixture
def link(signed_in: SignIn, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], work: Work) -> str:
    """The link of the one mail that « Relancer » sends."""
    leader = kernel.speaker(sent.alliance.parties[0])
    work.commit()
    url = f"/alliances/{sent.alliance.ref}/signature/relance/{sent.signatories[1].ref}"
    assert signed_in(leader).post(url).status_code == 302
    drain()
    (mail,) = outgoing
    assert mail["To"].endswith(f"<{sent.signatories[1].email}>")
    return only_link(mail)


def only_link(mail: EmailMessage) -> str:
    """The one address of ours the text part gives, but for the home page."""
    found = set(re.findall(r"http://charte\.test(/\S+)", make.words_of(mail)))
    assert len(found) == 1, found
    return found.pop()


def test_from_the_mail_to_the_ceremony(
    client: FlaskClient, link: str, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], work: Work
) -> None:
    own = sent.signatories[1]
    outgoing.clear()
    answer = client.get(link)
    assert answer.status_code == 302 and answer.location.startswith("/connexion?suite=")
    asked = client.get(answer.location)
    assert "Recevoir mon lien" in asked.text
    assert own.email not in asked.text and f"{own.email[0]}…@exemple.test" in asked.text
    (suite,) = re.findall(r'name="suite" value="([^"]+)"', asked.text)
    assert client.post("/connexion/attendue", data={"suite": suite}).status_code == 200
    drain()
    (mail,) = outgoing  # nothing else leaves: « Relancer » sent one mail, asking for the link sends one
    assert mail["To"].endswith(f"<{own.email}>")
    path = only_link(mail)
    assert client.get(path).status_code == 200
    landed = client.post(path)
    assert landed.status_code == 302
    assert urlsplit(landed.location).path == f"/alliances/{sent.alliance.ref}/signature/ceremonie"
    page = client.get(landed.location)
    assert page.status_code == 200 and "Lisez ce que vous allez signer" in page.text
    work.session.expire_all()
    assert work.get(Signatory, own.id).status == SignatoryStatus.waiting


def test_a_forwarded_link_signs_nobody_in_and_tells_no_address(
    client: FlaskClient, signed_in: SignIn, link: str, sent: Envelope, work: Work
) -> None:
    own = sent.signatories[1]
    for path in (link, client.get(link).location):
        assert own.email not in client.get(path, follow_redirects=True).text
    assert own.email not in link and client.get("/compte").status_code == 302
    assert work.session.query(SignedSession).count() == 1  # the leader's, made by the test
    colleague = enrol(work, own.party, kernel.person(work, "Collègue"), kernel.SPEAKS).person
    _id = colleague.id
    work.commit()
    refused = signed_in(colleague).get(link)
    assert refused.status_code == 403
    stranger = kernel.person(work, "Passante")
    work.commit()
    assert signed_in(stranger).get(link).status_code == 404


def test_one_may_give_another_address(client: FlaskClient, link: str, sent: Envelope) -> None:
    asked = client.get(client.get(link).location)
    (other,) = re.findall(r'href="(/connexion\?[^"]+)"', asked.text)
    form = client.get(other.replace("&amp;", "&"))
    assert 'name="email"' in form.text and f'value="{link}"' in form.text.replace("&amp;", "&")


@pytest.mark.parametrize("change", ["altered", "old", "absent"])
def test_an_altered_or_old_link_only_asks_for_an_address(
    client: FlaskClient, link: str, clock: FixedClock, work: Work, change: str
) -> None:
    path = urlsplit(link).path
    token = parse_qs(urlsplit(link).query)["pour"][0]
    if change == "old":
        clock.advance(timedelta(days=400))
    told = {"altered": f"{path}?pour={token.swapcase()}", "old": link, "absent": path}[change]
    links = work.session.query(SignInLink).count()
    work.commit()
    assert 'name="email"' in client.get("/connexion", query_string={"suite": told}).text
    answer = client.post("/connexion/attendue", data={"suite": told})
    assert answer.status_code == 200 and 'name="email"' in answer.text
    assert work.session.query(SignInLink).count() == links


def test_somebody_signed_in_goes_straight_there(signed_in: SignIn, link: str, sent: Envelope, client: FlaskClient) -> None:
    browser = signed_in(sent.signatories[1].person)
    assert browser.get(link).status_code == 200
    assert browser.get("/connexion", query_string={"suite": link}).location == link


def test_a_closed_account_is_not_written_to(link: str, sent: Envelope, work: Work, client: FlaskClient) -> None:
    sent.signatories[1].person.closed_at = work.now()
    work.commit()
    assert accounts.hinted(work, link) is None


def test_links_asked_for_are_counted(client: FlaskClient, link: str) -> None:
    answers = [client.post("/connexion/attendue", data={"suite": link}).status_code for _ in range(accounts.LINKS_PER_HOUR + 1)]
    assert answers == [200] * accounts.LINKS_PER_HOUR + [429]


def test_an_address_is_masked() -> None:
    assert accounts.masked("lea.roche@exemple.fr") == "l…@exemple.fr"
