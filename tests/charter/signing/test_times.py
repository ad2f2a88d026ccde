"""More time, reminders that leave by themselves, one word when it is too late: on time, to the right people, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.alliances import services as kernel_services
from charter.dashboard.situation import gather, viewer_in
from charter.errors import Invalid, Refused, TooMany
from charter.journal import services as journal
from charter.signing import sealing, services
from charter.signing.models import Envelope, SigningStep
from charter.signing.services import deadlines, recalling
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from workflows.signing import EnvelopeStatus, SignatoryStatus
from workflows.todo import todo

Drain = Callable[[], int]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, sent on Tuesday 3 March 2026, to sign until Thursday 2 April."""
    services.send(leading(work, envelope), envelope)
    work.commit()
    return envelope


def leading(work: Work, envelope: Envelope) -> Work:
    return work.by(make.leader(envelope))


def facts(work: Work, envelope: Envelope, kind: str) -> list[dict[str, object]]:
    found = [dict(fact.payload) for fact in journal.facts(work, envelope.alliance_id) if fact.type == kind]
    work.commit()  # what was only read keeps nobody waiting
    return found


def at(clock: FixedClock, text: str) -> None:
    """Moves the clock to a moment, local to Paris."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    clock.advance(moment - clock.now())


def told(outgoing: list[EmailMessage], subject: str) -> list[str]:
    return sorted(str(one["To"]).split(" <")[0].strip('"') for one in outgoing if str(one["Subject"]).startswith(subject))


# more time ----------------------------------------------------------------------------------------------


def test_more_time_is_told_to_those_awaited_and_journalled(
    work: Work, engine: Engine, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    make.sign(work, sent.signatories[0])
    work.commit()
    drain()
    work.session.expire_all()
    services.extend(leading(work, sent), sent, date(2026, 4, 30))
    work.commit()
    drain()
    assert facts(work, sent, "envelope.deadline_extended") == [{"envelope": sent.ref, "before": "2026-04-02", "after": "2026-04-30"}]
    assert told(outgoing, "Vous avez jusqu’au") == [make.NAMES[1], make.NAMES[2]]
    assert drain() == 0


def test_more_time_is_later_and_before_certificates_end(work: Work, sent: Envelope) -> None:
    for wrong in (date(2026, 4, 2), date(2026, 3, 20), date(2026, 8, 1)):
        with pytest.raises(Invalid) as refusal:
            services.extend(leading(work, sent), sent, wrong)
        assert "vendredi 3 avril 2026 et le vendredi 31 juillet 2026" in refusal.value.fields["deadline"][0]
    services.extend(leading(work, sent), sent, date(2026, 7, 31))
    with pytest.raises(Refused, match="ne peut plus être prolongée"):
        services.extend(leading(work, sent), sent, date(2026, 8, 1))
    assert sent.deadline == date(2026, 7, 31)


def test_only_documents_that_are_out_get_more_time(work: Work, envelope: Envelope) -> None:
    with pytest.raises(Refused):
        services.extend(leading(work, envelope), envelope, date(2026, 4, 30))
    services.send(leading(work, envelope), envelope)
    kernel_services.leave(work, envelope.alliance.parties[2], "Nous ne pouvons plus.")
    with pytest.raises(Refused) as refusal:
        services.extend(leading(work, envelope), envelope, date(2026, 4, 30))
    assert refusal.value.missing[0].who == (envelope.alliance.parties[0].name,)
    services.void(leading(work, envelope), envelope, "Une partie est partie.")
    with pytest.raises(Refused):
        services.extend(leading(work, envelope), envelope, date(2026, 4, 30))


# too late -----------------------------------------------------------------------------------------------


def test_those_who_lead_are_told_once_that_it_is_too_late(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    at(clock, "2026-04-02T23:59+02:00")
    drain()
    assert not services.overdue(work, sent) and not told(outgoing, "Échéance")
    at(clock, "2026-04-03T08:59+02:00")
    drain()
    assert services.overdue(work, sent) and not told(outgoing, "Échéance")
    at(clock, "2026-04-03T09:00+02:00")
    drain()
    leader, facilitator = make.NAMES[0], sent.alliance.facilitators[0].person.name
    assert told(outgoing, "Échéance") == sorted([leader, facilitator])
    deadlines.passed(work, sent.id, date(2026, 4, 2))
    work.commit()
    at(clock, "2026-04-10T09:00+02:00")
    drain()
    assert len(told(outgoing, "Échéance")) == 2
    assert facts(work, sent, "envelope.deadline_passed") == [{"envelope": sent.ref, "day": "2026-04-02"}]


def test_one_may_still_sign_after_the_deadline(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    at(clock, "2026-05-20T10:00+02:00")
    drain()
    for signatory in sent.signatories:
        make.sign(work, signatory)
        work.commit()
        drain()
    work.session.expire_all()
    assert sent.status == EnvelopeStatus.completed
    assert not services.overdue(work, sent)


@pytest.mark.parametrize("ending", ["extended", "voided", "signed"])
def test_nobody_is_told_of_a_deadline_that_no_longer_counts(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage], ending: str
) -> None:
    if ending == "extended":
        services.extend(leading(work, sent), sent, date(2026, 4, 30))
    elif ending == "voided":
        services.void(leading(work, sent), sent, "Une clause manque.")
    else:
        for signatory in sent.signatories:
            make.sign(work, signatory)
    work.commit()
    drain()
    at(clock, "2026-04-03T10:00+02:00")
    drain()
    assert not told(outgoing, "Échéance")
    assert facts(work, sent, "envelope.deadline_passed") == []


def test_late_at_night_it_waits_for_the_morning(
    work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    at(clock, "2026-04-03T23:00+02:00")  # Friday; Monday 6 April is Easter Monday
    drain()
    assert not told(outgoing, "Échéance")
    at(clock, "2026-04-07T09:00+02:00")
    drain()
    assert len(told(outgoing, "Échéance")) == 2


def test_the_dashboard_says_it_is_too_late_and_what_to_do(work: Work, sent: Envelope, clock: FixedClock) -> None:
    alliance, leader, other = sent.alliance, kernel.speaker(sent.alliance.parties[0]), kernel.speaker(sent.alliance.parties[1])

    def asked(person: object) -> list[tuple[str, str]]:
        situation = todo(gather(work, [alliance])[alliance.id], viewer_in(person, alliance))  # type: ignore[arg-type]
        return [(one.text, one.endpoint) for one in situation.todos]

    late = ("L’échéance des signatures est dépassée : prolongez-la, ou annulez l’envoi", "signing.extending")
    at(clock, "2026-04-02T12:00+02:00")
    assert late not in asked(leader)
    at(clock, "2026-04-03T00:01+02:00")
    assert late in asked(leader)
    assert late not in asked(other)
    waiting = todo(gather(work, [alliance])[alliance.id], viewer_in(other, alliance)).waiting
    assert any("qui est dépassée" in one.text for one in waiting)
    for signatory in sent.signatories:
        signatory.status = SignatoryStatus.sealing
    work.session.flush()
    assert late not in asked(leader)


# reminders ----------------------------------------------------------------------------------------------


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
