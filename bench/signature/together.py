"""Many who sign at once through two web processes and two workers, as the full mode starts them, beside as many sealed in one loop."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from bench.report import Row
from charter.adapters import outbox
from charter.adapters.outbox import Outbox
from charter.config import Smtp
from charter.signing.models import Envelope
from charter.work import Engine
from tests import installations
from tests.charter.signing import clicking, crowd
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher
from workflows.signing import EnvelopeStatus

TIMES = 1.5


def row(folder: Path, size: int) -> Row:
    """From the first click to the envelope's completion, over the time a loop takes for the same."""
    folder.chmod(0o755)  # PostgreSQL does not run as root
    with ExitStack() as stack:
        postgres = Postgres.create(folder / "postgres")
        stack.callback(postgres.stop)
        redis = Redis.create(folder / "redis")
        stack.callback(redis.stop)
        smtp = SmtpCatcher(refusal="451 4.3.0 later").start()  # mails are not what is measured
        stack.callback(smtp.stop)
        made = stack.enter_context(installations.full(folder / "full", postgres, redis, Smtp(port=smtp.port)))
        print(f"    {size} in one loop", flush=True)
        loop = _loop(made.engine, size)
        print(f"    {size} at once through two web processes and two workers", flush=True)
        urls = [made.start_web(), made.start_web()]
        envelope_id = crowd.envelope(made.engine, size)
        opened = clicking.opened(urls, made.engine, envelope_id)
        for _ in range(2):
            made.start_worker(concurrency=2)
        start = time.perf_counter()
        clicking.click_together(opened)
        crowd.wait_for(made.engine, envelope_id, EnvelopeStatus.completed, seconds=600)
        reached = (time.perf_counter() - start) / loop
    return Row(f"{size} signatories at once, two web processes and two workers", "× one loop", TIMES, reached)


def _loop(engine: Engine, size: int) -> float:
    envelope_id = crowd.envelope(engine, size)
    crowd.confirmed(engine, envelope_id)
    with engine.work(write=False) as work:
        rows = list(work.session.scalars(select(Outbox.id).where(Outbox.name == "signing.seal").order_by(Outbox.id)))
    start = time.perf_counter()
    for one in rows:
        assert outbox.deliver(engine, one)
    seconds = time.perf_counter() - start
    with engine.work() as work:
        assert work.get(Envelope, envelope_id).status == EnvelopeStatus.completed
        crowd.drop_mails(work)
    return seconds
