"""A seal and whatever can break under it, with real processes: one signature or none, whole, and signed once the fault is gone."""

from __future__ import annotations

import errno
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from charter.accounts.services import open_session
from charter.adapters import outbox
from charter.adapters.clock import SystemClock
from charter.adapters.http.requests import SESSION_COOKIE
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.signer import LocalAuthority
from charter.app import make_app
from charter.config import Smtp
from charter.signing.models import Envelope, SealedRevision, Signatory
from charter.signing.sealer import sealer
from charter.work import Engine
from tests import installations
from tests.charter.signing import crowd
from tests.charter.signing import factories as make
from tests.charter.signing.validators import check_all
from tests.installations import Installation
from tests.processes import LOOPBACK, wait_until
from tests.servers import Postgres, Redis
from workflows.signing import EnvelopeStatus, SignatoryStatus

pytestmark = [pytest.mark.faults, pytest.mark.real_mail]
LEASE_SECONDS = 3


class DeafTimestamps:
    """A timestamping authority that takes requests and never answers: whoever asks it stays between signing and writing."""

    def __init__(self) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self.url = f"http://{LOOPBACK}:{self._listening.getsockname()[1]}/tsa"
        self.asked = threading.Event()
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                taken, _ = self._listening.accept()
            except OSError:
                return
            self._held.append(taken)
            if taken.recv(65536):
                self.asked.set()

    def close(self) -> None:
        """Stops listening, hangs up."""
        for one in (*self._held, self._listening):
            one.close()


@pytest.fixture
def deaf() -> Iterator[DeafTimestamps]:
    made = DeafTimestamps()
    yield made
    made.close()


@pytest.fixture
def site(tmp_path: Path, private_postgres: Postgres, private_redis: Redis) -> Iterator[Installation]:
    """The full mode without its web processes; nobody takes mails."""
    with installations.full(
        tmp_path / "site", private_postgres, private_redis, Smtp(port=9), name="faults", outbox_lease_seconds=LEASE_SECONDS
    ) as made:
        yield made


@pytest.fixture
def envelope(site: Installation) -> int:
    """An envelope of two, out; the first has said yes."""
    made = crowd.envelope(site.engine, 2)
    say_yes(site.engine, made, 0)
    return made


def say_yes(engine: Engine, envelope_id: int, position: int) -> None:
    with engine.work() as work:
        make.sign(work, work.get(Envelope, envelope_id).signatories[position])
        crowd.drop_mails(work)


def first(engine: Engine, envelope_id: int) -> Signatory:
    """The first signatory, as the database has it."""
    with engine.work(write=False) as work:
        return work.get(Envelope, envelope_id).signatories[0]


def untouched(engine: Engine, envelope_id: int) -> bool:
    """Nothing of the seal is written: no revision, the documents as they were sent."""
    with engine.work(write=False) as work:
        documents = work.get(Envelope, envelope_id).documents
        same = all(one.current_sha256 == one.original_sha256 for one in documents)
        return same and work.session.query(SealedRevision).count() == 0


