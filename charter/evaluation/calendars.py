"""Checkpoints in everybody's own calendar: `.ics` files (RFC 5545) whose events keep the same UID for ever.

An event is found again by its UID, so a moved checkpoint moves in calendars (SEQUENCE grows) instead of appearing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from charter.adapters.mail import Attachment
from charter.alliances.models import Alliance
from charter.evaluation.models import Checkpoint
from charter.i18n import format_day, gettext
from workflows.base import N_
from workflows.evaluation import CheckpointStatus

PRODUCT = "-//Charte du faire alliance//FR"
FILE_NAME = "calendrier.ics"
MIME = "text/calendar"


def whole(alliance: Alliance, checkpoints: Iterable[Checkpoint], public_url: str) -> bytes:
    """Every checkpoint of an alliance: the day it opens, and the last day to answer of those that are open."""
    calendar = _calendar(alliance)
    for checkpoint in checkpoints:
        calendar.add_component(_opening(alliance, checkpoint, public_url))
        if checkpoint.status == CheckpointStatus.open:
            calendar.add_component(_deadline(alliance, checkpoint, public_url))
    return bytes(calendar.to_ical())


def deadline(alliance: Alliance, checkpoint: Checkpoint, public_url: str) -> bytes:
    """One event: the last day to answer."""
    calendar = _calendar(alliance)
    calendar.add_component(_deadline(alliance, checkpoint, public_url))
    return bytes(calendar.to_ical())


def attached(data: bytes) -> Attachment:
    """The file as a mail carries it."""
    return Attachment(FILE_NAME, MIME, data, {"method": "PUBLISH", "charset": "utf-8"})


def uid(checkpoint: Checkpoint, public_url: str, what: str = "") -> str:
    """The event's identity: the checkpoint's reference, never its date."""
    return f"point-{checkpoint.ref}{what}@{urlsplit(public_url).hostname or 'charte'}"


def _calendar(alliance: Alliance) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", alliance.title)
    return calendar


def _opening(alliance: Alliance, checkpoint: Checkpoint, public_url: str) -> Event:
    title, closes = gettext(checkpoint.title), format_day(checkpoint.closes_on)
    description = gettext(
        N_("Le point d’étape « %(title)s » s’ouvre aux réponses. Chaque partie répond jusqu’au %(day)s."), title=title, day=closes
    )
    summary = gettext(N_("Point d’étape : %(title)s (%(alliance)s)"), title=title, alliance=alliance.title)
    return _event(checkpoint, uid(checkpoint, public_url), checkpoint.due_on, summary, description, _url(alliance, public_url))


def _deadline(alliance: Alliance, checkpoint: Checkpoint, public_url: str) -> Event:
    title = gettext(checkpoint.title)
    summary = gettext(N_("Dernier jour pour répondre : %(title)s (%(alliance)s)"), title=title, alliance=alliance.title)
    description = gettext(
        N_("Une réponse par partie. Les réponses restent masquées jusqu’à ce que toutes aient répondu ou que ce jour soit passé.")
    )
    url = f"{_url(alliance, public_url)}/{checkpoint.ref}/repondre"
    return _event(checkpoint, uid(checkpoint, public_url, "-fin"), checkpoint.closes_on, summary, description, url)


def _event(checkpoint: Checkpoint, identity: str, day: date, summary: str, description: str, url: str) -> Event:
    event = Event()
    event.add("uid", identity)
    event.add("dtstamp", _stamp(checkpoint.changed_at))
    event.add("sequence", checkpoint.sequence)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", f"{description}\n{url}")
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if checkpoint.status == CheckpointStatus.cancelled else "CONFIRMED")
    return event


def _stamp(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _url(alliance: Alliance, public_url: str) -> str:
    return f"{public_url}/alliances/{alliance.ref}/evaluation"
