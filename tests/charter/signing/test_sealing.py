"""Seals: real PAdES signatures in stored files, each exactly once, whatever happens at the same time or in between."""

from __future__ import annotations

import errno
import shutil
import subprocess
import threading
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.adapters.signer import Away, SealingService, SignerUnavailable, Verdict
from charter.adapters.storage import Storage
from charter.journal import services as journal
from charter.signing import sealing, services
from charter.signing.models import Envelope, EnvelopeDocument, SealedRevision, Signatory
from charter.signing.sealer import sealer
from charter.signing.services import delays
from charter.signing.verifying import verify_files
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope


def confirmed(work: Work, envelope: Envelope, *positions: int) -> list[int]:
    """Those signatories have said yes; their ids."""
    for position in positions:
        make.sign(work, envelope.signatories[position])
    ids = [envelope.signatories[position].id for position in positions]
    work.commit()
    return ids


def fresh(work: Work, envelope: Envelope) -> Envelope:
    """The envelope as the database has it, leaving no transaction open."""
    work.session.expire_all()
    found = work.get(Envelope, envelope.id)
    _ = [(one.status, one.party.name) for one in found.signatories], [one.revisions for one in found.documents], found.alliance.status
    work.commit()
    return found


def in_threads(*calls: Callable[[], object]) -> list[object]:
    """Runs the calls at the same instant; what each returned or raised."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(position: int, call: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[position] = call()  # type: ignore[call-overload]
        except Exception as error:
            answers[position] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(answers)


def written(work: Work, envelope: Envelope, directory: Path) -> list[Path]:
    """The envelope's newest files on disk."""
    paths = []
    for document in envelope.documents:
        path = directory / services.describe(document).name
        path.write_bytes(work.storage.get(document.current_sha256))
        paths.append(path)
    return paths


def check(work: Work, envelope: Envelope, directory: Path) -> None:
    """Every file is valid for us and for poppler, with each person once."""
    now = work.now()
    for path, found in verify_files(written(work, envelope, directory), now, sealer(work.settings, now).trust(now)):
        assert found.verdict is Verdict.VALID, (path, found.reasons)
        assert found.certified
        assert sorted(one.name for one in found.signatures if not one.certification) == sorted(make.NAMES)
        if shutil.which("pdfsig"):
            told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
            assert told.count("Signature is Valid") == 1 + len(make.NAMES)


def test_everybody_signs_and_the_alliance_moves_on(
    work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], tmp_path: Path
) -> None:
    for position in range(3):
        confirmed(work, sent, position)
        drain()
    done = fresh(work, sent)
    assert (done.status, done.alliance.status) == (EnvelopeStatus.completed, AllianceStatus.evaluation)
    check(work, done, tmp_path)
    for document in done.documents:
        assert [(one.number, one.signatory_id is None, one.level) for one in document.revisions] == [
            (1, True, "B-LT"),
            (2, False, "B-LT"),
            (3, False, "B-LT"),
            (4, False, "B-LTA"),
        ]
        assert document.revisions[0].previous_sha256 == document.original_sha256
        assert [one.previous_sha256 for one in document.revisions[1:]] == [one.sha256 for one in document.revisions[:-1]]
        assert document.revisions[-1].sha256 == document.current_sha256
    types = [fact.type for fact in journal.facts(work, done.alliance_id)]
    assert (types.count("signature.sealed"), types.count("envelope.completed")) == (3, 1)
    assert journal.recheck(work, done.alliance_id).holds


def test_each_party_receives_its_copies(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    confirmed(work, sent, 0, 1, 2)
    drain()
    done = fresh(work, sent)
    told = [one for one in outgoing if one["Subject"].startswith("Signé par tous")]
    assert len(told) == 4  # three parties and the facilitator
    kept = [work.storage.get(document.current_sha256) for document in done.documents]
    for message in told:
        assert [(part.get_filename(), part.get_content()) for part in message.iter_attachments()] == list(
            zip(["charte.pdf", "contrat.pdf"], kept, strict=True)
        )


def test_sealing_again_changes_nothing(work: Work, engine: Engine, sent: Envelope) -> None:
    (one,) = confirmed(work, sent, 0)
    assert sealing.seal(engine, one)
    before = [document.current_sha256 for document in fresh(work, sent).documents]
    assert not sealing.seal(engine, one)
    assert [document.current_sha256 for document in fresh(work, sent).documents] == before


def test_three_at_the_same_instant_are_each_sealed_once(
    work: Work, engine: Engine, sent: Envelope, tmp_path: Path, clock: FixedClock
) -> None:
    ids = confirmed(work, sent, 0, 1, 2)
    answers = in_threads(*[lambda one=one: sealing.seal(engine, one) for one in ids])
    assert answers == [True, True, True]
    done = fresh(work, sent)
    assert done.status == EnvelopeStatus.completed
    assert [sorted(one.signatory_id or 0 for one in document.revisions) for document in done.documents] == [[0, *sorted(ids)]] * 2
    check(work, done, tmp_path)


def test_the_same_seal_delivered_twice_at_once_is_made_once(work: Work, engine: Engine, sent: Envelope) -> None:
    (one,) = confirmed(work, sent, 0)
    assert sorted(map(str, in_threads(lambda: sealing.seal(engine, one), lambda: sealing.seal(engine, one)))) == ["False", "True"]
    assert work.session.query(SealedRevision).filter_by(signatory_id=one).count() == 2


def test_a_worker_that_dies_while_writing_leaves_nothing_and_the_next_seals_once(
    work: Work,
    engine: Engine,
    sent: Envelope,
    drain: Drain,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    outgoing: list[EmailMessage],
) -> None:
    confirmed(work, sent, 0)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "announce", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        drain()
    halfway = fresh(work, sent)
    assert halfway.signatories[0].status == SignatoryStatus.sealing
    assert [document.current_sha256 for document in halfway.documents] == list(halfway.fingerprints)
    clock.advance(outbox.FIRST_RETRY)
    drain()
    assert fresh(work, sent).signatories[0].status == SignatoryStatus.signed
    assert work.session.query(SealedRevision).count() == 4  # a certification and a signature in each of two documents


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[Work], object]) -> None:
    """Each time a document has been signed, before anything is written, `act` happens elsewhere."""
    original = sealing._sign

    def slow(engine: Engine, order: object, document: object) -> object:
        made = original(engine, order, document)  # type: ignore[arg-type]
        with engine.work() as other:
            act(other)
        return made

    monkeypatch.setattr(sealing, "_sign", slow)


