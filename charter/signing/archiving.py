"""Keeping signatures checkable for as long as the alliance: another archive timestamp before the last one ends (ETSI EN 319 142-1, B-LTA).

A timestamp ends with its authority's certificate, or with the trust put in its algorithms, which nobody can date: after TRUSTED_FOR it is
covered by a newer one in any case. What is due is a row of the outbox, years ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from charter.adapters import outbox
from charter.adapters.signer import ArchiveCheck, Trust, Verdict, verify
from charter.alliances.announce import announce
from charter.signing.models import Envelope, EnvelopeDocument, SealedRevision
from charter.signing.sealer import sealer
from charter.signing.services.envelopes import held
from charter.signing.turns import turn
from charter.work import Engine, Work
from workflows.events import ArchiveRenewed

RENEW = "signing.renew_archive"
AHEAD = timedelta(days=365)
TRUSTED_FOR = timedelta(days=3650)
"""Ten years: SHA-256 and P-256 were within every published horizon (ANSSI, SOG-IS) when this was written; the next are not known."""


class CannotRenew(Exception):
    """The stored file cannot be given a newer timestamp: it is not, or no longer, one whose signatures hold."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was done of a document: `sha256` of its bytes from now on, `until` when the last timestamp must be covered again."""

    document_id: int
    previous_sha256: str
    sha256: str
    timestamp: datetime
    due: datetime


def plan(work: Work, envelope: Envelope) -> None:
    """Everybody signed: each document's archive is looked at by a worker, which then sets the day to come back."""
    for document in envelope.documents:
        come_back(work, document, work.now())


def come_back(work: Work, document: EnvelopeDocument, due: datetime) -> None:
    """The document's archive is looked at again at `due`."""
    subject, payload = f"document:{document.id}:archive:{len(document.revisions)}", {"document_id": document.id}
    outbox.put(work, RENEW, subject=subject, payload=payload, due_at=due, alliance_id=document.envelope.alliance_id)


def renew(engine: Engine, document_id: int) -> Renewed:
    """Looks at a document's last archive timestamp, and covers it with a newer one when it is time; nothing is written yet.

    Raises CannotRenew, SignerUnavailable, OSError.
    """
    with engine.work(write=False) as work:
        current = work.get(EnvelopeDocument, document_id).current_sha256
    return Renewed(document_id, current, *cover(engine, current))


def cover(engine: Engine, current: str) -> tuple[str, datetime, datetime]:
    """The stored file whose SHA-256 is `current`, its last archive timestamp covered by a newer one when it is time: SHA-256 from now on,
    time of the last timestamp, when to come back. Raises as `renew`."""
    now = engine.clock.now()
    pdf, using = engine.storage.get(current), sealer(engine.settings, now)
    last = _last(pdf, now, using.trust(now))
    due = _due(last)
    if due > now:
        return current, last.time, due
    longer = using.service.extend(pdf, when=now)
    made = _last(longer, now, using.trust(now))
    return engine.storage.put(longer), made.time, max(_due(made), now + timedelta(days=1))


def write(work: Work, done: Renewed) -> None:
    """Notes the newer file, over the very one it was made from, and when to come back."""
    document = work.get(EnvelopeDocument, done.document_id)
    alliance = held(work, document.envelope)
    if done.sha256 != done.previous_sha256:
        statement = update(EnvelopeDocument).where(
            EnvelopeDocument.id == document.id, EnvelopeDocument.current_sha256 == done.previous_sha256
        )
        if work.session.execute(statement.values(current_sha256=done.sha256).returning(EnvelopeDocument.id)).scalar_one_or_none() is None:
            return  # another run was quicker; its own row comes back
        work.session.add(_revision(document, done))
        work.session.flush()
        work.session.expire(document, ["revisions", "current_sha256"])
        announce(work, alliance, ArchiveRenewed(envelope=document.envelope.ref, kind=document.kind, document=done.sha256))
    come_back(work, document, done.due)


def renew_now(engine: Engine, document_id: int) -> Renewed:
    """Both, in the envelope's turn. Raises as `renew`."""
    with engine.work(write=False) as work:
        envelope_id = work.get(EnvelopeDocument, document_id).envelope_id
    with turn(engine, envelope_id):
        done = renew(engine, document_id)
        with engine.work() as work:
            write(work, done)
    return done


def _due(last: ArchiveCheck) -> datetime:
    return min(last.until - AHEAD, last.time + TRUSTED_FOR)


def _last(pdf: bytes, now: datetime, trust: Trust) -> ArchiveCheck:
    found = verify(pdf, now=now, trust=trust, full=False)
    if found.verdict is not Verdict.VALID or not found.archives:
        raise CannotRenew(f"{found.sha256[:12]}: {found.verdict.value}, {len(found.archives)} archive timestamps")
    return found.archives[-1]


def _revision(document: EnvelopeDocument, done: Renewed) -> SealedRevision:
    return SealedRevision(
        document_id=document.id,
        signatory_id=None,
        number=len(document.revisions) + 1,
        previous_sha256=done.previous_sha256,
        sha256=done.sha256,
        certificate_pem="",
        serial="",
        timestamp=done.timestamp,
        level="B-LTA",
    )
