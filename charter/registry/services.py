"""Having a file checked: an answer at once, the whole analysis by a worker, and both kept a while under the file's SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from charter.adapters import outbox
from charter.adapters.signer import Trust, Verdict, Verification, answers, examinations, revoked
from charter.errors import NotFound, Unavailable
from charter.registry.known import Known, compared, known
from charter.registry.models import Examination
from charter.signing import verifying
from charter.work import Work
from workflows.base import N_

KEPT = timedelta(days=30)
ABANDONED = timedelta(hours=1)
MOST_WAITING = 10
ANALYSE = "registry.analyse"
MORE = frozenset({Verdict.VALID, Verdict.INCOMPLETE, Verdict.UNTRUSTED})
"""Verdicts the whole analysis may change; the others are refusals already."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is told of a file: what was found, in the light of what the platform knows of it. `full`, `failed`: see Examination."""

    found: Verification
    known: Known | None
    full: bool
    failed: bool


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
    found = examinations.verify(pdf, now=work.now(), trust=trust, full=False)
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
    """What was found of a file. Raises NotFound when it was never checked, too long ago, or relying on what is trusted no more."""
    row = work.session.get(Examination, digest)
    # One found before a certificate was struck off, or an authority taken in, is worth no more.
    if row is None or row.at < work.now() - KEPT or row.relied_on != fingerprint(verifying.trusted(work.settings, work.now())):
        raise NotFound(N_("Ce fichier n’a pas été vérifié ici récemment : déposez-le de nouveau."))
    return row


def seen(work: Work, digest: str) -> Seen:
    """What is told of a file checked before. Raises NotFound as `found_of` does."""
    row = found_of(work, digest)
    found = answers.read(row.found)
    held = known(work, found)
    return Seen(compared(found, held), held, row.full, row.failed)


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


def forget(work: Work) -> None:
    """Each minute: what was found a month ago goes, and files nobody waits for any more."""
    work.session.execute(delete(Examination).where(Examination.at < work.now() - KEPT))
    # A file is laid there a moment before the row that asks for it is committed: a young one is left alone.
    old = [name for name, seconds in work.storage.aside.waiting().items() if seconds > ABANDONED.total_seconds()]
    awaited = select(Examination.sha256).where(Examination.full.is_(False), Examination.failed.is_(False), Examination.sha256.in_(old))
    for name in set(old) - set(work.session.scalars(awaited)):
        work.storage.aside.drop(name)


def fingerprint(trust: Trust) -> str:
    """SHA-256 of the authorities relied on and of the certificates they struck off: an answer holds for them only."""
    struck = sorted([issuer.hex(), serial, since.isoformat()] for (issuer, serial), since in revoked(trust).items())
    return hashlib.sha256(json.dumps([_digests(trust.roots), _digests(trust.tsa_roots), struck]).encode()).hexdigest()


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
