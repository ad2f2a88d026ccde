"""Two, ten, fifty people who sign within the same second, through real processes: each is sealed once, and every signature holds."""

from __future__ import annotations

import email.parser
import email.policy
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from charter.adapters.clock import SystemClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.pdf.reading import page_count
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


@pytest.fixture
def postman() -> Iterator[Postman]:
    """An SMTP server."""
    catcher = Postman()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def full(tmp_path: Path, shared_postgres: Postgres, private_redis: Redis, postman: Postman) -> Iterator[tuple[Installation, list[str]]]:
    """Two web processes and two workers, each as the full mode starts it, and the scheduler."""
    name = f"many_{tmp_path.name.rpartition('_')[2]}_{id(tmp_path)}"
    with installations.full(tmp_path / "full", shared_postgres, private_redis, Smtp(port=postman.port), name=name) as made:
        yield made, [made.start_web(), made.start_web()]


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


def valid(engine: Engine, envelope_id: int, folder: Path) -> None:
    """The final files hold for the three validators."""
    now = SystemClock().now()
    using = sealer(engine.settings, now)
    with engine.work(write=False) as work:
        envelope = work.get(Envelope, envelope_id)
        names = [one.name for one in envelope.signatories]
        files = [work.storage.get(one.current_sha256) for one in envelope.documents]
    for pdf in files:
        check_all(pdf, folder, using.authority.root_pem(), using.trust(now), names, now)


@pytest.mark.parametrize("size", [2, 10, 50])
def test_together_through_two_web_processes_and_two_workers(
    full: tuple[Installation, list[str]], size: int, postman: Postman, tmp_path: Path
) -> None:
    installation, urls = full
    envelope_id = crowd.envelope(installation.engine, size)
    for _ in range(2):
        installation.start_worker(concurrency=2)
    installation.start_beat()
    clicking.click_together(clicking.opened(urls, installation.engine, envelope_id))
    crowd.wait_for(installation.engine, envelope_id, EnvelopeStatus.completed, seconds=60 + 6 * size)
    sealed_once(installation.engine, envelope_id)
    mailed_once(installation.engine, envelope_id, postman)
    valid(installation.engine, envelope_id, tmp_path)


@pytest.mark.parametrize("size", [2, 10, 50])
def test_together_in_embedded_mode(size: int, postman: Postman, tmp_path: Path) -> None:
    with installations.embedded(tmp_path / "embedded", Smtp(port=postman.port)) as installation:
        envelope_id = crowd.envelope(installation.engine, size)
        url = installation.start_everything()
        clicking.click_together(clicking.opened([url], installation.engine, envelope_id))
        crowd.wait_for(installation.engine, envelope_id, EnvelopeStatus.completed, seconds=60 + 6 * size)
        sealed_once(installation.engine, envelope_id)
        mailed_once(installation.engine, envelope_id, postman)
        valid(installation.engine, envelope_id, tmp_path)


@pytest.fixture
def laid_out(tmp_path: Path) -> Iterator[Callable[[int], tuple[Engine, int]]]:
    """A function(size) making an envelope in an installation without processes."""
    with installations.embedded(tmp_path / "alone", Smtp()) as made:
        yield lambda size: (made.engine, crowd.envelope(made.engine, size))


def test_a_contract_of_fifty_has_a_field_for_each_and_stays_readable(laid_out: Callable[[int], tuple[Engine, int]]) -> None:
    engine, envelope_id = laid_out(50)
    with engine.work(write=False) as work:
        envelope = work.get(Envelope, envelope_id)
        fields = [one.field for one in envelope.signatories]
        for document in envelope.documents:
            pdf = work.storage.get(document.original_sha256)
            assert all(pdf.count(b"(" + field.encode() + b")") == 1 for field in fields)
            assert 15 <= page_count(pdf) <= 60
