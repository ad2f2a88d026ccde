"""Making the evidence once everybody has signed: the envelope's at once, each signatory's own later, behind what people wait for."""

from __future__ import annotations

from datetime import datetime, timedelta

from charter.adapters import outbox
from charter.adapters.outbox import GiveUp, Outbox, job, on_failure
from charter.adapters.pdf import RenderTooBig
from charter.signing.evidence import printing, renewing
from charter.signing.models import Envelope, Signatory
from charter.signing.services.documents import keep_evidence, keep_signatory_evidence, made_for, signatory_evidence
from charter.work import Engine, Work

WHOLE, OWN = "signing.make_evidence", "signing.make_signatory_evidence"
AGAIN = timedelta(days=1)
LATER = timedelta(minutes=1)
REST = timedelta(seconds=10)


def ask(work: Work, envelope: Envelope) -> None:
    """Everybody signed: the evidence files are due."""
    subject, payload = f"envelope:{envelope.ref}", {"envelope_id": envelope.id}
    outbox.put(work, WHOLE, subject=subject, payload=payload, alliance_id=envelope.alliance_id)
    ask_next(work, envelope, work.now() + LATER)


def ask_next(work: Work, envelope: Envelope, due: datetime, after: int = -1) -> None:
    """One signatory's own evidence is due, the first not made whose position is greater than `after`. One at a time, with a rest between
    them: fifty at once would keep a worker for minutes, and the mails behind them waiting."""
    made = made_for(work, envelope)
    left = [one for one in envelope.signatories if one.id not in made and one.position > after]
    for one in left[:1]:
        payload = {"signatory_id": one.id}
        outbox.put(work, OWN, subject=f"signatory:{one.ref}", payload=payload, due_at=due, alliance_id=envelope.alliance_id)


def _make(engine: Engine, inputs: printing.EvidenceOrder | None) -> tuple[str, str] | None:
    """Both forms, kept under their SHA-256."""
    if inputs is None:
        return None
    try:
        made = printing.make(engine, inputs)
    except RenderTooBig as error:
        raise GiveUp(str(error)) from error
    for data in made.files:
        engine.storage.put(data)
    return engine.storage.put(made.json), engine.storage.put(made.pdf)


@job(WHOLE)
class EvidenceJob:
    """Lays the envelope's evidence file out, seals it and keeps it."""

    def prepare(self, work: Work, row: Outbox) -> printing.EvidenceOrder | None:
        """What it says; nothing when it was made already."""
        envelope = work.get(Envelope, row.payload["envelope_id"])
        return None if envelope.evidence_pdf else printing.order(work, envelope)

    def compute(self, engine: Engine, inputs: printing.EvidenceOrder | None) -> tuple[str, str] | None:
        """Both forms."""
        return _make(engine, inputs)

    def apply(self, work: Work, row: Outbox, outputs: tuple[str, str] | None) -> None:
        """The envelope knows its evidence."""
        if outputs is not None:
            keep_evidence(work, work.get(Envelope, row.payload["envelope_id"]), *outputs)
            renewing.come_back(work, renewing.WHOLE, row.payload["envelope_id"], work.now() + LATER)


@on_failure(WHOLE)
def evidence_failed(work: Work, *, error: str, envelope_id: int) -> None:
    """Nobody can ask for the evidence file, so it is never given up: tried again tomorrow, until it is made."""
    envelope = work.get(Envelope, envelope_id)
    if not envelope.evidence_pdf:
        due, payload = work.now() + AGAIN, {"envelope_id": envelope_id}
        outbox.put(work, WHOLE, subject=f"envelope:{envelope.ref}:again", payload=payload, due_at=due, alliance_id=envelope.alliance_id)


@job(OWN)
class SignatoryEvidenceJob:
    """The same, of one signatory."""

    def prepare(self, work: Work, row: Outbox) -> printing.EvidenceOrder | None:
        """What it says; nothing when it was made already."""
        signatory = work.get(Signatory, row.payload["signatory_id"])
        return None if signatory_evidence(work, signatory) else printing.order(work, signatory.envelope, signatory)

    def compute(self, engine: Engine, inputs: printing.EvidenceOrder | None) -> tuple[str, str] | None:
        """Both forms."""
        return _make(engine, inputs)

    def apply(self, work: Work, row: Outbox, outputs: tuple[str, str] | None) -> None:
        """It is known where they are."""
        signatory = work.get(Signatory, row.payload["signatory_id"])
        if outputs is not None:
            keep_signatory_evidence(work, signatory, *outputs)
            renewing.come_back(work, renewing.OWN, signatory.id, work.now() + LATER)
        ask_next(work, signatory.envelope, work.now() + REST, signatory.position)


@on_failure(OWN)
def signatory_evidence_failed(work: Work, *, error: str, signatory_id: int) -> None:
    """Never given up either."""
    signatory = work.get(Signatory, signatory_id)
    ask_next(work, signatory.envelope, work.now() + REST, signatory.position)
    if signatory_evidence(work, signatory) is None:
        due, alliance_id = work.now() + AGAIN, signatory.envelope.alliance_id
        payload = {"signatory_id": signatory_id}
        outbox.put(work, OWN, subject=f"signatory:{signatory.ref}:again", payload=payload, due_at=due, alliance_id=alliance_id)
