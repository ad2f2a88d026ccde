"""Reminders by hand, or that leave by themselves: on working days, to the right people, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.errors import Invalid, Refused, TooMany
from charter.signing import sealing, services
from charter.signing.models import Envelope, SigningStep
from charter.signing.services import recalling
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from tests.charter.signing.timing import at, facts, leading, told

Drain = Callable[[], int]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, sent on Tuesday 3 March 2026, to sign until Thursday 2 April."""
    services.send(leading(work, envelope), envelope)
    work.commit()
    return envelope


def reminded(outgoing: list[EmailMessage]) -> list[str]:
    return told(outgoing, "Rappel")


def test_the_usual_reminders_leave_on_their_days_to_those_who_have_not_signed(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    """14, 7 and 2 days before Thursday 2 April: Thursdays 19 and 26, Tuesday 31 March, at nine."""
    drain()
    at(clock, "2026-03-19T08:59+01:00")
    drain()
    assert reminded(outgoing) == []
    at(clock, "2026-03-19T09:00+01:00")
    drain()
    assert reminded(outgoing) == sorted(make.NAMES)
    make.sign(work, sent.signatories[0])
    work.commit()
    drain()
    for moment, count in (("2026-03-26T09:00+01:00", 5), ("2026-03-31T09:00+02:00", 7), ("2026-04-30T09:00+02:00", 7)):
        at(clock, moment)
        drain()
        assert len(reminded(outgoing)) == count
    assert [one.kind for one in sent.signatories[1].steps] == ["recalled"] * 3
    assert len(facts(work, sent, "reminder.sent")) == 7


def test_a_reminder_run_twice_changes_nothing(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    at(clock, "2026-03-19T09:00+01:00")
    planned = recalling.moments(work, sent.alliance, sent)[0]
    for _ in range(2):
        recalling.recall(work, sent.id, date(2026, 4, 2), planned)
        recalling.plan_recalls(work, sent.alliance, sent)
        work.commit()
    drain()
    drain()
    assert len(reminded(outgoing)) == 3
    assert work.session.query(SigningStep).filter_by(kind="recalled").count() == 3


def test_a_day_off_gives_way_to_the_working_day_before(work: Work, sent: Envelope) -> None:
    """Deadline Tuesday 7 April: two days before is Sunday, one day before Easter Monday; both fall on Friday 3 April."""
    services.choose_reminders(leading(work, sent), sent, (2, 1), 3)
    services.extend(leading(work, sent), sent, date(2026, 4, 7))
    assert [one.date() for one in recalling.moments(work, sent.alliance, sent)] == [date(2026, 4, 3)]


def test_nobody_gets_more_automatic_reminders_than_chosen(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.choose_reminders(leading(work, sent), sent, (21, 14, 7, 5, 2), 2)
    services.remind(leading(work, sent), sent.signatories[1])
    work.commit()
    for day in range(3, 35):
        at(clock, f"2026-{3 if day <= 31 else 4:02}-{day if day <= 31 else day - 31:02}T12:00+01:00")
        drain()
    assert reminded(outgoing).count(make.NAMES[0]) == 2
    assert reminded(outgoing).count(make.NAMES[1]) == 3  # those asked for by hand come over and above


def test_by_hand_and_by_itself_is_still_one_mail_a_day(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    at(clock, "2026-03-19T08:30+01:00")
    services.remind(leading(work, sent), sent.signatories[1])
    work.commit()
    at(clock, "2026-03-19T09:30+01:00")
    drain()
    assert reminded(outgoing) == sorted(make.NAMES)
    with pytest.raises(TooMany):
        services.remind(leading(work, sent), sent.signatories[0])


def test_reminders_follow_the_deadline_that_moves(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.extend(leading(work, sent), sent, date(2026, 4, 30))
    work.commit()
    drain()
    at(clock, "2026-04-01T10:00+02:00")
    drain()
    assert reminded(outgoing) == []
    at(clock, "2026-04-16T09:00+02:00")
    drain()
    assert len(reminded(outgoing)) == 3


def test_a_choice_changed_after_the_sending_counts(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.choose_reminders(leading(work, sent), sent, (10,), 1)
    services.choose_reminders(leading(work, sent), sent, (10,), 1)
    work.commit()
    assert facts(work, sent, "envelope.reminders_chosen") == [{"envelope": sent.ref, "days": [10], "most": 1}]
    drain()
    at(clock, "2026-03-19T10:00+01:00")
    drain()
    assert reminded(outgoing) == []
    at(clock, "2026-03-23T09:00+01:00")
    drain()
    assert len(reminded(outgoing)) == 3


def test_a_choice_made_while_preparing_is_kept_and_none_is_a_choice(
    work: Work, envelope: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.choose_reminders(leading(work, envelope), envelope, (), 3)
    services.send(leading(work, envelope), envelope)
    work.commit()
    for day in range(4, 32):
        at(clock, f"2026-03-{day:02}T10:00+01:00")
        drain()
    assert reminded(outgoing) == []


@pytest.mark.parametrize(
    ("days", "most", "field"),
    [((61,), 3, "days"), ((-1,), 3, "days"), (tuple(range(9)), 3, "days"), ((7,), 0, "most"), ((7,), 6, "most")],
)
def test_a_choice_out_of_bounds_names_its_field(work: Work, envelope: Envelope, days: tuple[int, ...], most: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        services.choose_reminders(leading(work, envelope), envelope, days, most)
    assert list(refusal.value.fields) == [field]
    assert services.policy_of(work, envelope) == recalling.USUAL


def test_after_a_long_stop_only_the_last_reminder_leaves(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    at(clock, "2026-03-31T10:00+02:00")
    drain()
    assert reminded(outgoing) == sorted(make.NAMES)


def test_nothing_leaves_once_the_envelope_is_over(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    services.void(leading(work, sent), sent, "Une clause manque.")
    work.commit()
    drain()
    for day in (19, 26, 31):
        at(clock, f"2026-03-{day}T10:00+01:00")
        drain()
    assert reminded(outgoing) == []
    assert work.session.query(Outbox).filter(Outbox.status != OutboxStatus.DONE, Outbox.due_at <= work.now()).count() == 0
    with pytest.raises(Refused):
        services.choose_reminders(leading(work, sent), sent, (7,), 3)
    with pytest.raises(Refused):
        services.remind_everyone(leading(work, sent), sent)


def test_everyone_is_reminded_at_once_but_once_a_day(
    work: Work, engine: Engine, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    make.sign(work, sent.signatories[0])
    work.commit()
    assert sealing.seal(engine, sent.signatories[0].id)
    work.session.expire_all()
    services.remind(leading(work, sent), sent.signatories[1])
    assert services.remind_everyone(leading(work, sent), sent) == [sent.signatories[2]]
    with pytest.raises(TooMany, match="attendez demain"):
        services.remind_everyone(leading(work, sent), sent)
    work.commit()
    drain()
    assert reminded(outgoing) == sorted(make.NAMES[1:])
    clock.advance(timedelta(days=1))
    assert len(services.remind_everyone(leading(work, sent), sent)) == 2


def test_somebody_whose_turn_has_not_come_is_left_alone(
    work: Work, envelope: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    envelope.signatories[2].rank = 2
    services.send(leading(work, envelope), envelope)
    work.commit()
    with pytest.raises(Refused) as refusal:
        services.remind(leading(work, envelope), envelope.signatories[2])
    assert {name for one in refusal.value.missing for name in one.who} == set(make.NAMES[:2])
    work.commit()
    at(clock, "2026-03-19T09:00+01:00")
    drain()
    services.extend(leading(work, envelope), envelope, date(2026, 4, 30))
    work.commit()
    drain()
    assert reminded(outgoing) == sorted(make.NAMES[:2])
    assert told(outgoing, "Vous avez jusqu’au") == sorted(make.NAMES[:2])
