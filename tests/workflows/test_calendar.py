"""Reminders never fall at night, at week-ends or on a holiday; dates of a plan are safe at the end of months."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendar import (
    PRESETS,
    REMINDERS,
    SUBDIVISIONS,
    add_months,
    is_holiday,
    is_working_day,
    next_working_day,
    next_working_moment,
    plan,
    reminders,
)

calm = settings(deadline=None, max_examples=60)  # the first reading of a year of holidays is slow
ZONES = ("Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Noumea", "Pacific/Tahiti")
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by design
zones = st.sampled_from(ZONES)
territories = st.sampled_from((None, "75", *SUBDIVISIONS))


@calm
@given(moments, zones, territories)
def test_a_working_moment_is_worked_and_not_before(moment: datetime, tz: str, territory: str | None) -> None:
    found = next_working_moment(moment, tz, territory)
    local = found.astimezone(ZoneInfo(tz))
    assert found >= moment and found.utcoffset() == timedelta(0)
    assert local.weekday() < 5 and not is_holiday(local.date(), territory)
    assert time(9) <= local.time() < time(18)
    assert found - moment < timedelta(days=8)
    assert next_working_moment(found, tz, territory) == found


@calm
@given(moments, st.timedeltas(timedelta(0), timedelta(days=10)), zones, territories)
def test_later_is_never_sooner(moment: datetime, later: timedelta, tz: str, territory: str | None) -> None:
    assert next_working_moment(moment, tz, territory) <= next_working_moment(moment + later, tz, territory)


CASES = [
    ("in hours, kept", "2026-03-03T10:30+01:00", "2026-03-03T10:30+01:00", None),
    ("before nine", "2026-03-03T06:00+01:00", "2026-03-03T09:00+01:00", None),
    ("at six, next day", "2026-03-03T18:00+01:00", "2026-03-04T09:00+01:00", None),
    ("friday evening", "2026-03-06T19:00+01:00", "2026-03-09T09:00+01:00", None),
    ("over the change of hour", "2026-03-27T20:00+01:00", "2026-03-30T09:00+02:00", None),
    ("1 May, a friday", "2026-05-01T10:00+02:00", "2026-05-04T09:00+02:00", None),
    ("Easter monday", "2026-04-06T10:00+02:00", "2026-04-07T09:00+02:00", None),
    ("Good friday elsewhere", "2026-04-03T10:00+02:00", "2026-04-03T10:00+02:00", "75"),
    ("Good friday in Metz", "2026-04-03T10:00+02:00", "2026-04-07T09:00+02:00", "57"),
    ("26 December in Strasbourg", "2025-12-26T10:00+01:00", "2025-12-29T09:00+01:00", "67"),
]


@pytest.mark.parametrize(("given_at", "expected", "territory"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_known_moments(given_at: str, expected: str, territory: str | None) -> None:
    assert next_working_moment(datetime.fromisoformat(given_at), "Europe/Paris", territory) == datetime.fromisoformat(expected)


def test_abolition_day_is_kept_where_it_is() -> None:
    assert is_holiday(date(2027, 12, 20), "974")
    assert not is_holiday(date(2027, 12, 20))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        next_working_moment(datetime(2026, 3, 3, 10))  # noqa: DTZ001 - the very mistake under test


@calm
@given(days, st.integers(-120, 120))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@calm
@given(days, st.integers(0, 120), st.integers(0, 31))
def test_adding_months_is_monotonic(day: date, months: int, more: int) -> None:
    assert add_months(day, months) <= add_months(day + timedelta(days=more), months)


@calm
@given(st.sampled_from(sorted(REMINDERS)), days, zones, territories)
def test_reminders_are_ordered_apart_and_worked(kind: str, due: date, tz: str, territory: str | None) -> None:
    sent = reminders(kind, due, tz, territory)
    assert list(sent) == sorted(set(sent)) and sent
    for moment in sent:
        local = moment.astimezone(ZoneInfo(tz))
        assert is_working_day(local.date(), territory) and time(9) <= local.time() < time(18)


@calm
@given(st.sampled_from(sorted(PRESETS)), days, territories)
def test_a_plan_is_in_order_on_working_days(preset: str, start: date, territory: str | None) -> None:
    planned = plan(preset, start, territory)
    dues = [checkpoint.due for checkpoint in planned]
    assert dues == sorted(set(dues)) and dues[0] > start
    assert all(is_working_day(due, territory) for due in dues)
    for checkpoint, step in zip(planned, PRESETS[preset].steps, strict=True):
        assert checkpoint.due == next_working_day(add_months(start, step.months), territory)


@pytest.mark.parametrize(
    ("preset", "months"),
    [("path_9_months", [3, 6, 9]), ("experiment_3_years", [12, 18, 24, 36]), ("long_7_years", [12, 24, 36, 60, 84])],
)
def test_presets_end_when_their_name_says(preset: str, months: list[int]) -> None:
    assert [step.months for step in PRESETS[preset].steps] == months


def test_a_plan_from_the_end_of_august() -> None:
    assert [one.due.isoformat() for one in plan("path_9_months", date(2026, 8, 31))] == ["2026-11-30", "2027-03-01", "2027-05-31"]
