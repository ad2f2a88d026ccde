"""An alliance's own days: its zone, its public holidays, and when one may write to its people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from charter.alliances.models import Alliance
from workflows import calendar
from workflows.calendar import OPENS, SUBDIVISIONS

REGIONS: Mapping[str, str] = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}
"""Overseas regions of one département → that département (INSEE codes)."""


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
    """The first moment (UTC), not before `moment`, at which one may write to people."""
    return calendar.next_working_moment(moment, alliance.zone, holidays_of(alliance))


def at(alliance: Alliance, day: date, clock: time = OPENS) -> datetime:
    """That time of that day for the alliance, aware."""
    return datetime.combine(day, clock, ZoneInfo(alliance.zone))
