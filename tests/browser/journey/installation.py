"""What the journey walks through: the whole product on a free port, as `charte serve` or as the full mode starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from celery import Celery
from sqlalchemy import update

from charter.adapters.outbox import Outbox
from charter.adapters.queue import CLOCKWORK, make_queue
from charter.config import ROOT, Settings
from charter.evaluation.models import Checkpoint, Reminder
from charter.rooms import load_tasks
from charter.work import Engine
from scripts.full_mode import DATABASE, FullMode
from tests.processes import LOOPBACK, free_port, wait_until

SECRET = "a secret for the journey only, long enough"
OURS = ("_URL", "SMTP_HOST", "SMTP_PORT", "SECRET_KEY", "DATA_DIR", "MAILBOX", "TRUSTED_PROXIES")


@dataclass
class Installation:
    """Where it answers, and an engine on the same database, files and keys, to look at what is stored."""

    url: str
    engine: Engine

    @property
    def mailbox(self) -> Path:
        """Where each mail sent is kept."""
        return self.engine.settings.mailbox_dir

    @cached_property
    def queue(self) -> Celery:
        """The installation's own queue."""
        return make_queue(self.engine)

    def tick(self) -> None:
        """Asks the workers for the clockwork at once, rather than within the minute."""
        self.queue.send_task(CLOCKWORK)

    def travel_to_the_first_checkpoint(self) -> None:
        """Time is an engine too, and no test waits nine months: the first checkpoint planned becomes due now, as the clockwork sees it."""
        with self.engine.work() as work:
            now = work.now()
            first = work.session.query(Checkpoint).order_by(Checkpoint.due_on).first()
            assert first is not None
            first.opens_at, first.due_on = now - timedelta(minutes=1), now.date()

    def make_reminders_due(self) -> None:
        """The same for each party's next reminder that it has not answered yet."""
        with self.engine.work() as work:
            rows = work.session.query(Reminder).filter_by(kind="before_closing").order_by(Reminder.due_at.desc())
            for reminder in {row.party_id: row for row in rows}.values():
                reminder.due_at = work.now()

    def do_not_wait_for_office_hours(self) -> None:
        """What the clockwork keeps for the next working morning (people are not written to at night) leaves now."""
        with self.engine.work() as work:
            late = Outbox.name.in_(("evaluation.open", "evaluation.remind")), Outbox.next_try > work.now()
            work.session.execute(update(Outbox).where(*late).values(next_try=work.now()))


@contextmanager
def embedded(directory: Path, **settings: str) -> Iterator[Installation]:
    """`charte serve` alone: web and live editing, worker, scheduler and mailbox on SQLite; `settings` are more variables of its own."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.endswith(OURS)}
    environment = {**kept, "DATA_DIR": str(directory), "PORT": str(port), "SECRET_KEY": SECRET, "LOG_LEVEL": "WARNING"} | settings
    charte = [sys.executable, "-m", "charter"]
    subprocess.run([*charte, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    with (directory / "serve.log").open("w") as log:
        server = subprocess.Popen([*charte, "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        load_tasks()
        database = f"sqlite:///{directory / 'charte.sqlite3'}"
        engine = Engine(Settings(data_dir=directory, database_url=database, secret_key=SECRET, port=port, public_url=url))
        try:
            wait_until(lambda: server.poll() is not None or ready(url), "the application")
            assert server.poll() is None, (directory / "serve.log").read_text()
            yield Installation(url, engine)
        finally:
            server.terminate()
            server.wait(30)
            engine.close()


@dataclass
class FullInstallation(Installation):
    """The full mode; `full` kills and restarts its processes."""

    full: FullMode


@contextmanager
def full_mode() -> Iterator[FullInstallation]:
    """Every process of docker-compose.yml, behind the proxy; what a killed worker held is taken up again after 20 seconds."""
    lease = {"OUTBOX_LEASE_SECONDS": "20"}
    with TemporaryDirectory(prefix="charte-journey-") as name, FullMode(_passable(Path(name)), settings=lease) as full:
        load_tasks()
        engine = Engine(
            Settings(
                data_dir=full.data_dir,
                database_url=full.postgres.url(DATABASE).replace("postgresql://", "postgresql+psycopg://", 1),
                redis_url=full.redis.url,
                secret_key=full.environment("web-1")["SECRET_KEY"],
                public_url=full.url,
            )
        )
        try:
            yield FullInstallation(full.url, engine, full)
        finally:
            engine.close()


def _passable(directory: Path) -> Path:
    """PostgreSQL, which never runs as root, must be able to go through."""
    directory.chmod(0o755)
    return directory


def ready(url: str) -> bool:
    """True once the product says it can serve."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
