"""Choosing the provider, and what it needs before the envelope leaves."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from charter.errors import Invalid, Refused
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider import services as providing
from charter.signing.provider.choice import chosen
from charter.work import Work
from tests.charter.signing import factories as make
from tests.provider import Provider

Drain = Callable[[], int]


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


@pytest.mark.parametrize("level", ["advanced_electronic_signature"])
def test_an_advanced_signature_needs_phones(
    work: Work, envelope: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    lead = work.by(make.leader(envelope))
    providing.choose(lead, envelope, provider=True)
    with pytest.raises(Refused) as refusal:
        services.send(lead, envelope)
    assert len(refusal.value.missing) == 3
    with pytest.raises(Invalid):
        providing.set_phone(lead, envelope.signatories[0], "06 12")
    for number, one in enumerate(envelope.signatories):
        providing.set_phone(lead, one, f"06 12 34 56 7{number}")
    first, second = envelope.signatories[0], envelope.signatories[1].person
    former, first.person = first.person, second
    assert len(providing.missing(work, envelope)) == 1, "a phone is somebody's, not a party's"
    first.person = former
    services.send(lead, envelope)
    work.commit()
    drain()
    assert [one.info["phone_number"] for one in provider.only.signers.values()] == ["+33612345670", "+33612345671", "+33612345672"]


@pytest.mark.parametrize("level", ["qualified_electronic_signature"])
def test_a_qualified_signature_is_ordered(
    work: Work, envelope: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    lead = work.by(make.leader(envelope))
    providing.choose(lead, envelope, provider=True)
    for one in envelope.signatories:
        providing.set_phone(lead, one, "+32 470 12 34 56")
    services.send(lead, envelope)
    work.commit()
    drain()
    assert provider.only.status == "ongoing" and provider.only.order["ordered_signers"] is True
