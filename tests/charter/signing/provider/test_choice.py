"""Choosing the provider, and what it needs before the envelope leaves."""

from __future__ import annotations

import pytest

from charter.errors import Refused
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider import services as providing
from charter.signing.provider.choice import chosen
from charter.work import Work
from tests.charter.signing import factories as make


def test_the_choice_is_for_drafts_and_can_be_taken_back(work: Work, envelope: Envelope) -> None:
    lead = work.by(make.leader(envelope))
    providing.choose(lead, envelope, provider=True)
    providing.choose(lead, envelope, provider=True)
    assert chosen(work, envelope) is not None
    providing.choose(lead, envelope, provider=False)
    assert chosen(work, envelope) is None
    services.send(lead, envelope)
    with pytest.raises(Refused):
        providing.choose(lead, envelope, provider=True)


def test_a_single_name_is_asked_to_be_whole(work: Work, envelope: Envelope) -> None:
    providing.choose(work.by(make.leader(envelope)), envelope, provider=True)
    envelope.signatories[0].name = "Amina"
    assert "prénom et un nom" in providing.missing(work, envelope)[0].text
