"""Words, dates and money in the reader's language: French first, complete English beside it.

msgids are the French text. The locale is a context variable, so that a page, a mail and a PDF each speak their reader's
language without knowing about one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.support import LazyProxy, NullTranslations, Translations

from charter.french import linked
from workflows.base import Missing

LOCALES = ("fr", "en")
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}
DIRECTORY = Path(__file__).parent / "translations"
ZONE = ZoneInfo("Europe/Paris")

_locale: ContextVar[str] = ContextVar("locale", default="fr")


def locale() -> str:
    """The language spoken now: `fr` or `en`."""
    return _locale.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speaks `language` inside the block; an unknown one means French."""
    token = _locale.set(language if language in LOCALES else "fr")
    try:
        yield
    finally:
        _locale.reset(token)


def set_locale(language: str) -> None:
    """Speaks `language` for the rest of this request or task."""
    _locale.set(language if language in LOCALES else "fr")


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(DIRECTORY), [language]) if language != "fr" else NullTranslations()


def gettext(msgid: str, **params: object) -> str:
    """`msgid` in the current language, with its named placeholders filled (a lazy or Missing parameter is said too)."""
    if not msgid:
        return ""
    text = str(_catalogue(locale()).gettext(msgid))
    return _filled(text, {key: spoken(value) for key, value in params.items()}) if params else text


def _filled(text: str, params: Mapping[str, object]) -> str:
    """`text` with its placeholders filled, as its language joins them to the words before."""
    if locale() == "fr":
        text, params = linked(text, params)
    return text % params


def ngettext(singular: str, plural: str, n: int, **params: object) -> str:
    """Singular or plural by `n`, which is also a placeholder."""
    text = str(_catalogue(locale()).ngettext(singular, plural, n))
    if locale() == "fr":  # it has no catalogue; zero and one are singular
        text = plural if abs(n) >= 2 else singular
    return _filled(text, {"n": n, "num": n, **params})


def lazy_gettext(msgid: str, **params: object) -> str:
    """Said when it is read: for module-level constants and schemas (a proxy that passes for the text)."""
    return cast("str", LazyProxy(gettext, msgid, enable_cache=False, **params))


_ = gettext
_l = lazy_gettext


def spoken(value: object) -> object:
    """A parameter ready for a sentence: Missing said, lists joined as people do, dates as people say them, the rest as it is."""
    if isinstance(value, Missing):
        return say(value)
    if isinstance(value, (list, tuple, frozenset, set)):
        return enumerate_words([str(spoken(item)) for item in value])
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_day(value)
    return value


def say(missing: Missing) -> str:
    """One Missing as a sentence in the current language."""
    params: Mapping[str, object] = {"who": missing.who, **missing.params}
    return gettext(missing.text, **params)


def enumerate_words(words: list[str]) -> str:
    """« a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s et %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _babel() -> Locale:
    return Locale("en", "GB") if locale() == "en" else Locale("fr", "FR")


def _local(value: date | datetime, zone: ZoneInfo) -> date | datetime:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def format_day(value: date | datetime, zone: ZoneInfo = ZONE) -> str:
    """« mardi 3 mars 2026 »."""
    return _first(dates.format_date(_local(value, zone), format="EEEE d MMMM y", locale=_babel()))


def format_date(value: date | datetime, zone: ZoneInfo = ZONE) -> str:
    """« 3 mars 2026 », « 1er mars 2026 »."""
    return _first(dates.format_date(_local(value, zone), format="long", locale=_babel()))


def _first(day: str) -> str:
    """The first of a month is an ordinal in French, which the locale data do not say."""
    return re.sub(r"(?<!\d)1 ", "1er ", day, count=1) if locale() == "fr" else day


def format_datetime(value: datetime, zone: ZoneInfo = ZONE) -> str:
    """« 3 mars 2026 à 14:02 (heure de Paris) »: the zone is always said (promise 9)."""
    local = value.astimezone(zone)
    day = format_date(local, zone)
    return gettext("%(day)s à %(time)s (%(zone)s)", day=day, time=local.strftime("%H:%M"), zone=_zone(zone))


def format_until(value: date, zone: ZoneInfo = ZONE) -> str:
    """« jeudi 2 avril 2026 inclus (heure de Paris) »: a last day counts until its end, somewhere."""
    return gettext("%(day)s inclus (%(zone)s)", day=format_day(value), zone=_zone(zone))


def _zone(zone: ZoneInfo) -> str:
    return gettext("heure de Paris") if zone.key == "Europe/Paris" else zone.key


def format_time(value: datetime, zone: ZoneInfo = ZONE) -> str:
    """« 14:02 »."""
    return value.astimezone(zone).strftime("%H:%M")


def format_relative(value: date | datetime, now: datetime, zone: ZoneInfo = ZONE) -> str:
    """« aujourd'hui », « demain », « dans 12 jours », « il y a 3 jours »."""
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    days = (day - now.astimezone(zone).date()).days
    if days == 0:
        return gettext("aujourd’hui")
    if days == 1:
        return gettext("demain")
    if days == -1:
        return gettext("hier")
    if days > 0:
        return ngettext("dans %(n)s jour", "dans %(n)s jours", days)
    return ngettext("il y a %(n)s jour", "il y a %(n)s jours", -days)


def format_money(cents: int | Decimal, currency: str = "EUR") -> str:
    """An amount in euro cents, « 12 500,00 € »."""
    return str(numbers.format_currency(Decimal(cents) / 100, currency, locale=_babel()))


def format_number(value: int | float | Decimal) -> str:
    """« 12 500 »."""
    return str(numbers.format_decimal(value, locale=_babel()))