def test_nobody_is_sealed_under_the_name_of_whoever_signed_before_them(
    work: Work, engine: Engine, sent: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = confirmed(work, sent, 0)
    with monkeypatch.context() as patch, pytest.raises(sealing.Overtaken, match="somebody else"):
        meanwhile(patch, lambda other: setattr(other.get(Signatory, one), "name", "Quelqu’un d’autre"))  # the delegate confirmed
        sealing.seal(engine, one)
    assert sealing.seal(engine, one)


def test_a_seal_made_from_an_overtaken_revision_is_not_written(
    work: Work, engine: Engine, sent: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, (one,) = sent.documents[0].id, confirmed(work, sent, 0)
    meanwhile(monkeypatch, lambda other: setattr(other.get(EnvelopeDocument, moved), "current_sha256", "f" * 64))  # without the lock
    with pytest.raises(sealing.Overtaken):
        sealing.seal(engine, one)
    assert work.session.query(SealedRevision).count() == 0


def test_an_envelope_taken_back_while_sealing_gets_no_signature(
    work: Work, engine: Engine, sent: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = confirmed(work, sent, 0)

    def void(other: Work) -> None:
        found = other.get(Envelope, sent.id)
        if found.status == EnvelopeStatus.sent:
            services.void(other, found, "Erreur de montant.")

    meanwhile(monkeypatch, void)
    assert not sealing.seal(engine, one)
    assert work.session.query(SealedRevision).count() == 0


def test_an_absent_timestamp_delays_visibly_and_never_lowers_the_level(
    work: Work, sent: Envelope, drain: Drain, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, outgoing: list[EmailMessage]
) -> None:
    confirmed(work, sent, 0)
    with monkeypatch.context() as patch:
        away = SignerUnavailable("timestamping", away=Away.TIMESTAMPS)
        patch.setattr(SealingService, "sign", lambda *_, **__: (_ for _ in ()).throw(away))
        drain()
    waiting = fresh(work, sent).signatories[0]
    assert (waiting.status, waiting.trouble) == (SignatoryStatus.sealing, delays.TIMESTAMPS)
    clock.advance(outbox.FIRST_RETRY)
    drain()
    signed = fresh(work, sent).signatories[0]
    assert (signed.status, signed.trouble) == (SignatoryStatus.signed, "")


def test_a_full_disk_delays_visibly_and_signs_nothing(
    work: Work, sent: Envelope, drain: Drain, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, outgoing: list[EmailMessage]
) -> None:
    confirmed(work, sent, 0)
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(Storage, "put", lambda *_: (_ for _ in ()).throw(full))
        drain()
    waiting = fresh(work, sent)
    assert (waiting.signatories[0].status, waiting.signatories[0].trouble) == (SignatoryStatus.sealing, delays.DISK)
    assert all(one.current_sha256 == one.original_sha256 for one in waiting.documents)
    clock.advance(outbox.FIRST_RETRY)
    drain()
    assert fresh(work, sent).signatories[0].status == SignatoryStatus.signed


def test_a_seal_that_cannot_be_made_is_said_and_may_be_started_again(
    work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    signatory = sent.signatories[0]
    good, signatory.field = signatory.field, "sig-absent"
    confirmed(work, sent, 0)
    drain()
    failed = fresh(work, sent).signatories[0]
    assert (failed.status, failed.trouble) == (SignatoryStatus.opened, sealing.FAILED)
    assert work.session.query(Outbox.status).filter_by(name="signing.seal").scalar() == outbox.OutboxStatus.FAILED
    assert any("à refaire" in one["Subject"] for one in outgoing)
    failed.field = good
    work.commit()
    drain()
    confirmed(work, sent, 0)
    drain()
    assert fresh(work, sent).signatories[0].status == SignatoryStatus.signed


def test_the_certificate_bears_the_persons_name(work: Work, engine: Engine, sent: Envelope, tmp_path: Path) -> None:
    (one,) = confirmed(work, sent, 2)
    sealing.seal(engine, one)
    found = fresh(work, sent)
    ((_, verification), _) = verify_files(written(work, found, tmp_path), work.now(), sealer(work.settings, work.now()).trust(work.now()))
    signature = verification.signatures[1]
    assert (signature.name, signature.capacity, signature.organisation) == (
        make.NAMES[2],
        make.TITLES[2],
        found.signatories[2].organisation,
    )
    assert signature.reason == f"Lu et approuvé pour {found.signatories[2].organisation}"
    revision = found.documents[0].revisions[-1]
    assert (revision.serial, revision.timestamp) == (signature.serial, signature.time)
