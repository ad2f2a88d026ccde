"""The automatic reminders of an envelope: chosen by those who lead, each a row of the outbox with its date (ADR 22).

A row says which day it recalls and for which moment: when it leaves it looks again, and does nothing when the day or the choice changed,
the envelope is over, or a later recall is due as well. Nothing is ever cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from charter.adapters import outbox
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import Invalid, Refused
from charter.i18n import gettext
from charter.signing.models import Approver, Envelope, ReminderPolicy, Signatory, SigningStep
from charter.signing.services.deadlines import end_of
from charter.signing.services.envelopes import departed, held
from charter.signing.services.reminding import RECALLED, VISA, held_up, write
from charter.work import Work
from workflows import calendar
from workflows.base import N_
from workflows.events import SigningRemindersChosen
from workflows.signing import EnvelopeStatus

RECALL = "signing.recall"
FARTHEST, MOST_DAYS, MOST_REMINDERS = 60, 8, 5
LIVE = (EnvelopeStatus.draft, EnvelopeStatus.sent)


@dataclass(frozen=True)
class Policy:
    """`days` before the deadline, from the farthest; `most` automatic reminders a person."""

    days: tuple[int, ...]
    most: int


USUAL = Policy(tuple(-count for count in calendar.REMINDERS["signature"]), 3)


def policy_of(work: Work, envelope: Envelope) -> Policy:
    """What was chosen for the envelope, or the usual reminders."""
    kept = _kept(work, envelope)
    return Policy(tuple(int(str(day)) for day in kept.days), kept.most) if kept else USUAL


def choose_reminders(work: Work, envelope: Envelope, before: Iterable[int], most: int) -> None:
    """When those awaited are reminded: `before` the deadline, in days (none: never), `most` times a person.

    Before or after the sending. Raises Invalid (days, most), Refused once the envelope is over.
    """
    alliance = held(work, envelope)
    if envelope.status not in LIVE:
        raise Refused(N_("Il n’y a plus personne à relancer pour ces documents."))
    chosen = tuple(sorted(set(before), reverse=True))
    _check(chosen, most)
    if Policy(chosen, most) == policy_of(work, envelope):
        return
    kept = _kept(work, envelope) or work.add(ReminderPolicy(envelope=envelope, days=[], most=most))
    kept.days, kept.most = list(chosen), most
    work.session.flush()
    announce(work, alliance, SigningRemindersChosen(envelope=envelope.ref, days=chosen, most=most))
    if envelope.status == EnvelopeStatus.sent:
        plan_recalls(work, alliance, envelope)


def moments(work: Work, alliance: Alliance, envelope: Envelope) -> tuple[datetime, ...]:
    """The working moments (UTC, in order) at which those awaited are reminded; none on the day the documents left."""
    if envelope.deadline is None or envelope.sent_at is None:
        return ()
    found = calendar.ahead(envelope.deadline, policy_of(work, envelope).days, alliance.zone, days.holidays_of(alliance))
    sent = days.today(alliance, envelope.sent_at)
    return tuple(at for at in found if days.today(alliance, at) > sent)


def plan_recalls(work: Work, alliance: Alliance, envelope: Envelope) -> None:
    """Writes the rows of the recalls to come, for the deadline and the choice of today."""
    for at in moments(work, alliance, envelope):
        if at > work.now() and envelope.deadline is not None:
            _put(work, alliance, envelope, envelope.deadline, at, at)


def recall(work: Work, envelope_id: int, day: date, at: datetime) -> None:
    """Reminds those whose signature is awaited now, as planned for `at`; at a working moment when it comes late."""
    envelope = work.get(Envelope, envelope_id)
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent or envelope.deadline != day or departed(envelope):
        return
    planned = moments(work, alliance, envelope)
    if at not in planned or any(at < other <= work.now() for other in planned):
        return
    allowed = days.may_write(alliance, work.now())
    if allowed > work.now():
        if allowed < end_of(alliance, day):
            _put(work, alliance, envelope, day, at, allowed)
        return
    most = policy_of(work, envelope).most
    for signatory, person in held_up(envelope):
        if recalled(work, signatory, person) < most:
            write(work, alliance, signatory, RECALLED)


def recalled(work: Work, signatory: Signatory, person: Signatory | Approver) -> int:
    """How many automatic reminders the person, the signatory or whoever must give them a visa, got."""
    count = select(func.count()).where(SigningStep.signatory_id == signatory.id)
    if isinstance(person, Approver):
        count = count.where(SigningStep.kind == f"{VISA}{RECALLED}", SigningStep.at >= person.named_at)
    else:
        count = count.where(SigningStep.kind == RECALLED)
    return work.session.scalar(count) or 0


def _check(chosen: tuple[int, ...], most: int) -> None:
    errors = {}
    if len(chosen) > MOST_DAYS or not all(0 <= day <= FARTHEST for day in chosen):
        text = N_("Choisissez au plus %(n)s rappels, de 0 à %(farthest)s jours avant l’échéance")
        errors["days"] = [gettext(text, n=MOST_DAYS, farthest=FARTHEST)]
    if not 1 <= most <= MOST_REMINDERS:
        errors["most"] = [gettext(N_("Choisissez un nombre de 1 à %(n)s"), n=MOST_REMINDERS)]
    if errors:
        raise Invalid(errors)


def _kept(work: Work, envelope: Envelope) -> ReminderPolicy | None:
    query = select(ReminderPolicy).where(ReminderPolicy.envelope_id == envelope.id)
    return work.session.scalar(query.execution_options(populate_existing=True))


def _put(work: Work, alliance: Alliance, envelope: Envelope, day: date, at: datetime, due: datetime) -> None:
    payload = {"envelope_id": envelope.id, "day": day.isoformat(), "at": at.isoformat()}
    outbox.put(work, RECALL, subject=f"envelope:{envelope.id}:{day}", payload=payload, due_at=due, alliance_id=alliance.id)
