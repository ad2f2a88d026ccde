"""A small installation of its own for each fault test: its PostgreSQL, Redis, SMTP server and real worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from celery import Celery

from charter.adapters import migrations, outbox, queue
from charter.config import ROOT, Settings, Smtp
from charter.rooms import load_tasks
from charter.work import Engine
from tests.processes import wait_until
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher

SECRET = "a secret for fault tests only, long enough"
LEASE_SECONDS = 2


@dataclass
class Site:
    """Settings, an engine of the test's own, and the workers it started."""

    settings: Settings
    engine: Engine
    celery: Celery
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this installation reads."""
        return {
            **os.environ,
            "DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "SECRET_KEY": SECRET,
            "SMTP_PORT": str(self.settings.smtp.port),
            "PUBLIC_URL": self.settings.public_url,
            "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
        }

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A real Celery worker, ready when it says so in its log."""
        log = self.folder / f"worker-{len(self.workers)}.log"
        command = [sys.executable, "-m", "charter", "worker", "--concurrency", "1"]
        with log.open("wb") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=file, stdout=file, start_new_session=True)
        self.workers.append(process)
        wait_until(lambda: b" ready." in log.read_bytes() or process.poll() is not None, "worker")
        assert process.poll() is None, log.read_text()
        return process

    def kill(self, process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
        """Kills a worker with all its children, as a power cut would."""
        os.killpg(process.pid, number)
        process.wait()

    def sweep(self) -> None:
        """What the scheduler asks every few seconds."""
        self.celery.send_task(queue.SWEEP, retry=False)

    def sweep_until_done(self, count: int) -> None:
        """Sweeps until `count` rows are delivered."""

        def done() -> bool:
            try:
                self.sweep()
            except queue.Away:
                return False
            return self.delivered() >= count

        wait_until(done, f"{count} rows delivered", seconds=60)

    def delivered(self) -> int:
        """How many rows of the outbox are done."""
        with self.engine.work(write=False) as work:
            return work.session.query(outbox.Outbox).filter(outbox.Outbox.status == outbox.OutboxStatus.DONE).count()


@pytest.fixture
def site(tmp_path: Path, private_postgres: Postgres, private_redis: Redis, smtp: SmtpCatcher) -> Iterator[Site]:
    """An installation of the full mode, without its web processes."""
    settings = Settings(
        data_dir=tmp_path / "data",
        database_url=private_postgres.create_database("faults").replace("postgresql://", "postgresql+psycopg://", 1),
        redis_url=f"redis://127.0.0.1:{private_redis.port}/0",
        secret_key=SECRET,
        public_url="http://charte.test",
        smtp=Smtp(port=smtp.port),
        outbox_lease_seconds=LEASE_SECONDS,
    )
    settings.data_dir.mkdir()
    engine = Engine(settings)
    ticks = load_tasks()
    migrations.upgrade(engine.database)
    celery = queue.make_queue(engine, ticks)
    outbox.nudge_through(queue.nudger(celery))
    made = Site(settings, engine, celery, tmp_path)
    yield made
    for process in made.workers:
        if process.poll() is None:
            made.kill(process)
    outbox.nudge_through(lambda row_id: None)
    engine.close()
