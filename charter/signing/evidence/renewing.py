"""The evidence files' own archive timestamps, covered by newer ones in time, as the signed documents' are (charter.signing.archiving)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from charter.adapters import outbox
from charter.adapters.outbox import GiveUp, Outbox, job, on_failure
from charter.signing import archiving
from charter.signing.models import Envelope, Signatory, SignatoryEvidence
from charter.signing.services.documents import signatory_evidence
from charter.work import Engine, Work

RENEW = "signing.renew_evidence"
WHOLE, OWN = "envelope", "signatory"
AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class _Covered:
    previous: str
    sha256: str
    due: datetime


def come_back(work: Work, scope: str, row_id: int, due: datetime) -> None:
    """The evidence of an envelope (WHOLE) or of a signatory (OWN), by its id, is looked at at `due`."""
    held = work.get(Envelope, row_id) if scope == WHOLE else work.get(Signatory, row_id).envelope
    payload = {"scope": scope, "row_id": row_id}
    outbox.put(work, RENEW, subject=f"evidence:{scope}:{row_id}", payload=payload, due_at=due, alliance_id=held.alliance_id)


def _current(work: Work, scope: str, row_id: int) -> str:
    if scope == WHOLE:
        return work.get(Envelope, row_id).evidence_pdf
    found = signatory_evidence(work, work.get(Signatory, row_id))
    return found.pdf if found else ""


def _move(work: Work, scope: str, row_id: int, done: _Covered) -> bool:
    """The newer file takes the place of the very one it was made from. False when another run was quicker."""
    if scope == WHOLE:
        envelope = update(Envelope).where(Envelope.id == row_id, Envelope.evidence_pdf == done.previous)
        statement = envelope.values(evidence_pdf=done.sha256).returning(Envelope.id)
    else:
        own = update(SignatoryEvidence).where(SignatoryEvidence.signatory_id == row_id, SignatoryEvidence.pdf == done.previous)
        statement = own.values(pdf=done.sha256).returning(SignatoryEvidence.id)
    return work.session.execute(statement).scalar_one_or_none() is not None


@job(RENEW)
class RenewEvidenceJob:
    """Covers an evidence PDF's last archive timestamp in time. preuve.json, and every byte that was there, stay as they are."""

    def prepare(self, work: Work, row: Outbox) -> str:
        """SHA-256 of the newest one."""
        return _current(work, **row.payload)

    def compute(self, engine: Engine, inputs: str) -> _Covered:
        """Looks, and makes the longer one when it is time. Raises GiveUp when the stored file does not hold any more."""
        try:
            sha256, _time, due = archiving.cover(engine, inputs)
        except archiving.CannotRenew as error:
            raise GiveUp(str(error)) from error
        return _Covered(inputs, sha256, due)

    def apply(self, work: Work, row: Outbox, outputs: _Covered) -> None:
        """Notes it, and when to come back."""
        if _move(work, row.payload["scope"], row.payload["row_id"], outputs):
            come_back(work, **row.payload, due=outputs.due)


@on_failure(RENEW)
def not_renewed(work: Work, *, error: str, scope: str, row_id: int) -> None:
    """Tried again tomorrow; the log and `charte status` say so meanwhile."""
    come_back(work, scope, row_id, work.now() + AGAIN)
