"""Recalling the drafting's deadlines: every recall is a row of the outbox with its date, and finds out when it leaves who is still awaited.

A row says which day it recalls: when the deadline was moved meanwhile it does nothing, and the new day has rows of its own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from charter.adapters import mail, outbox
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting import states
from charter.drafting.models import DraftingCalendar, Text
from charter.drafting.services.consents import standing_consents
from charter.drafting.services.texts import hold_text
from charter.drafting.services.voice import speakers
from charter.drafting.words import current_hashes
from charter.work import Work
from workflows import calendar
from workflows.calendar import REMINDERS
from workflows.deadlines import Deadline
from workflows.drafting import ArticleFacts, awaited_articles, objections
from workflows.events import DeadlinePassed, ReminderSent
from workflows.lifecycle import AllianceStatus
from workflows.roles import Role

REMIND, PASSED = "drafting.remind", "drafting.deadline_passed"


def plan(work: Work, alliance: Alliance, text: Text, deadline: Deadline, day: date) -> None:
    """Writes the rows that will recall the deadline, and the one that tells it is over. What is past already is left out."""
    for at in moments(alliance, deadline, day):
        if at > work.now():
            _put(work, REMIND, alliance, text, deadline, day, at, at)
    over = end_of(alliance, day)
    _put(work, PASSED, alliance, text, deadline, day, over, over)


def moments(alliance: Alliance, deadline: Deadline, day: date) -> tuple[datetime, ...]:
    """The working moments (UTC, in order) at which it is recalled; once amendments are refused, recalling them would be no help."""
    key = f"drafting.{deadline}"
    if key not in REMINDERS:
        return ()
    found = calendar.reminders(key, day, alliance.zone, days.holidays_of(alliance))
    over = end_of(alliance, day)
    return tuple(at for at in found if deadline != Deadline.amendments or at < over)


def end_of(alliance: Alliance, day: date) -> datetime:
    """The instant that day is over for the alliance."""
    return days.at(alliance, day + timedelta(days=1), time())


def remind(work: Work, text_id: int, deadline: Deadline, day: date, at: datetime) -> None:
    """Puts the mails of the recall planned for `at` in the outbox, for those still awaited; at a working moment when it comes late.

    Nothing when the text is adopted, the deadline was moved, or a later recall is due as well: people are not flooded.
    """
    text = work.get(Text, text_id)
    alliance = hold_text(work, text)
    if not is_current(work, alliance, text, deadline, day):
        return
    if any(at < other <= work.now() for other in moments(alliance, deadline, day)):
        return
    allowed = days.may_write(alliance, work.now())
    if allowed > work.now():
        _put(work, REMIND, alliance, text, deadline, day, at, allowed)
        return
    for party in waited(work, alliance, text, deadline):
        _write(work, alliance, text, party, deadline, day, at)


def passed(work: Work, text_id: int, deadline: Deadline, day: date) -> None:
    """Records that the deadline is over. Nothing when it was moved or the text adopted."""
    text = work.get(Text, text_id)
    alliance = hold_text(work, text)
    if is_current(work, alliance, text, deadline, day):
        announce(work, alliance, DeadlinePassed(text=text.ref, deadline=deadline.value, day=day.isoformat()))


def is_current(work: Work, alliance: Alliance, text: Text, deadline: Deadline, day: date) -> bool:
    """Whether that day is still the text's deadline, and the text still written."""
    query = select(DraftingCalendar).where(DraftingCalendar.text_id == text.id).execution_options(populate_existing=True)
    kept = work.session.scalar(query)
    return not text.frozen and alliance.status == AllianceStatus.drafting and kept is not None and kept.days[deadline] == day


def waited(work: Work, alliance: Alliance, text: Text, deadline: Deadline) -> list[Party]:
    """The parties still awaited: for the consents, those without a live word on some article; for the amendments, those that object too."""
    return [party for party in alliance.accepted_parties if open_articles(work, alliance, text, party, deadline)]


def open_articles(work: Work, alliance: Alliance, text: Text, party: Party, deadline: Deadline) -> tuple[ArticleFacts, ...]:
    """The articles on which the party is awaited before that deadline."""
    hashes = current_hashes(work.session, text.present_articles)
    facts = states.of(alliance, [(one, hashes[one.id]) for one in text.present_articles], standing_consents(work, text))
    awaited = awaited_articles(facts, party.name)
    return awaited + objections(facts, party.name) if deadline == Deadline.amendments else awaited


def _write(work: Work, alliance: Alliance, text: Text, party: Party, deadline: Deadline, day: date, at: datetime) -> None:
    writers = party.members_with(Role.signatory, Role.referent, Role.drafter)
    for member in speakers(work, party) if deadline == Deadline.consents else writers:
        row = mail.post(
            work,
            "drafting.reminder",
            to=member.person.email,
            subject=f"text:{text.id}:{deadline}:{day}:{party.ref}",
            alliance_id=alliance.id,
            due_at=at,
            person_id=member.person_id,
            party_id=party.id,
            text_id=text.id,
            deadline=deadline.value,
            day=day.isoformat(),
        )
        if row is not None:
            told = ReminderSent(kind=f"drafting.{deadline}", subject=text.ref, recipient=str(member.person_id), due=at.isoformat())
            announce(work, alliance, told)


def _put(work: Work, name: str, alliance: Alliance, text: Text, deadline: Deadline, day: date, at: datetime, due: datetime) -> None:
    payload = {"text_id": text.id, "deadline": deadline.value, "day": day.isoformat(), "at": at.isoformat()}
    outbox.put(work, name, subject=f"text:{text.id}:{deadline}:{day}", payload=payload, due_at=due, alliance_id=alliance.id)
