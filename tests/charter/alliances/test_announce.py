"""What one fact sends out: each mail once a person, in however many audiences they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from charter.accounts.services import actor_of
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.alliances.services import enrol
from charter.signing import services
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.roles import Role


def test_whoever_signs_for_the_party_and_leads_is_told_of_a_refused_visa_once(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real clock never stands still: the outbox does not take the second mail for the first."""
    monkeypatch.setattr(FixedClock, "now", lambda self: self.advance(timedelta(microseconds=1)))
    envelope = make.envelope(work)
    own = envelope.signatories[0]
    reader = enrol(work, own.party, kernel.person(work, "Léa Visa"), [Role.observer.value])
    found = services.ask_visa(work.by(actor_of(own.person)), envelope, own.party, services.Choice(reader.id))
    services.send(work.by(make.leader(envelope)), envelope)
    services.refuse_visa(work.by(actor_of(reader.person)), found, "Le budget manque.")
    told = [row.recipient for row in work.session.query(Outbox).filter_by(name="mail.signing.visa_refused")]
    assert own.email in told and len(told) == len(set(told))
