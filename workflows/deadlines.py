"""The calendar of the drafting: until when one may propose amendments, until when each party says its word, when adoption is hoped for.

    deadline    the last day on which                              once it is over
    ----------  -------------------------------------------------  ------------------------------------------------------
    amendments  a party may propose an amendment                   amendments are refused, with a word that says until when
    consents    each party should have said its word               reminders insist; nothing else: silence is never consent
    adoption    the parties hope to adopt (an appointment)         nothing

Each is a day in the alliance's zone, and counts until its end. They follow one another in that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.base import N_
from workflows.calendar import add_months

FURTHEST_MONTHS = 36


class Deadline(StrEnum):
    amendments = "amendments"
    consents = "consents"
    adoption = "adoption"


TITLES: Mapping[Deadline, str] = {
    Deadline.amendments: N_("Amendements"),
    Deadline.consents: N_("Avis de chaque partie"),
    Deadline.adoption: N_("Adoption souhaitée"),
}

Days = Mapping[Deadline, date | None]


@dataclass(frozen=True)
class Fault:
    """What is wrong with the day of one deadline: a French msgid, with a day to be said in it or not."""

    deadline: Deadline
    text: str
    day: date | None = None


def faults(today: date, before: Days, after: Days) -> Iterator[Fault]:
    """What keeps the calendar from going from `before` to `after`. A day that does not change may be past; one that is set may not."""
    for deadline in Deadline:
        day = after.get(deadline)
        if day is None or day == before.get(deadline):
            continue
        furthest = add_months(today, FURTHEST_MONTHS)
        if day <= today:
            yield Fault(deadline, N_("Choisissez un jour à venir"))
        elif day > furthest:
            yield Fault(deadline, N_("Choisissez un jour avant le %(day)s"), furthest)
        else:
            yield from _order(deadline, day, after)


def _order(deadline: Deadline, day: date, after: Days) -> Iterator[Fault]:
    """The final words are known before each party says its word on them; adoption comes last."""
    amendments, consents, adoption = (after.get(one) for one in Deadline)
    if deadline == Deadline.amendments and consents and day >= consents:
        yield Fault(deadline, N_("Choisissez un jour avant la date limite des avis, le %(day)s"), consents)
    elif deadline == Deadline.amendments and adoption and day >= adoption:
        yield Fault(deadline, N_("Choisissez un jour avant l’adoption souhaitée, le %(day)s"), adoption)
    elif deadline == Deadline.consents and amendments and day <= amendments:
        yield Fault(deadline, N_("Choisissez un jour après la date limite des amendements, le %(day)s"), amendments)
    elif deadline == Deadline.consents and adoption and day > adoption:
        yield Fault(deadline, N_("Choisissez un jour qui ne dépasse pas l’adoption souhaitée, le %(day)s"), adoption)
    elif deadline == Deadline.adoption and consents and day < consents:
        yield Fault(deadline, N_("Choisissez un jour qui ne précède pas la date limite des avis, le %(day)s"), consents)
    elif deadline == Deadline.adoption and amendments and day <= amendments:
        yield Fault(deadline, N_("Choisissez un jour après la date limite des amendements, le %(day)s"), amendments)
