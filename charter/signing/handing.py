"""Everybody signed: each is handed the documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from charter.accounts.models import Person
from charter.alliances.announce import follows, recipients
from charter.alliances.models import Alliance
from charter.signing import services
from charter.signing.services import copies
from charter.work import Work
from workflows.events import EnvelopeCompleted, Event


@recipients("holders")
def holders(work: Work, alliance: Alliance, event: Event) -> Iterable[Person]:
    """Those a copy is owed to."""
    return copies.holders(services.by_ref(work, alliance, cast("EnvelopeCompleted", event).envelope))


@follows("signing.send_copies")
def completed(work: Work, alliance: Alliance, event: Event) -> None:
    """The copies asked for leave."""
    copies.send_copies(work, alliance, services.by_ref(work, alliance, cast("EnvelopeCompleted", event).envelope))
