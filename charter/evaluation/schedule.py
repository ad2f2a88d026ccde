"""The dates of an alliance's checkpoints: pure calendar arithmetic over `workflows.calendar`, in the alliance's zone and holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from charter.alliances.days import holidays_of as holidays_of
from charter.alliances.days import may_write as may_write
from charter.alliances.days import today as today
from charter.alliances.days import working as working
from charter.alliances.models import Alliance, Party
from charter.evaluation.models import Checkpoint, Reminder
from workflows import calendar
from workflows.calendar import ANSWER_DAYS, OPENS, PRESETS

FURTHEST_YEARS = 10


@dataclass(frozen=True)
class Moved:
    """A date that fell on a day off: `wanted` became `kept`."""

    wanted: date
    kept: date


def opening(alliance: Alliance, due_on: date) -> datetime:
    """The moment (UTC) a checkpoint due on that day opens."""
    return may_write(alliance, datetime.combine(due_on, OPENS, ZoneInfo(alliance.zone)))


def closing(alliance: Alliance, opened_on: date) -> date:
    """The last day to answer."""
    return working(alliance, opened_on + timedelta(days=ANSWER_DAYS))


def suggestion(alliance: Alliance, preset: str, start: date) -> dict[str, date]:
    """The preset's dates by step, working days. Raises KeyError when there is no such preset."""
    return {step.key: step.due for step in calendar.plan(preset, start, holidays_of(alliance))}


def titles(preset: str) -> dict[str, str]:
    """The preset's steps and their titles (msgids)."""
    return {step.key: step.title for step in PRESETS[preset].steps}


def before_opening(alliance: Alliance, due_on: date) -> tuple[datetime, ...]:
    """When parties are told that a checkpoint comes."""
    zone = ZoneInfo(alliance.zone)
    return tuple(at for at in _reminders(alliance, due_on) if at.astimezone(zone).date() < due_on)


def while_open(alliance: Alliance, closes_on: date) -> tuple[tuple[str, datetime], ...]:
    """(kind, when) of what is recalled once it is open: before it closes, and after to those still silent."""
    zone = ZoneInfo(alliance.zone)
    return tuple(("before_closing" if at.astimezone(zone).date() <= closes_on else "after", at) for at in _reminders(alliance, closes_on))


def _reminders(alliance: Alliance, day: date, at: time = OPENS) -> tuple[datetime, ...]:
    return calendar.reminders("checkpoint", day, alliance.zone, holidays_of(alliance), at)


def reminders_before(alliance: Alliance, checkpoint: Checkpoint, parties: list[Party], now: datetime) -> list[Reminder]:
    """The rows to keep when a checkpoint is planned; what is past already is left out."""
    moments = [at for at in before_opening(alliance, checkpoint.due_on) if at > now]
    return [
        Reminder(checkpoint_id=checkpoint.id, party_id=party.id, kind="before_opening", due_at=at) for at in moments for party in parties
    ]


def reminders_open(alliance: Alliance, checkpoint: Checkpoint, parties: list[Party], leader: Party | None, now: datetime) -> list[Reminder]:
    """The rows to keep when it opens; the leading party is also reminded of the review once the last day has passed."""
    rows = [(kind, party, at) for kind, at in while_open(alliance, checkpoint.closes_on) for party in parties]
    rows += [("review", leader, at) for kind, at in while_open(alliance, checkpoint.closes_on) if kind == "after" and leader]
    return [Reminder(checkpoint_id=checkpoint.id, party_id=party.id, kind=kind, due_at=at) for kind, party, at in rows if at > now]
