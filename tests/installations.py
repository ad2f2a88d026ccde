"""An installation's own processes, as many as a test or a bench wants, over a database of theirs: web, workers, or `charte serve` alone.

Tables are made from the models, not by migrations: what is looked at here is how processes behave together.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from alembic import command
from celery import Celery

from charter.adapters import migrations, outbox, queue
from charter.adapters.db import Base
from charter.config import ROOT, Settings, Smtp
from charter.rooms import load_models, load_tasks
from charter.work import Engine
from tests.processes import LOOPBACK, free_port, wait_until
from tests.servers import Postgres, Redis

SECRET = "a secret of test installations only, long enough"
OURS = ("_URL", "SMTP_HOST", "SMTP_PORT", "SECRET_KEY", "DATA_DIR", "MAILBOX", "TRUSTED_PROXIES", "TSA_ROOTS")


@dataclass
class Installation:
    """Settings, an engine of the caller's own on the same database and files, and the processes started."""

    settings: Settings
    engine: Engine
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_web(self) -> str:
        """One web process; its address, once it answers."""
        return self._serve("--only", "web")

    def start_everything(self) -> str:
        """`charte serve`: web, worker, scheduler and mailbox of the embedded mode; its address, once it answers."""
        return self._serve()

    def start_worker(self, *, concurrency: int = 1, through: tuple[str, ...] = (), **changes: str) -> subprocess.Popen[bytes]:
        """A Celery worker, ready when it says so in its log. `through`: the words of a command that runs it."""
        log = self.folder / f"worker-{len(self.processes)}.log"
        process = self._start(log, [*through, *_charte("worker", "--concurrency", str(concurrency))], {"LOG_LEVEL": "INFO", **changes})
        wait_until(lambda: b" ready." in log.read_bytes() or process.poll() is not None, "worker")
        assert process.poll() is None, log.read_text()
        return process

    def start_beat(self) -> subprocess.Popen[bytes]:
        """The scheduler."""
        return self._start(self.folder / "beat.log", _charte("beat"), {})

    def kill(self, process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
        """Kills a process with all its children, as a power cut would."""
        os.killpg(process.pid, number)
        process.wait()

    def celery(self) -> Celery:
        """The queue, as this process reaches it."""
        return queue.make_queue(self.engine, load_tasks())

    def sweep_until(self, done: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Asks for sweeps, as the scheduler does every few seconds, until `done`."""
        app = self.celery()

        def asked() -> bool:
            try:
                app.send_task(queue.SWEEP, retry=False)
            except queue.Away:
                return False
            return done()

        wait_until(asked, what, seconds)

    def close(self) -> None:
        """Ends every process: gently, then not."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill(process)
        outbox.nudge_through(lambda row_id: None)
        self.engine.close()

    def environment(self, changes: Mapping[str, str]) -> dict[str, str]:
        """What a process of this installation reads."""
        kept = {name: value for name, value in os.environ.items() if not name.endswith(OURS)}
        mine = {
            "DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "SECRET_KEY": SECRET,
            "SMTP_HOST": self.settings.smtp.host,
            "SMTP_PORT": str(self.settings.smtp.port),
            "MAILBOX": "false",
            "OUTBOX_LEASE_SECONDS": str(self.settings.outbox_lease_seconds),
            "TSA_URL": self.settings.tsa_url,
            "LOG_LEVEL": "WARNING",
        }
        roots = {"TSA_ROOTS": str(self.settings.tsa_roots)} if self.settings.tsa_roots else {}
        return {**kept, **mine, **roots, **changes}

    def _serve(self, *words: str) -> str:
        port = free_port()
        url, log = f"http://{LOOPBACK}:{port}", self.folder / f"web-{len(self.processes)}.log"
        process = self._start(log, _charte("serve", *words), {"HOST": LOOPBACK, "PORT": str(port), "PUBLIC_URL": url})
        wait_until(lambda: answers(url) or process.poll() is not None, "the web process")
        assert process.poll() is None, log.read_text()
        return url

    def _start(self, log: Path, words: list[str], changes: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with log.open("wb") as file:
            process = subprocess.Popen(words, cwd=ROOT, env=self.environment(changes), stdout=file, stderr=file, start_new_session=True)
        self.processes.append(process)
        return process


def _charte(*words: str) -> list[str]:
    return [sys.executable, "-m", "charter", *words]


def answers(url: str) -> bool:
    """True once the process there says it is alive."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def embedded(folder: Path, smtp: Smtp) -> Iterator[Installation]:
    """On SQLite, its queue in files."""
    data = folder / "data"
    settings = Settings(data, f"sqlite:///{data / 'charte.sqlite3'}", secret_key=SECRET, smtp=smtp)
    with _installed(settings, folder) as made:
        yield made


@contextmanager
def full(folder: Path, postgres: Postgres, redis: Redis, smtp: Smtp, *, name: str = "charte", **changes: object) -> Iterator[Installation]:
    """On PostgreSQL and Redis, in a database of its own. `changes` are settings."""
    url = postgres.create_database(name).replace("postgresql://", "postgresql+psycopg://", 1)
    settings = Settings(folder / "data", url, redis_url=redis.url, secret_key=SECRET, smtp=smtp)
    try:
        with _installed(replace(settings, **changes), folder) as made:  # type: ignore[arg-type]
            yield made
    finally:
        postgres.drop_database(name)


@contextmanager
def _installed(settings: Settings, folder: Path) -> Iterator[Installation]:
    settings.data_dir.mkdir(parents=True)
    engine = Engine(settings)
    load_models()
    load_tasks()
    Base.metadata.create_all(engine.database.engine)
    with engine.database.engine.begin() as connection:
        command.stamp(migrations.config(connection), "head")
    outbox.nudge_through(lambda row_id: None)
    made = Installation(settings, engine, folder)
    try:
        yield made
    finally:
        made.close()
