"""Having a file checked: an answer at once, the whole analysis by a worker, and both kept a while under the file's SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from charter.adapters import outbox
from charter.adapters.signer import Trust, Verdict, Verification, verify
from charter.errors import NotFound, Unavailable
from charter.registry import answers
from charter.registry.models import Examination
from charter.signing import verifying
from charter.signing.models import EnvelopeDocument, SealedRevision
from charter.work import Work
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

KEPT = timedelta(days=30)
ABANDONED = timedelta(hours=1)
MOST_WAITING = 100
ANALYSE = "registry.analyse"
MORE = frozenset({Verdict.VALID, Verdict.INCOMPLETE, Verdict.UNTRUSTED})
"""Verdicts the whole analysis may change; the others are refusals already."""


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody who holds a file of ours may know of it: nothing its pages do not say, but how far its envelope went since.

    `signed` of `expected` people have signed in this very file; `latest`: no newer file of the same document exists.
    """

    kind: str
    sent_at: datetime | None
    signed: int
    expected: int
    latest: bool
    status: EnvelopeStatus


def ask(work: Work, pdf: bytes) -> Examination:
    """Has a file checked. The answer is there at once; the whole analysis, when it may change it, comes with `full`.

    Nothing may have been written yet in the caller's transaction: it is ended while the file is read. Raises OSError when the
    disk takes no file, Unavailable when too many files wait already.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    trust = verifying.trusted(work.settings, work.now())
    relied_on = fingerprint(trust)
    held = _fresh(work, digest, relied_on)
    if held is not None:
        return held
    work.pause()
    found = verify(pdf, now=work.now(), trust=trust, full=False)
    whole = found.verdict not in MORE
    if not whole:
        if len(work.storage.aside.waiting()) >= MOST_WAITING:
            raise Unavailable(N_("Beaucoup de fichiers attendent d’être vérifiés : réessayez dans quelques minutes."))
        work.storage.aside.put(digest, pdf)
    row = _kept(work, found, relied_on, full=whole)
    if not whole:
        outbox.put(work, ANALYSE, subject=f"file:{digest}", payload={"sha256": digest})
    return row


def found_of(work: Work, digest: str) -> Examination:
    """What was found of a file. Raises NotFound when it was never checked, or too long ago."""
    row = work.session.get(Examination, digest)
    if row is None or row.at < work.now() - KEPT:
        raise NotFound(N_("Ce fichier n’a pas été vérifié ici récemment : déposez-le de nouveau."))
    return row


def settle(work: Work, found: Verification) -> None:
    """The whole analysis is done."""
    row = work.session.get(Examination, found.sha256)
    if row is not None:
        row.found, row.full, row.failed, row.at = answers.plain(found), True, False, work.now()


def give_up(work: Work, digest: str) -> None:
    """The whole analysis cannot be done."""
    row = work.session.get(Examination, digest)
    if row is not None and not row.full:
        row.failed = True


def known(work: Work, digest: str) -> Known | None:
    """The document of ours whose bytes, signed or not yet, have this SHA-256; None when there is none."""
    revision = work.session.scalar(select(SealedRevision).where(SealedRevision.sha256 == digest).order_by(SealedRevision.id).limit(1))
    document = revision.document if revision else _unsigned(work, digest)
    if document is None:
        return None
    people = {one.id: one for one in document.envelope.signatories}
    upto = revision.number if revision else 0
    signed = sum(1 for one in document.revisions if one.number <= upto and one.signatory_id is not None)
    return Known(
        kind=document.kind,
        sent_at=document.envelope.sent_at,
        signed=signed,
        expected=sum(1 for one in people.values() if one.status != SignatoryStatus.declined) or len(people),
        latest=document.current_sha256 == digest,
        status=document.envelope.status,
    )


def forget(work: Work) -> None:
    """Each minute: what was found a month ago goes, and files nobody waits for any more."""
    work.session.execute(delete(Examination).where(Examination.at < work.now() - KEPT))
    # A file is laid there a moment before the row that asks for it is committed: a young one is left alone.
    old = [name for name, seconds in work.storage.aside.waiting().items() if seconds > ABANDONED.total_seconds()]
    awaited = select(Examination.sha256).where(Examination.full.is_(False), Examination.failed.is_(False), Examination.sha256.in_(old))
    for name in set(old) - set(work.session.scalars(awaited)):
        work.storage.aside.drop(name)


def fingerprint(trust: Trust) -> str:
    """SHA-256 of the authorities relied on: an answer holds for them only."""
    return hashlib.sha256(json.dumps([_digests(trust.roots), _digests(trust.tsa_roots)]).encode()).hexdigest()


def _digests(certificates: Iterable[bytes]) -> list[str]:
    return sorted(hashlib.sha256(one).hexdigest() for one in certificates)


def _fresh(work: Work, digest: str, relied_on: str) -> Examination | None:
    row = work.session.get(Examination, digest)
    usable = row is not None and row.relied_on == relied_on and not row.failed and row.at >= work.now() - KEPT
    return row if usable else None


def _kept(work: Work, found: Verification, relied_on: str, *, full: bool) -> Examination:
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"relied_on": relied_on, "found": answers.plain(found), "full": full, "failed": False, "at": work.now()}
    insert = dialect.insert(Examination).values(sha256=found.sha256, **values)
    # Two people may bring the same file at once: whoever comes second finds the first one's answer, whole perhaps by then.
    outdated = or_(Examination.relied_on != relied_on, Examination.failed, Examination.at < work.now() - KEPT)
    work.session.execute(insert.on_conflict_do_update(index_elements=[Examination.sha256], set_=values, where=outdated))
    return work.session.get_one(Examination, found.sha256, populate_existing=True)


def _unsigned(work: Work, digest: str) -> EnvelopeDocument | None:
    query = select(EnvelopeDocument).where(or_(EnvelopeDocument.original_sha256 == digest, EnvelopeDocument.current_sha256 == digest))
    return work.session.scalar(query.order_by(EnvelopeDocument.id.desc()).limit(1))
