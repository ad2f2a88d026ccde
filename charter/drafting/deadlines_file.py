"""The drafting's deadlines in everybody's own calendar: whole days (RFC 5545), which keep the same UID when they are moved."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from charter.alliances.models import Alliance
from charter.drafting.models import DraftingCalendar, Text
from charter.i18n import gettext
from workflows.base import N_
from workflows.deadlines import Deadline

PRODUCT = "-//Charte du faire alliance//FR"
NAME = "calendrier-charte.ics"
SUMMARIES = {
    Deadline.amendments: N_("Dernier jour pour proposer des amendements : %(alliance)s"),
    Deadline.consents: N_("Dernier jour pour donner son avis sur la charte : %(alliance)s"),
    Deadline.adoption: N_("Adoption souhaitée de la charte : %(alliance)s"),
}


def whole(alliance: Alliance, text: Text, kept: DraftingCalendar | None, public_url: str) -> bytes:
    """The deadlines set, each a whole day; none gives an empty calendar."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", alliance.title)
    for deadline, day in kept.days.items() if kept else ():
        if kept is not None and day is not None:
            calendar.add_component(_event(alliance, text, kept, deadline, day, public_url))
    return bytes(calendar.to_ical())


def _event(alliance: Alliance, text: Text, kept: DraftingCalendar, deadline: Deadline, day: date, public_url: str) -> Event:
    event = Event()
    event.add("uid", f"charte-{text.ref}-{deadline}@{urlsplit(public_url).hostname or 'charte'}")
    event.add("summary", gettext(SUMMARIES[deadline], alliance=alliance.title))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("dtstamp", kept.set_at)
    event.add("sequence", kept.sequence)
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{public_url}/alliances/{alliance.ref}/charte")
    return event