def shown(site: Installation, envelope_id: int) -> str:
    """What the page of the signatures says to the first signatory, without its markup."""
    with site.engine.work() as work:
        signatory = work.get(Envelope, envelope_id).signatories[0]
        path, token = f"/alliances/{signatory.envelope.alliance.ref}/signature", open_session(work, signatory.person)[0]
    browser = make_app(site.settings, site.engine).test_client()
    outbox.nudge_through(lambda row_id: None)
    browser.set_cookie(SESSION_COOKIE, token)
    answer = browser.get(path)
    assert answer.status_code == 200
    text = answer.text[answer.text.index('id="avancement"') :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def says_nothing_is_signed(site: Installation, envelope_id: int) -> bool:
    """The page counts no signature."""
    return "0 signature sur 2" in shown(site, envelope_id)


def due_now(engine: Engine) -> None:
    """What waits for its next try is tried now: no test waits minutes."""
    with engine.work() as work:
        for row in work.session.scalars(select(Outbox).where(Outbox.name == "signing.seal", Outbox.status == OutboxStatus.PENDING)):
            row.next_try = work.now()


def signed_in_the_end(site: Installation, envelope_id: int, folder: Path) -> None:
    """The fault is gone: the first is signed, then the second; once each, and three validators agree."""

    def done(position: int) -> Callable[[], bool]:
        def look() -> bool:
            due_now(site.engine)
            with site.engine.work(write=False) as work:
                return work.get(Envelope, envelope_id).signatories[position].status == SignatoryStatus.signed

        return look

    site.sweep_until(done(0), "the first signature", seconds=120)
    say_yes(site.engine, envelope_id, 1)
    site.sweep_until(done(1), "the second signature", seconds=120)
    now = SystemClock().now()
    using = sealer(site.engine.settings, now)
    with site.engine.work(write=False) as work:
        found = work.get(Envelope, envelope_id)
        assert (found.status, [one.trouble for one in found.signatories]) == (EnvelopeStatus.completed, ["", ""])
        for document in found.documents:
            assert len(document.revisions) >= 3 and len({one.signatory_id for one in document.revisions[:3]}) == 3
            names = [one.name for one in found.signatories]
            check_all(work.storage.get(document.current_sha256), folder, using.authority.root_pem(), using.trust(now), names, now)
    told = shown(site, envelope_id)
    assert "2 signatures sur 2" in told and "PDF signé par toutes les parties" in told and "retardée" not in told


def half_written(site: Installation) -> list[Path]:
    """What a write that did not end left behind."""
    return list((site.settings.data_dir / "files").rglob(".new-*"))


def test_a_worker_killed_between_signing_and_writing(site: Installation, envelope: int, deaf: DeafTimestamps, tmp_path: Path) -> None:
    root = tmp_path / "tsa.pem"
    root.write_text(LocalAuthority.open(tmp_path / "tsa", SystemClock().now()).root_pem())
    victim = site.start_worker(TSA_URL=deaf.url, TSA_ROOTS=str(root))
    site.sweep_until(deaf.asked.is_set, "the worker asking for the time")
    site.kill(victim)
    assert first(site.engine, envelope).status == SignatoryStatus.sealing
    assert untouched(site.engine, envelope) and says_nothing_is_signed(site, envelope)
    assert "La signature est en train d’être apposée dans les documents." in shown(site, envelope)
    site.start_worker()
    signed_in_the_end(site, envelope, tmp_path)


def test_a_timestamping_authority_that_never_answers_delays_visibly(
    site: Installation, envelope: int, deaf: DeafTimestamps, tmp_path: Path
) -> None:
    root = tmp_path / "tsa.pem"
    root.write_text(LocalAuthority.open(tmp_path / "tsa", SystemClock().now()).root_pem())
    waiting = site.start_worker(TSA_URL=deaf.url, TSA_ROOTS=str(root))
    site.sweep_until(lambda: first(site.engine, envelope).trouble != "", "the delay told")
    assert first(site.engine, envelope).status == SignatoryStatus.sealing
    assert untouched(site.engine, envelope) and says_nothing_is_signed(site, envelope)
    assert "La signature est retardée : le service d’horodatage ne répond pas depuis le" in shown(site, envelope)
    site.kill(waiting)
    site.start_worker()
    signed_in_the_end(site, envelope, tmp_path)


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8])
def test_a_worker_killed_at_any_moment(site: Installation, envelope: int, tmp_path: Path, seconds: float) -> None:
    """The moments fall before the seal, in it, and after it was written but not marked done."""
    victim = site.start_worker()
    site.celery().send_task("outbox.sweep")
    claimed = Outbox.name == "signing.seal", Outbox.status != OutboxStatus.PENDING

    def begun() -> bool:
        with site.engine.work(write=False) as work:
            return work.session.query(Outbox).filter(*claimed).count() == 1

    wait_until(begun, "the seal begun")
    threading.Event().wait(seconds)
    site.kill(victim)
    now = first(site.engine, envelope).status
    assert now in (SignatoryStatus.sealing, SignatoryStatus.signed)
    assert (now == SignatoryStatus.sealing) == untouched(site.engine, envelope) == says_nothing_is_signed(site, envelope)
    site.start_worker()
    signed_in_the_end(site, envelope, tmp_path)


def test_redis_killed_while_sealing(site: Installation, envelope: int, private_redis: Redis, tmp_path: Path) -> None:
    site.start_worker()
    site.celery().send_task("outbox.sweep")
    private_redis.stop(kill=True)
    private_redis.start()
    signed_in_the_end(site, envelope, tmp_path)


def test_the_database_lost_while_sealing(site: Installation, envelope: int, private_postgres: Postgres, tmp_path: Path) -> None:
    site.start_worker()
    site.celery().send_task("outbox.sweep")
    private_postgres.restart("immediate")
    wait_until(lambda: _answers(site.engine), "database")
    signed_in_the_end(site, envelope, tmp_path)


def _answers(engine: Engine) -> bool:
    try:
        engine.database.ping()
    except Exception:
        return False
    return True


@pytest.fixture
def small_disk(site: Installation, envelope: int) -> Iterator[Path]:
    """The stored files on a small disk of their own."""
    files, aside = site.settings.data_dir / "files", site.settings.data_dir / "aside"
    shutil.move(files, aside)
    files.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(files)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        shutil.copytree(aside, files, dirs_exist_ok=True)
        yield files
    finally:
        subprocess.run(["umount", "-l", str(files)], check=True)


def _fill(folder: Path) -> Path:
    """Takes all the room that is left."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return path


def test_a_full_disk(site: Installation, envelope: int, small_disk: Path, tmp_path: Path) -> None:
    filler = _fill(small_disk)
    site.start_worker()
    site.sweep_until(lambda: first(site.engine, envelope).trouble != "", "the delay told")
    assert first(site.engine, envelope).status == SignatoryStatus.sealing
    assert untouched(site.engine, envelope) and says_nothing_is_signed(site, envelope)
    assert "La signature est retardée : le service ne peut plus écrire ses fichiers depuis le" in shown(site, envelope)
    assert half_written(site) == []
    filler.unlink()
    signed_in_the_end(site, envelope, tmp_path)
