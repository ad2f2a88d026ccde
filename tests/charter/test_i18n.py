"""Words, dates, plurals and zones, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from charter import i18n
from workflows.base import Missing


@pytest.fixture(autouse=True)
def in_french() -> Iterator[None]:
    with i18n.speaking("fr"):
        yield


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 3, 3), "3 mars 2026", "3 March 2026"),
        (date(2026, 3, 1), "1er mars 2026", "1 March 2026"),
        (date(2026, 3, 11), "11 mars 2026", "11 March 2026"),
        (date(2026, 3, 21), "21 mars 2026", "21 March 2026"),
        (date(2026, 8, 31), "31 août 2026", "31 August 2026"),
    ],
)
def test_a_date(day: date, french: str, english: str) -> None:
    assert i18n.format_date(day) == french
    with i18n.speaking("en"):
        assert i18n.format_date(day) == english


def test_a_day_of_the_week() -> None:
    assert i18n.format_day(date(2026, 3, 3)) == "mardi 3 mars 2026"
    assert i18n.format_day(date(2026, 5, 1)) == "vendredi 1er mai 2026"
    assert i18n.format_day(date(2026, 5, 31)) == "dimanche 31 mai 2026"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 1, 15, 23, 30, tzinfo=UTC), "16 janvier 2026 à 00:30 (heure de Paris)"),  # winter: + 1 h, another day
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "1er juillet 2026 à 14:00 (heure de Paris)"),  # summer: + 2 h
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 mars 2026 à 01:59 (heure de Paris)"),  # the minute before the hour that is not
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 mars 2026 à 03:00 (heure de Paris)"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 octobre 2026 à 02:30 (heure de Paris)"),  # the hour that comes twice
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 octobre 2026 à 02:30 (heure de Paris)"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "1er janvier 2027 à 00:00 (heure de Paris)"),
    ],
)
def test_an_instant_is_said_with_its_zone_and_its_hour_of_the_season(instant: datetime, said: str) -> None:
    assert i18n.format_datetime(instant) == said


def test_elsewhere_than_in_paris() -> None:
    reunion = ZoneInfo("Indian/Reunion")
    assert i18n.format_datetime(datetime(2026, 3, 3, 20, 30, tzinfo=UTC), reunion) == "4 mars 2026 à 00:30 (Indian/Reunion)"
    assert i18n.format_time(datetime(2026, 3, 3, 20, 30, tzinfo=UTC), reunion) == "00:30"


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "aujourd’hui"), (1, "demain"), (-1, "hier"), (2, "dans 2 jours"), (12, "dans 12 jours"), (-3, "il y a 3 jours")],
)
def test_how_far(days: int, said: str) -> None:
    now = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert i18n.format_relative(now + timedelta(days=days), now) == said


def test_how_far_counts_the_days_of_the_place_not_those_of_utc() -> None:
    now = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    assert i18n.format_relative(now + timedelta(hours=1), now) == "demain"
    assert i18n.format_relative(date(2026, 3, 3), now) == "aujourd’hui"


@pytest.mark.parametrize(("n", "said"), [(0, "0 accord"), (1, "1 accord"), (2, "2 accords"), (30, "30 accords")])
def test_french_plurals_start_at_two(n: int, said: str) -> None:
    assert i18n.ngettext("%(n)s accord", "%(n)s accords", n) == said


def test_english_plurals_start_beside_one() -> None:
    with i18n.speaking("en"):
        assert i18n.ngettext("%(n)s zzz", "%(n)s zzzs", 0) == "0 zzzs"
        assert i18n.ngettext("%(n)s zzz", "%(n)s zzzs", 1) == "1 zzz"


def test_money_and_numbers() -> None:
    assert i18n.format_money(1250000).replace("\u202f", " ").replace("\xa0", " ") == "12 500,00 €"
    assert i18n.format_number(Decimal("12500.5")).replace("\u202f", " ") == "12 500,5"
    with i18n.speaking("en"):
        assert i18n.format_money(1250000) == "€12,500.00"


def test_lists_are_said_as_people_do() -> None:
    assert i18n.enumerate_words([]) == ""
    assert i18n.enumerate_words(["a"]) == "a"
    assert i18n.enumerate_words(["a", "b", "c"]) == "a, b et c"


def test_a_missing_thing_is_said_with_its_parameters_said_too() -> None:
    inner = Missing("l’article %(number)s", params={"number": 3})
    outer = Missing("%(who)s : relire %(what)s avant le %(day)s", who=("Léa", "Max"), params={"what": inner, "day": date(2026, 5, 1)})
    assert i18n.say(outer) == "Léa et Max : relire l’article 3 avant le vendredi 1er mai 2026"


def test_an_unknown_language_is_french_and_the_former_one_comes_back() -> None:
    with i18n.speaking("en"):
        with i18n.speaking("xx"):
            assert i18n.locale() == "fr"
        assert i18n.locale() == "en"


def test_a_lazy_text_is_said_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = i18n.lazy_gettext("vu en %(language)s", language="cours")
    monkeypatch.setattr(i18n, "_catalogue", lambda language: type("C", (), {"gettext": lambda self, m: f"[{language}] {m}"})())
    with i18n.speaking("en"):
        assert str(text) == "[en] vu en cours"
    assert str(text) == "[fr] vu en cours"


def test_only_sentences_are_collected_to_be_translated() -> None:
    """The extractor takes every string it meets inside `gettext(…)`: the key of a table read there would become a sentence."""
    found = [
        f"{path}:{call.lineno} {ast.unparse(call)}"
        for room in ("charter", "workflows")
        for path in Path(room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"gettext", "ngettext", "N_", "lazy_gettext"}
        if any(isinstance(part, ast.Subscript) and _is_key(part.slice) for part in ast.walk(call.args[0]))
    ]
    assert found == []


def _is_key(slice_: ast.expr) -> bool:
    return isinstance(slice_, ast.Constant) and isinstance(slice_.value, str)
