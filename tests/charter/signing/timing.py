"""What the tests of deadlines and reminders share: moments said as people of Paris say them, facts recorded, whom a mail went to."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from charter.adapters.clock import FixedClock
from charter.journal import services as journal
from charter.signing.models import Envelope
from charter.work import Work
from tests.charter.signing import factories as make


def leading(work: Work, envelope: Envelope) -> Work:
    return work.by(make.leader(envelope))


def facts(work: Work, envelope: Envelope, kind: str) -> list[dict[str, object]]:
    found = [dict(fact.payload) for fact in journal.facts(work, envelope.alliance_id) if fact.type == kind]
    work.commit()  # what was only read keeps nobody waiting
    return found


def at(clock: FixedClock, text: str) -> None:
    """Moves the clock to a moment, local to Paris."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    clock.advance(moment - clock.now())


def told(outgoing: list[EmailMessage], subject: str) -> list[str]:
    return sorted(str(one["To"]).split(" <")[0].strip('"') for one in outgoing if str(one["Subject"]).startswith(subject))
