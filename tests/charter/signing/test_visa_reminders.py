"""Somebody whose visa holds a signature back is reminded as signatories are: by hand, all at once, by the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import actor_of
from charter.adapters.clock import FixedClock
from charter.alliances.services import end_membership, enrol
from charter.errors import Refused, TooMany
from charter.signing import services
from charter.signing.models import Approver, Envelope
from charter.signing.services import Choice
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.timing import at, facts, leading, told
from workflows.roles import Role

Drain = Callable[[], int]
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def approver(work: Work, envelope: Envelope) -> Approver:
    """Whose visa the second party asked for; the documents left on Tuesday 3 March 2026."""
    own = envelope.signatories[1]
    member = enrol(work, own.party, kernel.person(work, "Ève Visa"), [Role.observer.value], "trésorière")
    made = services.ask_visa(work.by(actor_of(own.person)), envelope, own.party, Choice(member.id))
    services.send(leading(work, envelope), envelope)
    work.commit()
    return made


def test_by_hand_once_a_day_and_no_more_once_given(
    work: Work, envelope: Envelope, approver: Approver, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own = envelope.signatories[1]
    assert services.remind(leading(work, envelope), own) == "Ève Visa"
    with pytest.raises(TooMany, match="attendez demain"):
        services.remind(leading(work, envelope), own)
    work.commit()
    drain()
    assert told(outgoing, "Rappel : votre visa") == ["Ève Visa"] and told(outgoing, "Rappel : votre signature") == []
    assert [(one.kind, one.detail) for one in own.steps] == [("visa_reminded", "Ève Visa")]
    (said,) = facts(work, envelope, "reminder.sent")
    assert (said["kind"], said["subject"], said["recipient"]) == ("visa", approver.ref, str(approver.person_id))
    services.give_visa(work.by(actor_of(approver.person)), approver)
    assert services.remind(leading(work, envelope), own) == own.name


def test_everybody_at_once(work: Work, envelope: Envelope, approver: Approver, drain: Drain, outgoing: list[EmailMessage]) -> None:
    reminded = services.remind_everyone(leading(work, envelope), envelope)
    assert [one.name for one in reminded] == [make.NAMES[0], "Ève Visa", make.NAMES[2]]
    work.commit()
    drain()
    assert told(outgoing, "Rappel") == sorted(["Ève Visa", make.NAMES[0], make.NAMES[2]])


def test_the_calendar_reminds_them_as_many_times_as_chosen(
    work: Work, envelope: Envelope, approver: Approver, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.choose_reminders(leading(work, envelope), envelope, (14, 7, 2), 2)
    work.commit()
    for moment in ("2026-03-19T09:00+01:00", "2026-03-26T09:00+01:00", "2026-03-31T09:00+02:00"):
        at(clock, moment)
        drain()
    assert told(outgoing, "Rappel : votre visa") == ["Ève Visa"] * 2
    assert told(outgoing, "Rappel : votre signature") == sorted([make.NAMES[0], make.NAMES[2]] * 2)


def test_not_before_the_turn_of_the_signatory(work: Work, envelope: Envelope) -> None:
    parties = [one.party for one in envelope.signatories]
    services.set_order(leading(work, envelope), envelope, {parties[0].ref: 1, parties[1].ref: 2, parties[2].ref: 2})
    own = envelope.signatories[1]
    member = enrol(work, own.party, kernel.person(work, "Ève Visa"), [Role.observer.value], "trésorière")
    services.ask_visa(work.by(actor_of(own.person)), envelope, own.party, Choice(member.id))
    services.send(leading(work, envelope), envelope)
    assert [one.name for one in services.remind_everyone(leading(work, envelope), envelope)] == [make.NAMES[0]]
    with pytest.raises(Refused):
        services.remind(leading(work, envelope), own)


def test_nobody_who_left_is_written_to(
    work: Work, envelope: Envelope, approver: Approver, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    own = envelope.signatories[1]
    services.remind(leading(work, envelope), own)
    end_membership(work.by(actor_of(own.person)), own.party.members[-1])
    work.commit()
    drain()
    assert not [one for one in outgoing if "visa" in str(one["Subject"])]
    clock.advance(timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        services.remind(leading(work, envelope), own)
    assert [one.who for one in refusal.value.missing] == [(own.party.name,)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_the_page_and_over_the_api(work: Work, envelope: Envelope, approver: Approver, signed_in: SignIn) -> None:
    leader, own, url = (
        kernel.speaker(envelope.alliance.parties[0]),
        envelope.signatories[1],
        f"/alliances/{envelope.alliance.ref}/signature",
    )
    path = f"{url}/relance/{own.ref}"
    work.commit()
    browser = signed_in(leader)
    shown = browser.get(url).text
    assert "Relancer Ève Visa" in shown and f"Relancer {make.NAMES[1]}" not in shown and path in shown
    assert browser.post(path).status_code == 302
    assert "Relance envoyée par courriel à Ève Visa." in browser.get(url).text
