"""Nobody signs once the certificate of the first signature is over or nearly: strict validation of the whole would fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.errors import Refused
from charter.i18n import say
from charter.signing import sealing, services
from charter.signing.models import Envelope
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from workflows.signing import SignatoryStatus

SignIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def begun(work: Work, engine: Engine, envelope: Envelope) -> Envelope:
    """The envelope, out, its first signature sealed."""
    services.send(work.by(make.leader(envelope)), envelope)
    make.sign(work, envelope.signatories[0])
    work.commit()
    sealing.seal(engine, envelope.signatories[0].id)
    work.session.expire_all()
    assert envelope.signatories[0].status == SignatoryStatus.signed
    work.commit()
    return envelope


def test_one_may_sign_long_after_the_first(work: Work, begun: Envelope, clock: FixedClock) -> None:
    clock.advance(timedelta(days=172))
    make.sign(work, begun.signatories[1])
    assert begun.signatories[1].status == SignatoryStatus.sealing


def test_nobody_signs_once_the_first_certificate_nears_its_end(work: Work, begun: Envelope, clock: FixedClock) -> None:
    own = begun.signatories[1]
    clock.advance(timedelta(days=172, hours=23, minutes=50))
    make.identify(work, own)
    clock.advance(timedelta(minutes=11))
    with pytest.raises(Refused) as refusal:
        services.confirm(make.acting(work, own), own, services.sentence(own))
    assert [one.who for one in refusal.value.missing] == [(begun.alliance.parties[0].name,)]
    assert "refaites le contrat : la première signature date du mardi 3 mars 2026" in say(refusal.value.missing[0])
    assert own.status == SignatoryStatus.identifying and own.confirmed_at is None
    with pytest.raises(Refused):
        services.send_code(make.acting(work, own), own)


def test_the_ceremony_says_whom_to_ask_and_one_may_still_refuse(work: Work, begun: Envelope, clock: FixedClock, signed_in: SignIn) -> None:
    own, url = begun.signatories[1], f"/alliances/{begun.alliance.ref}/signature"
    services.open_documents(make.acting(work, own), own)
    person, leader = own.person, begun.alliance.parties[0].name
    work.commit()
    clock.advance(timedelta(days=174))
    browser = signed_in(person)
    answer = browser.post(f"{url}/ceremonie/code")
    assert answer.status_code == 409 and leader in answer.text and "refaites le contrat" in answer.text
    assert browser.post(f"{url}/refus", data={"reason": "Trop tard pour nous."}).status_code == 302
