"""One look at a request: whatever is to be done next at the provider, and here, is done. Safe to run at any time, any number of times.

Messages, the clock and a failure all come to this. Under the envelope's turn, like a seal.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select

from charter.adapters.signer import SignerUnavailable
from charter.adapters.signer.provider import ProviderRefused, SignatureProvider
from charter.i18n import say, speaking
from charter.signing.provider import collecting, following, opening
from charter.signing.provider.checking import Misnamed, Spoiled
from charter.signing.provider.client import the_provider
from charter.signing.provider.models import CHOSEN, ProviderRequest
from charter.signing.provider.services import LOOK_EVERY, nudge
from charter.signing.services.envelopes import departed, held
from charter.signing.turns import turn
from charter.work import Engine, Work
from workflows.signing import EnvelopeStatus

log = structlog.get_logger()

AWAY, REFUSED, SPOILED, UNSIGNED, DEPARTED, LATE = "away", "refused", "spoiled", "unsigned", "departed", "late"
OVER = (EnvelopeStatus.voided, EnvelopeStatus.declined)
LIVE = ("draft", "approval", "ongoing", "paused")


def look(engine: Engine, row_id: int) -> None:
    """Looks at one request. Raises SignerUnavailable, OSError (worth trying again), ProviderRefused, Spoiled (somebody must see to it).

    What went wrong is written for people before it is raised.
    """
    with engine.work(write=False) as work:
        envelope_id = work.get(ProviderRequest, row_id).envelope_id
    with turn(engine, envelope_id):
        try:
            _look(engine, row_id)
        except SignerUnavailable:
            _tell(engine, row_id, AWAY)
            raise
        except ProviderRefused as error:
            _tell(engine, row_id, REFUSED, str(error))
            raise
        except Spoiled as error:
            with speaking("fr"):
                _tell(engine, row_id, UNSIGNED if isinstance(error, Misnamed) else SPOILED, " ; ".join(say(one) for one in error.reasons))
            raise


def due(work: Work) -> None:
    """Each minute: requests nobody looked at for a while are, in case a message was lost."""
    live = (ProviderRequest.closed_at.is_(None), ProviderRequest.next_look <= work.now())
    for row in work.session.scalars(select(ProviderRequest).where(*live).order_by(ProviderRequest.next_look).limit(50)):
        row.next_look = work.now() + LOOK_EVERY
        nudge(work, row, "clock")


def rows_of(work: Work, alliance_id: int) -> list[ProviderRequest]:
    """The requests of an alliance that are not settled."""
    query = select(ProviderRequest).where(ProviderRequest.closed_at.is_(None), ProviderRequest.envelope.has(alliance_id=alliance_id))
    return list(work.session.scalars(query))


def _look(engine: Engine, row_id: int) -> None:
    status, closed, activated = _standing(engine, row_id)
    if closed or status in (EnvelopeStatus.draft, EnvelopeStatus.completed):
        return
    provider = the_provider(engine.settings)
    if status in OVER:
        _cancel(engine, row_id, provider)
        return
    if not activated:
        try:
            opening.hand_over(engine, row_id, provider)
        except opening.Ended:
            _cancel(engine, row_id, provider)
            return
    with engine.work(write=False) as work:
        request_id = work.get(ProviderRequest, row_id).request_id
    state = provider.state(request_id)
    with engine.work() as work:
        again = following.follow(work, work.get(ProviderRequest, row_id), state)
    if again is not None:
        provider.reactivate(request_id, again)
        with engine.work() as work:
            row = work.get(ProviderRequest, row_id)
            row.status, row.expires = "ongoing", again
    elif state.status == following.DONE and not collecting.collect(engine, row_id, provider):
        _not_completed(engine, row_id)


def _standing(engine: Engine, row_id: int) -> tuple[EnvelopeStatus, bool, bool]:
    with engine.work() as work:
        row = work.get(ProviderRequest, row_id)
        row.next_look = work.now() + LOOK_EVERY
        return row.envelope.status, row.closed_at is not None, row.activated_at is not None


def _cancel(engine: Engine, row_id: int, provider: SignatureProvider) -> None:
    """The envelope ended here: it ends there. What was signed there by everybody meanwhile cannot be: people are told."""
    with engine.work(write=False) as work:
        row = work.get(ProviderRequest, row_id)
        request_id, ref, reason = row.request_id, row.envelope.ref, row.envelope.end_reason
        handed = row.status != CHOSEN or row.envelope.sent_at is not None
    state = (provider.state(request_id) if request_id else provider.find(ref)) if handed else None
    if state is not None and state.status == "draft":
        provider.discard(state.id)
    elif state is not None and state.status in LIVE:
        provider.cancel(state.id, reason)
    late = state is not None and state.status == following.DONE
    with engine.work() as work:
        row = work.get(ProviderRequest, row_id)
        row.closed_at, row.trouble, row.detail = work.now(), LATE if late else "", ""
        row.status = "canceled" if state is not None and state.status in LIVE else state.status if state else row.status


def _not_completed(engine: Engine, row_id: int) -> None:
    with engine.work() as work:
        row = work.get(ProviderRequest, row_id)
        if row.envelope.status in OVER:  # taken back while the files came home: the next look says it came too late
            nudge(work, row, "late")
        elif departed(row.envelope):
            row.trouble = DEPARTED


def _tell(engine: Engine, row_id: int, trouble: str, detail: str = "") -> None:
    with engine.work() as work:
        row = work.get(ProviderRequest, row_id)
        held(work, row.envelope)
        work.session.refresh(row)
        if row.closed_at is None:
            row.trouble, row.detail = trouble, detail[:500]
    log.warning("provider_trouble", request=row_id, trouble=trouble, detail=detail)
