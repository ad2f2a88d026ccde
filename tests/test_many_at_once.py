"""Two, ten, fifty people who sign within the same second, through real processes: each is sealed once, and every signature holds."""

from __future__ import annotations

import email.parser
import email.policy
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from charter.adapters.clock import SystemClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.pdf.reading import page_count
from charter.adapters.signer.quickening import quicken
from charter.config import Smtp
from charter.journal import services as journal
from charter.signing.models import Envelope, SealedRevision
from charter.signing.sealer import sealer
from charter.work import Engine
from tests import installations
from tests.charter.signing import clicking, crowd
from tests.charter.signing.validators import check_all
from tests.installations import Installation
from tests.processes import wait_until
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher
from workflows.signing import EnvelopeStatus, SignatoryStatus

pytestmark = [pytest.mark.fullmode, pytest.mark.real_mail]
COMPLETED = "Signé par tous"


class Postman(SmtpCatcher):
    """Keeps the headers of mails alone: fifty copies of signed files are heavy."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each mail."""
        headers = email.parser.BytesHeaderParser(policy=email.policy.default).parsebytes(envelope.content[:8192])
        with self._arrived:
            self.messages.append(headers)
            self._arrived.notify_all()
        return "250 kept"


@pytest.fixture(scope="module")
def started_postman() -> Iterator[Postman]:
    catcher = Postman()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def postman(started_postman: Postman) -> Postman:
    """An SMTP server that has seen nothing yet."""
    started_postman.messages.clear()
    return started_postman


@dataclass(frozen=True)
class Site:
    """An installation and the addresses of its web processes."""

    installation: Installation
    urls: Sequence[str]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, shared_postgres: Postgres, started_postman: Postman) -> Iterator[Site]:
    """Two web processes, two workers of two processes and the scheduler, each as the full mode starts it."""
    folder, smtp = tmp_path_factory.mktemp("many"), Smtp(port=started_postman.port)
    redis = Redis.create(folder / "redis")
    try:
        own = f"many_at_once_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"  # another worker may take some of these tests
        with installations.full(folder / "full", shared_postgres, redis, smtp, name=own) as made:
            urls = [made.start_web(), made.start_web()]
            for _ in range(2):
                made.start_worker(concurrency=2)
            made.start_beat()
            yield Site(made, urls)
    finally:
        redis.stop(kill=True)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, started_postman: Postman) -> Iterator[Site]:
    """`charte serve`, alone."""
    with installations.embedded(tmp_path_factory.mktemp("alone") / "embedded", Smtp(port=started_postman.port)) as made:
        yield Site(made, [made.start_everything()])


def mailed_once(engine: Engine, envelope_id: int, postman: Postman) -> None:
    """Whoever takes part is told once that all have signed."""
    with engine.work(write=False) as work:
        alliance = work.get(Envelope, envelope_id).alliance
        expected = {member.person.email for party in alliance.accepted_parties for member in party.members}
        expected |= {one.person.email for one in alliance.facilitators}

    def told() -> list[str]:
        return [str(one["To"]).rpartition("<")[2].rstrip(">") for one in postman.messages if str(one["Subject"]).startswith(COMPLETED)]

    def left() -> int:
        with engine.work(write=False) as work:
            rows = Outbox.name == "mail.signing.completed", Outbox.status != OutboxStatus.DONE
            return work.session.query(Outbox).filter(*rows).count()

    wait_until(lambda: left() == 0, "the mails that tell it", seconds=300)
    assert Counter(told()) == dict.fromkeys(expected, 1)


def sealed_once(engine: Engine, envelope_id: int) -> None:
    """Each signatory is signed, with one revision in each document; revisions follow each other; the envelope completed once."""
    with engine.work(write=False) as work:
        envelope = work.get(Envelope, envelope_id)
        ids = sorted(one.id for one in envelope.signatories)
        assert {one.status for one in envelope.signatories} == {SignatoryStatus.signed}
        for document in envelope.documents:
            revisions = [one for one in document.revisions if one.signatory_id or one.number == 1]
            assert sorted(one.signatory_id or 0 for one in revisions) == [0, *ids]
            assert [one.number for one in revisions] == list(range(1, len(ids) + 2))
            assert [one.previous_sha256 for one in revisions] == [document.original_sha256, *[one.sha256 for one in revisions[:-1]]]
            assert document.current_sha256 == document.revisions[-1].sha256
            assert [one.level for one in revisions[:-1]] == ["B-LT"] * len(ids) and revisions[-1].level == "B-LTA"
        told = Counter(fact.type for fact in journal.facts(work, envelope.alliance_id))
        assert (told["signature.confirmed"], told["signature.sealed"], told["envelope.completed"]) == (len(ids), len(ids), 1)
        assert journal.recheck(work, envelope.alliance_id).holds
        assert work.session.query(SealedRevision.sha256).distinct().count() == work.session.query(SealedRevision).count()


def laid_out_for_each(engine: Engine, envelope_id: int) -> None:
    """Each document has one field for each signatory, and pages enough for them without being endless."""
    with engine.work(write=False) as work:
        envelope = work.get(Envelope, envelope_id)
        fields = [one.field for one in envelope.signatories]
        for document in envelope.documents:
            pdf = work.storage.get(document.original_sha256)
            assert all(pdf.count(b"(" + field.encode() + b")") == 1 for field in fields)
            assert len(fields) < 50 or 15 <= page_count(pdf) <= 60


def signed_by_all(site: Site, size: int, postman: Postman, folder: Path) -> None:
    """An envelope of `size` is confirmed by everybody at the same instant; what comes of it is right in every respect.

    The validators take each final file in a process of its own while mails leave and the database is looked at.
    """
    engine = site.installation.engine
    envelope_id = crowd.envelope(engine, size)
    laid_out_for_each(engine, envelope_id)
    clicking.click_together(clicking.opened(site.urls, engine, envelope_id))
    crowd.wait_for(engine, envelope_id, EnvelopeStatus.completed, seconds=60 + 6 * size)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=quicken) as pool:
        now = SystemClock().now()
        using, judged = sealer(engine.settings, now), []
        root_pem, trust = using.authority.root_pem(), using.trust(now)
        with engine.work(write=False) as work:
            envelope = work.get(Envelope, envelope_id)
            names = [one.name for one in envelope.signatories]
            for document in envelope.documents:
                own = folder / str(document.id)
                own.mkdir()
                judged.append(pool.submit(check_all, work.storage.get(document.current_sha256), own, root_pem, trust, names, now))
        sealed_once(engine, envelope_id)
        mailed_once(engine, envelope_id, postman)
        for one in judged:
            one.result()


@pytest.mark.parametrize("size", [2, 10])
def test_together_in_embedded_mode(embedded: Site, size: int, postman: Postman, tmp_path: Path) -> None:
    signed_by_all(embedded, size, postman, tmp_path)


@pytest.mark.parametrize("size", [2, 50])
def test_together_through_two_web_processes_and_two_workers(full: Site, size: int, postman: Postman, tmp_path: Path) -> None:
    signed_by_all(full, size, postman, tmp_path)
