"""What follows a fact, a message or the clock at the outside provider: a look at the request."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from charter.adapters.outbox import GiveUp, Outbox, job, on_failure, put
from charter.adapters.signer.provider import ProviderRefused
from charter.alliances.announce import hears
from charter.alliances.models import Alliance
from charter.journal.models import Fact
from charter.signing.provider import looking
from charter.signing.provider.checking import Spoiled
from charter.signing.provider.models import ProviderEvent, ProviderRequest
from charter.signing.provider.services import JOB, nudge
from charter.work import Engine, Work
from workflows.events import (
    AllianceAbandoned,
    EnvelopeSent,
    EnvelopeVoided,
    SignatureDeclined,
    SigningDeadlineExtended,
)

MOVES = frozenset(one.type for one in (AllianceAbandoned, EnvelopeSent, EnvelopeVoided, SignatureDeclined, SigningDeadlineExtended))
"""Facts after which something is to be done there: hand over, cancel, open again."""
AGAIN = timedelta(hours=1)
REMEMBERED = timedelta(days=90)


@hears
def moved(work: Work, alliance: Alliance, fact: Fact) -> None:
    """The envelope moved here."""
    if fact.type in MOVES:
        for row in looking.rows_of(work, alliance.id):
            nudge(work, row, f"fact:{fact.seq}")


@job(JOB)
class LookJob:
    """Looks at one request; safe to run twice (charter.signing.provider.looking)."""

    def prepare(self, work: Work, row: Outbox) -> int:
        """Which one."""
        return int(row.payload["provider_request_id"])

    def compute(self, engine: Engine, inputs: int) -> None:
        """Looks and writes. Raises GiveUp when somebody must see to it."""
        try:
            looking.look(engine, inputs)
        except (ProviderRefused, Spoiled) as error:
            raise GiveUp(str(error)) from error

    def apply(self, work: Work, row: Outbox, outputs: None) -> None:
        """Nothing but the mark."""


@on_failure(JOB)
def failed(work: Work, *, error: str, provider_request_id: int) -> None:
    """Never left for good while the envelope waits: what people mended there, or the operator here, is seen an hour later at most."""
    row = work.get(ProviderRequest, provider_request_id)
    if row.closed_at is None:
        due, payload = work.now() + AGAIN, {"provider_request_id": row.id}
        put(work, JOB, subject=f"provider:{row.id}:again", payload=payload, due_at=due, alliance_id=row.envelope.alliance_id)


def forget(work: Work) -> None:
    """Messages heard long ago: heard again, they would only ask for one more look."""
    work.session.execute(delete(ProviderEvent).where(ProviderEvent.at < work.now() - REMEMBERED))


TICKS = (looking.due, forget)
