"""What the calendar does once documents are out: recalls, and the word that the deadline is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from charter.accounts.models import Person
from charter.adapters.outbox import task
from charter.alliances.announce import follows, recipients
from charter.alliances.models import Alliance
from charter.signing import services
from charter.signing.services import deadlines, recalling
from charter.signing.services.reminding import awaited_now
from charter.work import Work
from workflows.events import EnvelopeSent, Event, SigningDeadlineExtended


@recipients("awaited")
def awaited(work: Work, alliance: Alliance, event: Event) -> Iterable[Person]:
    """Those who may sign today."""
    envelope = services.current(work, alliance)
    return [one.person for one in awaited_now(envelope)] if envelope else []


@follows("signing.plan_recalls")
def planned(work: Work, alliance: Alliance, event: Event) -> None:
    """The documents left, or their deadline moved: its recalls are written down, and the word that it is over."""
    envelope = services.by_ref(work, alliance, cast("EnvelopeSent | SigningDeadlineExtended", event).envelope)
    recalling.plan_recalls(work, alliance, envelope)
    deadlines.plan_passing(work, alliance, envelope)


@task(recalling.RECALL)
def recall(work: Work, envelope_id: int, day: str, at: str) -> None:
    """The moment of a recall came."""
    recalling.recall(work, envelope_id, date.fromisoformat(day), datetime.fromisoformat(at))


@task(deadlines.PASSED)
def passed(work: Work, envelope_id: int, day: str) -> None:
    """The deadline is over."""
    deadlines.passed(work, envelope_id, date.fromisoformat(day))
