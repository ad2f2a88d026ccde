"""More time for those awaited; one word, to those who lead, when it is too late; and still one may sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.alliances import services as kernel_services
from charter.dashboard.situation import gather, viewer_in
from charter.errors import Invalid, Refused
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.services import deadlines
from charter.work import Engine, Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.timing import at, facts, leading, told
from workflows.signing import EnvelopeStatus, SignatoryStatus
from workflows.todo import todo

Drain = Callable[[], int]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, sent on Tuesday 3 March 2026, to sign until Thursday 2 April."""
    services.send(leading(work, envelope), envelope)
    work.commit()
    return envelope


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


def test_documents_do_not_leave_with_a_deadline_already_over(work: Work, envelope: Envelope, clock: FixedClock) -> None:
    at(clock, "2026-04-03T10:00+02:00")
    with pytest.raises(Refused) as refusal:
        services.send(leading(work, envelope), envelope)
    (missing,) = refusal.value.missing
    assert missing.who == (envelope.alliance.parties[0].name,) and missing.params["day"] == date(2026, 4, 2)
    services.set_deadline(leading(work, envelope), envelope, date(2026, 5, 4))
    services.send(leading(work, envelope), envelope)
    assert envelope.status == EnvelopeStatus.sent
