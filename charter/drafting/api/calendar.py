"""The calendar of the drafting, and one's own mails, over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services
from charter.drafting.api.blueprint import api, text_here
from charter.drafting.models import Text
from charter.drafting.schemas import CalendarIn, CalendarView, MailChoiceIn, MailChoiceView
from charter.drafting.services import Choice
from workflows.deadlines import Deadline


@api.get("/texts/<text_ref>/calendar")
@api.response(200, CalendarView)
@inside("alliance.see")
def calendar(alliance_ref: str, text_ref: str) -> dict[str, Any]:
    """The deadlines of a text: the last days that count, in the alliance's zone."""
    return _calendar(text_here(text_ref))


@api.put("/texts/<text_ref>/calendar")
@api.arguments(CalendarIn)
@api.response(200, CalendarView)
@inside("drafting.calendar")
def set_calendar(data: dict[str, Any], alliance_ref: str, text_ref: str) -> dict[str, Any]:
    """Sets the deadlines; those left out are taken away, and the reminders of the days given up are never sent."""
    text = text_here(text_ref)
    services.set_calendar(current_work(), text, {one: data[one.value] for one in Deadline})
    return _calendar(text)


@api.get("/mails")
@api.response(200, MailChoiceView)
@inside("alliance.see")
def mails(alliance_ref: str) -> Choice:
    """What the caller receives of this alliance."""
    return services.choice_of(current_work(), me(), standing().alliance)


@api.patch("/mails")
@api.arguments(MailChoiceIn)
@api.response(200, MailChoiceView)
@inside("alliance.see")
def choose_mails(data: dict[str, Any], alliance_ref: str) -> Choice:
    """Changes what the caller receives of this alliance."""
    return services.choose(current_work(), me(), standing().alliance, **data)


def _calendar(text: Text) -> dict[str, Any]:
    work = current_work()
    days = {one.value: day for one, day in services.days_of(work, text).items()}
    return {**days, "amendments_open": services.amendments_open(work, text)}
