"""The day by which signatures are hoped for, once the documents are out: moved later, or over.

It is an appointment: one may still sign after it. It binds those who lead, who are told and may extend it or take the envelope back.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from charter.adapters import outbox
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.errors import Invalid, Refused
from charter.i18n import format_day, gettext
from charter.journal.models import Fact
from charter.signing.models import Envelope
from charter.signing.services.envelopes import AWAITED, departed, held, signable
from charter.signing.services.preparing import LONGEST_DELAY
from charter.work import Work
from workflows.base import N_
from workflows.events import SigningDeadlineExtended, SigningDeadlinePassed
from workflows.signing import EnvelopeStatus

PASSED = "signing.deadline_passed"
NOT_OUT = N_("L’échéance ne se prolonge qu’entre l’envoi des documents et la dernière signature.")
AT_ITS_END = N_(
    "L’échéance ne peut plus être prolongée : elle ne dépasse pas le %(day)s, %(days)s jours après l’envoi, pour que les certificats des "
    "premières signatures soient encore valables à la dernière. On peut encore signer, ou annuler l’envoi et refaire le contrat."
)


def extend(work: Work, envelope: Envelope, day: date) -> None:
    """Moves the deadline of documents already sent to a later `day`; those awaited are told, reminders follow the new day.

    Raises Invalid (deadline), Refused when the documents are not out, name a party that left, or no later day is left.
    """
    alliance = held(work, envelope)
    if envelope.status != EnvelopeStatus.sent:
        raise Refused(NOT_OUT)
    signable(envelope)
    first, last = extension(work, alliance, envelope)
    if first > last:
        raise Refused(AT_ITS_END, day=format_day(last), days=LONGEST_DELAY.days)
    if not first <= day <= last:
        text = N_("Choisissez un jour entre le %(first)s et le %(last)s")
        raise Invalid({"deadline": [gettext(text, first=format_day(first), last=format_day(last))]})
    before, envelope.deadline = envelope.deadline, day
    told = SigningDeadlineExtended(envelope=envelope.ref, before=before.isoformat() if before else "", after=day.isoformat())
    announce(work, alliance, told)


def extension(work: Work, alliance: Alliance, envelope: Envelope) -> tuple[date, date]:
    """The first and the last day to which a deadline may be moved; the first is after the last when there is none."""
    today = days.today(alliance, work.now())
    sent = days.today(alliance, envelope.sent_at or work.now())
    return max(today, envelope.deadline or today) + timedelta(days=1), sent + LONGEST_DELAY


def overdue(work: Work, envelope: Envelope) -> bool:
    """True once the deadline is over while somebody's signature is still awaited."""
    awaited = envelope.status == EnvelopeStatus.sent and any(one.status in AWAITED for one in envelope.signatories)
    return awaited and envelope.deadline is not None and days.today(envelope.alliance, work.now()) > envelope.deadline


def end_of(alliance: Alliance, day: date) -> datetime:
    """The instant that day is over for the alliance."""
    return days.at(alliance, day + timedelta(days=1), time())


def plan_passing(work: Work, alliance: Alliance, envelope: Envelope) -> None:
    """Writes the row that will tell the deadline is over, at the first working moment after it."""
    if envelope.deadline is not None:
        _put(work, alliance, envelope, envelope.deadline, days.may_write(alliance, end_of(alliance, envelope.deadline)))


def passed(work: Work, envelope_id: int, day: date) -> None:
    """Records that the deadline is over, which tells those who lead, once. Nothing when it was moved or nobody is awaited any more.

    Late (a worker was away until night), it waits for the next working moment.
    """
    envelope = work.get(Envelope, envelope_id)
    alliance = held(work, envelope)
    if envelope.deadline != day or not overdue(work, envelope) or departed(envelope) or _told(work, envelope, day):
        return
    allowed = days.may_write(alliance, work.now())
    if allowed > work.now():
        _put(work, alliance, envelope, day, allowed)
        return
    announce(work, alliance, SigningDeadlinePassed(envelope=envelope.ref, day=day.isoformat()))


def _told(work: Work, envelope: Envelope, day: date) -> bool:
    told = SigningDeadlinePassed(envelope=envelope.ref, day=day.isoformat())
    query = select(Fact).where(Fact.alliance_id == envelope.alliance_id, Fact.type == told.type)
    return any(fact.payload == told.payload() for fact in work.session.scalars(query))


def _put(work: Work, alliance: Alliance, envelope: Envelope, day: date, due: datetime) -> None:
    payload = {"envelope_id": envelope.id, "day": day.isoformat()}
    outbox.put(work, PASSED, subject=f"envelope:{envelope.id}:{day}", payload=payload, due_at=due, alliance_id=alliance.id)
