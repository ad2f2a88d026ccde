"""Each person is asked when their turn comes, once: approvers as soon as the documents are out, signatories after those who come first."""

from __future__ import annotations

from sqlalchemy import func, select

from charter.adapters import mail
from charter.signing.models import Envelope, Signatory, SigningStep
from charter.signing.services.envelopes import departed
from charter.signing.services.turns import acts, turn_of
from charter.work import Work
from workflows.signing import AWAITED, EnvelopeStatus
from workflows.visas import ApproverStatus

CHANGES = ("delegated", "delegation_ended")
"""Steps after which somebody else signs, who has read and proved nothing yet."""


def invite(work: Work, envelope: Envelope) -> None:
    """Writes to everybody whose turn has come and who was not asked yet. Called after each fact that may bring a turn; the caller holds
    the envelope. Doing it again writes to nobody."""
    if envelope.status != EnvelopeStatus.sent or departed(envelope):
        return
    for approver in envelope.approvers:
        if approver.status == ApproverStatus.awaited and acts(approver):
            _post(work, envelope, "signing.visa_asked", approver.email, f"approver:{approver.id}:asked", approver_id=approver.id)
    for one in envelope.signatories:
        if one.invited_at is None and one.status in AWAITED and not turn_of(envelope, one):
            one.invited_at = work.now()
            since = last_change(work, one)
            subject = f"signatory:{one.id}:invitation:{since}"
            _post(work, envelope, "signing.invitation", one.email, subject, signatory_id=one.id, since=since)


def tell_free(work: Work, signatory: Signatory, key: str) -> None:
    """The visa holds the signatory no more: one invited before it was asked is told to go on, once for a `key`. To call before `invite`."""
    if signatory.invited_at is not None and signatory.status in AWAITED and not turn_of(signatory.envelope, signatory):
        _post(work, signatory.envelope, "signing.visa_given", signatory.email, key, signatory_id=signatory.id)


def last_change(work: Work, signatory: Signatory) -> int:
    """The id of the last step by which somebody else took over the signature, 0 before the first: what came before was another person's."""
    query = select(func.max(SigningStep.id)).where(SigningStep.signatory_id == signatory.id, SigningStep.kind.in_(CHANGES))
    return work.session.scalar(query) or 0


def _post(work: Work, envelope: Envelope, name: str, to: str, subject: str, **payload: int) -> None:
    mail.post(work, name, to=to, subject=subject, alliance_id=envelope.alliance_id, due_at=envelope.sent_at, **payload)
