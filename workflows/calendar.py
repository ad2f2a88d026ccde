"""Due dates, reminder offsets and working days.

Moments are aware; they are kept in UTC and reasoned about in the alliance's zone. Nothing here reads a clock.

* A *working moment* is Monday to Friday, from 9 h to 18 h, on no public holiday (article L3133-1 of the Code du travail,
  with those of Alsace-Moselle, article L3134-13, and of the overseas territories, article L3422-2).
* Adding months keeps the day, or takes the last of the month when it is too short: 31 January + 1 month = 28 February.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from workflows.base import N_

OPENS, CLOSES = time(9), time(18)

SUBDIVISIONS: Mapping[str, str] = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""INSEE code of a département or territory → its holidays; every other follows the national list."""

REMINDERS: Mapping[str, tuple[int, ...]] = {
    "invitation": (3, 7, 14),
    "declaration": (7, 14, 21),
    "consent": (7, 14, 21),
    "signature": (-14, -7, -2),
    "checkpoint": (-14, -3, 0, 7),
    "drafting.amendments": (-7, -2, 0),
    "drafting.consents": (-7, -2, 0, 3, 7),
}
"""What is awaited → days, counted from the sending (from the day itself for a checkpoint, a deadline of the drafting or of the signatures)
when recalled."""

ANSWER_DAYS = 28
"""Days given to answer a checkpoint once it opens."""


@cache
def _holidays(year: int, subdivision: str | None) -> frozenset[date]:
    """One year at a time, finished before it is shared: the library fills its own object while it is being read."""
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year, expand=False))


def is_holiday(day: date, territory: str | None = None) -> bool:
    """``territory``: INSEE code of the département or overseas territory, None for the national list."""
    return day in _holidays(day.year, SUBDIVISIONS.get(territory or ""))


def is_working_day(day: date, territory: str | None = None) -> bool:
    return day.weekday() < 5 and not is_holiday(day, territory)


def next_working_day(day: date, territory: str | None = None) -> date:
    """``day`` itself when it is worked, else the first one after it."""
    while not is_working_day(day, territory):
        day += timedelta(days=1)
    return day


def last_working_day(day: date, territory: str | None = None) -> date:
    """``day`` itself when it is worked, else the last one before it."""
    while not is_working_day(day, territory):
        day -= timedelta(days=1)
    return day


def next_working_moment(moment: datetime, tz: str | ZoneInfo = "Europe/Paris", territory: str | None = None) -> datetime:
    """The first moment, not before ``moment``, at which one may write to people. Given and returned aware; returned in UTC.

    :raises ValueError: ``moment`` is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    local = moment.astimezone(zone)
    if is_working_day(local.date(), territory) and OPENS <= local.time() < CLOSES:
        return moment.astimezone(UTC)
    first = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(next_working_day(first, territory), OPENS, zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier), the last of the month when that one is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def reminders(
    kind: str, due: date, tz: str | ZoneInfo = "Europe/Paris", territory: str | None = None, at: time = OPENS
) -> tuple[datetime, ...]:
    """The working moments, in UTC and in order, at which something due on ``due`` is recalled. Two never fall together.

    :raises KeyError: ``kind`` is not in :data:`REMINDERS`.
    """
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    wanted = (datetime.combine(due + timedelta(days=days), at, zone) for days in REMINDERS[kind])
    return tuple(sorted({next_working_moment(moment, zone, territory) for moment in wanted}))


def ahead(
    due: date, days: Iterable[int], tz: str | ZoneInfo = "Europe/Paris", territory: str | None = None, at: time = OPENS
) -> tuple[datetime, ...]:
    """The working moments, in UTC and in order, at which something due on ``due`` is recalled ``days`` before. Two never fall together.

    A day off gives way to the working day before it: nobody is recalled later than was chosen.
    """
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    chosen = {last_working_day(due - timedelta(days=count), territory) for count in days}
    return tuple(datetime.combine(day, at, zone).astimezone(UTC) for day in sorted(chosen))


@dataclass(frozen=True)
class Step:
    """A checkpoint of a preset: ``months`` after the start; ``title`` is a French msgid."""

    key: str
    title: str
    months: int


@dataclass(frozen=True)
class Preset:
    """``title`` and ``hint`` are French msgids."""

    key: str
    title: str
    hint: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PlannedCheckpoint:
    """A checkpoint with its date. ``title`` is a French msgid; ``due`` a working day in the alliance's zone."""

    key: str
    title: str
    due: date


PRESETS: Mapping[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "path_9_months",
            N_("Parcours 9 mois"),
            N_("Un point chaque trimestre, un bilan au neuvième mois."),
            (
                Step("month_3", N_("Premier trimestre"), 3),
                Step("month_6", N_("Deuxième trimestre"), 6),
                Step("month_9", N_("Bilan du parcours"), 9),
            ),
        ),
        Preset(
            "experiment_3_years",
            N_("Expérimentation 3 ans"),
            N_("Un point la première année, un autre à mi-chemin, un bilan chaque année ensuite."),
            (
                Step("month_12", N_("Première année"), 12),
                Step("month_18", N_("À mi-chemin"), 18),
                Step("month_24", N_("Deuxième année"), 24),
                Step("month_36", N_("Bilan de l’expérimentation"), 36),
            ),
        ),
        Preset(
            "long_7_years",
            N_("Temps long 7 ans"),
            N_("Des points rapprochés au début, les effets sur l’écosystème à cinq ans, la vérification à sept ans."),
            (
                Step("month_12", N_("Première année"), 12),
                Step("month_24", N_("Deuxième année"), 24),
                Step("month_36", N_("Troisième année"), 36),
                Step("month_60", N_("Effets sur l’écosystème"), 60),
                Step("month_84", N_("Vérification à sept ans"), 84),
            ),
        ),
    )
}


def plan(preset: str, start: date, territory: str | None = None) -> tuple[PlannedCheckpoint, ...]:
    """The checkpoints of a preset, in order, for an alliance signed on ``start``; every date is a working day and may be edited.

    :raises KeyError: no such preset.
    """
    return tuple(
        PlannedCheckpoint(step.key, step.title, next_working_day(add_months(start, step.months), territory))
        for step in PRESETS[preset].steps
    )
