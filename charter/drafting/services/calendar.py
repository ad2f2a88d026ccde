"""The deadlines of a text: setting them, and what they change. Each is a day in the alliance's zone that counts until its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting.models import DraftingCalendar, Text
from charter.drafting.services import reminding
from charter.drafting.services.texts import hold_draft
from charter.errors import Invalid, Refused
from charter.i18n import format_day, gettext
from charter.work import Work
from workflows import deadlines
from workflows.base import N_, Missing
from workflows.deadlines import Deadline
from workflows.events import DeadlinesSet

NONE: Mapping[Deadline, date | None] = dict.fromkeys(Deadline)


def days_of(work: Work, text: Text) -> dict[Deadline, date | None]:
    """The day of each deadline of the text, None for those nobody set."""
    found = calendar_of(work, text)
    return found.days if found else dict(NONE)


def calendar_of(work: Work, text: Text) -> DraftingCalendar | None:
    """The text's calendar, None before anybody set a deadline."""
    return work.session.scalar(select(DraftingCalendar).where(DraftingCalendar.text_id == text.id))


def set_deadline(work: Work, text: Text, deadline: Deadline, day: date | None) -> DraftingCalendar:
    """Sets, moves or takes away (None) one deadline. Raises Invalid (the deadline's name), Conflict when the text is written no more."""
    return set_calendar(work, text, {**days_of(work, text), deadline: day})


def set_calendar(work: Work, text: Text, wanted: Mapping[Deadline, date | None]) -> DraftingCalendar:
    """Makes the deadlines be `wanted` (those left out are taken away) and plans their reminders; those of a day given up are never sent.

    Raises Invalid naming each deadline whose day is past, too far or out of order; Conflict when the text is not written any more.
    """
    alliance = hold_draft(work, text)
    before, after = days_of(work, text), {**NONE, **wanted}
    _check(work, alliance, before, after)
    calendar = calendar_of(work, text) or work.add(DraftingCalendar(text_id=text.id, set_at=work.now()))
    if before == after:
        return calendar
    calendar.amendments_on, calendar.consents_on, calendar.adoption_on = (after[one] for one in Deadline)
    calendar.set_at, calendar.sequence = work.now(), calendar.sequence + 1
    work.session.flush()
    for deadline, day in after.items():
        if day is not None and day != before[deadline]:
            reminding.plan(work, alliance, text, deadline, day)
    announce(work, alliance, DeadlinesSet(text=text.ref, **{one.value: day.isoformat() if day else "" for one, day in after.items()}))
    return calendar


def _check(work: Work, alliance: Alliance, before: deadlines.Days, after: deadlines.Days) -> None:
    wrong: dict[str, list[str]] = {}
    for fault in deadlines.faults(days.today(alliance, work.now()), before, after):
        wrong.setdefault(fault.deadline.value, []).append(
            gettext(fault.text, day=format_day(fault.day)) if fault.day else gettext(fault.text)
        )
    if wrong:
        raise Invalid(wrong)


def advice(alliance: Alliance, day: date) -> date | None:
    """The next working day when `day` is a day off: one may keep it, and be told. None when it is worked."""
    worked = days.working(alliance, day)
    return None if worked == day else worked


def suggestion(work: Work, alliance: Alliance, deadline: Deadline, chosen: Mapping[Deadline, date | None]) -> date:
    """A day to start from: three weeks to propose amendments, two more to say one's word, one more to adopt; a working day."""
    start = days.today(alliance, work.now())
    weeks = {Deadline.amendments: 3, Deadline.consents: 2, Deadline.adoption: 1}
    for one in Deadline:
        start = chosen.get(one) or days.working(alliance, start + timedelta(weeks=weeks[one]))
        if one == deadline:
            break
    return start


def amendments_open(work: Work, text: Text) -> bool:
    """Whether amendments may be proposed as far as the calendar goes: until the end of the deadline's day, always when none is set."""
    last = days_of(work, text)[Deadline.amendments]
    return last is None or days.today(work.get(Alliance, text.alliance_id), work.now()) <= last


def check_amendments_open(work: Work, text: Text) -> None:
    """Raises Refused, saying since when and who may move the deadline, when amendments may not be proposed any more."""
    last = days_of(work, text)[Deadline.amendments]
    if last is not None and not amendments_open(work, text):
        move = Missing(N_("Demandez au référent de la partie qui mène l’alliance, ou au tiers de confiance, de repousser la date limite"))
        raise Refused(N_("Les amendements pouvaient être proposés jusqu’au %(day)s : cette date est passée."), [move], day=last)
