"""Archive timestamps are renewed before the last one ends, once, years ahead; tested by moving the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.signer import Verdict, verify
from charter.journal import services as journal
from charter.signing import archiving, services
from charter.signing.evidence import renewing
from charter.signing.models import Envelope, EnvelopeDocument, SignatoryEvidence
from charter.signing.sealer import sealer
from charter.work import Engine, Work
from tests.charter.signing import factories as make

Drain = Callable[[], int]
YEAR = timedelta(days=365)


@pytest.fixture
def done(work: Work, envelope: Envelope, drain: Drain, outgoing: object) -> Envelope:
    """An envelope everybody signed, its archive looked at once; nothing else leaves."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    for signatory in envelope.signatories:
        make.sign(work, signatory)
        work.commit()
        drain()
    work.session.expire_all()
    found = work.get(Envelope, envelope.id)
    work.commit()
    return found


def evidence(work: Work, envelope: Envelope) -> list[str]:
    """The PDFs of the envelope's evidence and of each signatory's own, by SHA-256."""
    work.session.expire_all()
    own = work.session.query(SignatoryEvidence).order_by(SignatoryEvidence.signatory_id).all()
    found = [work.get(Envelope, envelope.id).evidence_pdf, *(one.pdf for one in own)]
    work.commit()
    return found


def rows(work: Work, name: str = archiving.RENEW) -> list[Outbox]:
    work.session.expire_all()
    found = work.session.query(Outbox).filter(Outbox.name == name, Outbox.status == OutboxStatus.PENDING).all()
    work.commit()
    return found


def state(work: Work, envelope: Envelope) -> list[tuple[str, int]]:
    work.session.expire_all()
    found = [(one.current_sha256, len(one.revisions)) for one in work.get(Envelope, envelope.id).documents]
    work.commit()
    return found


def test_the_day_to_come_back_is_a_row(work: Work, done: Envelope) -> None:
    due = {row.due_at for row in rows(work)}
    (when,) = {moment.date() for moment in due}
    assert len(rows(work)) == 2
    assert abs((when - work.now().date()) - archiving.TRUSTED_FOR) < timedelta(days=2)


def test_a_renewed_archive_outlives_the_first_timestamp(
    work: Work, done: Envelope, drain: Drain, clock: FixedClock, engine: Engine
) -> None:
    before = state(work, done)
    drain()
    assert state(work, done) == before
    clock.advance(archiving.TRUSTED_FOR + timedelta(days=1))
    drain()
    after = state(work, done)
    assert [count for _sha, count in after] == [count + 1 for _sha, count in before]
    for (old, _), (new, _) in zip(before, after, strict=True):
        assert engine.storage.get(new).startswith(engine.storage.get(old))
    clock.advance(6 * YEAR)
    trust = sealer(work.settings, clock.now()).trust(clock.now())
    verdicts = [
        verify(engine.storage.get(sha), now=clock.now(), trust=trust, full=False).verdict for (sha, _), _ in zip(after, before, strict=True)
    ]
    assert verdicts == [Verdict.VALID, Verdict.VALID]
    assert verify(engine.storage.get(before[0][0]), now=clock.now(), trust=trust, full=False).verdict is Verdict.UNTRUSTED
    facts = [fact.type for fact in journal.facts(work, done.alliance_id)]
    assert facts.count("archive.renewed") == 2
    work.commit()


def test_renewing_twice_changes_nothing_the_second_time(work: Work, done: Envelope, clock: FixedClock, engine: Engine) -> None:
    clock.advance(archiving.TRUSTED_FOR + timedelta(days=1))
    document = done.documents[0].id
    work.commit()
    first = archiving.renew_now(engine, document)
    again = archiving.renew_now(engine, document)
    assert first.sha256 != first.previous_sha256
    assert again.sha256 == again.previous_sha256 == first.sha256
    with engine.work() as other:
        archiving.write(other, first)  # a run that was slower, over a file that is no more
    assert state(work, done)[0] == (first.sha256, 5)


def test_the_evidences_own_timestamps_are_covered_in_time_too(
    work: Work, done: Envelope, drain: Drain, clock: FixedClock, engine: Engine
) -> None:
    for _ in range(6):
        clock.advance(timedelta(minutes=2))
        drain()
    before = evidence(work, done)
    work.commit()
    assert len(before) == 4
    clock.advance(archiving.TRUSTED_FOR + timedelta(days=1))
    drain()
    after = evidence(work, done)
    for old, new in zip(before, after, strict=True):
        assert new != old and engine.storage.get(new).startswith(engine.storage.get(old))
    work.commit()
    drain()
    assert evidence(work, done) == after
    clock.advance(6 * YEAR)
    trust = sealer(work.settings, clock.now()).trust(clock.now())
    found = [verify(engine.storage.get(sha), now=clock.now(), trust=trust, full=False).verdict for sha in (*after, *before)]
    assert found == [Verdict.VALID] * 4 + [Verdict.UNTRUSTED] * 4


def test_an_evidence_that_does_not_hold_is_looked_at_again_tomorrow(
    work: Work, done: Envelope, drain: Drain, clock: FixedClock, engine: Engine
) -> None:
    clock.advance(timedelta(minutes=2))
    drain()
    envelope = work.get(Envelope, done.id)
    envelope.evidence_pdf = engine.storage.put(engine.storage.get(envelope.evidence_pdf) + b"more")
    work.commit()
    clock.advance(archiving.TRUSTED_FOR + timedelta(days=1))
    drain()
    assert clock.now() + timedelta(days=1) in [one.due_at for one in rows(work, renewing.RENEW) if one.payload["scope"] == "envelope"]


def test_a_file_that_does_not_hold_is_looked_at_again_tomorrow(
    work: Work, done: Envelope, drain: Drain, clock: FixedClock, engine: Engine
) -> None:
    document = work.get(EnvelopeDocument, done.documents[0].id)
    document.current_sha256 = engine.storage.put(engine.storage.get(document.current_sha256) + b"more")
    work.commit()
    clock.advance(archiving.TRUSTED_FOR + timedelta(days=1))
    drain()
    due = [row.due_at for row in rows(work) if row.payload["document_id"] == document.id]
    assert due == [clock.now() + timedelta(days=1)]
    assert state(work, done)[0][1] == 4
