"""The dates of an alliance's checkpoints: pure calendar arithmetic over `workflows.calendar`, in the alliance's zone and holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from charter.alliances.models import Alliance, Party
from charter.evaluation.models import Checkpoint, Reminder
from workflows import calendar
from workflows.calendar import ANSWER_DAYS, OPENS, PRESETS, SUBDIVISIONS

FURTHEST_YEARS = 10

REGIONS: Mapping[str, str] = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}
"""Overseas regions of one département → that département (INSEE codes)."""


@dataclass(frozen=True)
class Moved:
    """A date that fell on a day off: `wanted` became `kept`."""

    wanted: date
    kept: date


def holidays_of(alliance: Alliance) -> str | None:
    """The INSEE code whose public holidays are kept (overseas, Alsace-Moselle), None for the national list.

    It is that of the first of the alliance's territories that has holidays of its own.
    """
    for ref in alliance.territory_codes:
        kind, _, code = str(ref).replace(":", "-").partition("-")
        department = REGIONS.get(code, "") if kind == "region" else code[:3] if code[:2] in {"97", "98"} else code[:2]
        if kind != "epci" and department in SUBDIVISIONS:
            return department
    return None


def today(alliance: Alliance, now: datetime) -> date:
    """The day it is for the alliance."""
    return now.astimezone(ZoneInfo(alliance.zone)).date()


def working(alliance: Alliance, day: date) -> date:
    """`day`, or the first working day after it."""
    return calendar.next_working_day(day, holidays_of(alliance))


def may_write(alliance: Alliance, moment: datetime) -> datetime:
    """The first moment, not before `moment`, at which one may write to people."""
    return calendar.next_working_moment(moment, alliance.zone, holidays_of(alliance))


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
