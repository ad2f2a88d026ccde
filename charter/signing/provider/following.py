"""What the provider says happened there, said here: its own answer to our question, never a message's word, so that order and repetition
of messages do not matter.
"""

from __future__ import annotations

from datetime import date

import structlog

from charter.adapters.signer.provider import RequestState, SignerState
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.i18n import gettext, speaking
from charter.signing.models import Signatory
from charter.signing.provider.models import ProviderRequest, ProviderSigner
from charter.signing.services.ceremony import note
from charter.signing.services.ending import void
from charter.signing.services.envelopes import AWAITED, held, today
from charter.work import Work
from workflows.base import N_, fire
from workflows.events import SignatureDeclined, SignatureGiven
from workflows.signing import EnvelopeChart, EnvelopeStatus, SignatoryChart, SignatoryFacts, SignatoryStatus, TurnFacts

log = structlog.get_logger()

DONE, DECLINED, EXPIRED = "done", "declined", "expired"
ENDED = frozenset({"canceled", "deleted", "permanently_deleted", "rejected"})
SIGNED = "signed"
WAYS = {SignatoryStatus.waiting: "open", SignatoryStatus.opened: "send_code", SignatoryStatus.identifying: "confirm"}


def follow(work: Work, row: ProviderRequest, state: RequestState) -> date | None:
    """Takes over what happened. Returns the day until which an expired request is to be opened again there, when our deadline allows it."""
    alliance = held(work, row.envelope)
    work.session.refresh(row)
    if row.envelope.status != EnvelopeStatus.sent or row.closed_at is not None:
        return None
    row.status, row.trouble, row.detail = state.status, "", ""
    told = {one.id: one for one in state.signers}
    for own in row.signers:
        if own.remote_id in told:
            own.status = told[own.remote_id].status
        if own.status == SIGNED:
            _given(work, alliance, row, own.signatory)
    if state.status == DECLINED:
        _declined(work, alliance, row, state)
    elif state.status in ENDED:
        _ended(work, row)
    elif state.status == EXPIRED:
        return _expired(work, alliance, row)
    return None


def _given(work: Work, alliance: Alliance, row: ProviderRequest, signatory: Signatory) -> None:
    if signatory.status not in AWAITED:
        return
    # The order and the visas were kept on the way there; what was signed there is signed, whatever moved here since.
    turn = TurnFacts(SignatoryFacts(signatory.name, signatory.organisation, signatory.status))
    while signatory.status in WAYS:
        fire(SignatoryChart, signatory, WAYS[signatory.status], turn)
    fire(SignatoryChart, signatory, "seal")
    signatory.signed_at, signatory.trouble = work.now(), ""
    note(work, signatory, "given", detail=row.provider)
    envelope, party = row.envelope, signatory.party
    announce(work, alliance, SignatureGiven(envelope=envelope.ref, signatory=signatory.ref, party=party.ref, provider=row.provider))


def _declined(work: Work, alliance: Alliance, row: ProviderRequest, state: RequestState) -> None:
    envelope = row.envelope
    own = next((one for one in row.signers if one.remote_id == state.declined_by), None) or _who_declined(row, state.signers)
    row.closed_at = work.now()
    with speaking("fr"):
        reason = state.decline_reason or gettext(N_("Refus exprimé chez %(provider)s, sans motif."), provider=row.provider)
    if own is None or own.signatory.status not in AWAITED:
        log.warning("provider_decline_without_signer", request=row.request_id)
        void(work, envelope, reason)
        return
    signatory = own.signatory
    fire(SignatoryChart, signatory, "decline", TurnFacts(SignatoryFacts(signatory.name, signatory.organisation, signatory.status)))
    fire(EnvelopeChart, envelope, "decline")
    signatory.declined_at, signatory.decline_reason = work.now(), reason[:2000]
    envelope.ended_at, envelope.end_reason = work.now(), signatory.decline_reason
    note(work, signatory, "declined", detail=row.provider)
    told = SignatureDeclined(envelope=envelope.ref, signatory=signatory.ref, party=signatory.party.ref, reason=signatory.decline_reason)
    announce(work, alliance, told)


def _who_declined(row: ProviderRequest, signers: tuple[SignerState, ...]) -> ProviderSigner | None:
    refusing = {one.id for one in signers if one.status == DECLINED}
    return next((one for one in row.signers if one.remote_id in refusing), None)


def _ended(work: Work, row: ProviderRequest) -> None:
    """Somebody ended it there, by the provider's own pages: nothing can be signed any more, so the envelope is taken back."""
    row.closed_at = work.now()
    with speaking("fr"):
        reason = gettext(N_("La demande de signature a été annulée chez %(provider)s."), provider=row.provider)
    void(work, row.envelope, reason)


def _expired(work: Work, alliance: Alliance, row: ProviderRequest) -> date | None:
    """Past its day there. Our deadline moved since: it is opened again; else those who lead move it, or take the envelope back."""
    deadline = row.envelope.deadline
    if deadline is not None and deadline > today(work, alliance):
        return deadline
    row.trouble = "expired"
    return None
