"""Celery, met here only. It carries outbox row ids; the outbox is the truth, so a lost message costs a sweep, never a fact.

Full mode: Redis. Embedded mode: kombu's file transport under DATA_DIR, one solo worker, no server at all.
"""

from __future__ import annotations

import time
import uuid
import warnings
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import SecurityWarning
from kombu.exceptions import ChannelError, OperationalError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

from charter.adapters import memory, outbox
from charter.config import Settings
from charter.work import Engine

log = structlog.get_logger()
# Celery warns root about pickled messages; only JSON is accepted here.
warnings.filterwarnings("ignore", category=SecurityWarning)

FILES = "chartefiles"
SWEEP_SECONDS = 10.0
QUIET_SECONDS = 5.0
CLOCKWORK_SECONDS = 60.0
DELIVER = "outbox.deliver"
SWEEP = "outbox.sweep"
CLOCKWORK = "clockwork.tick"
Away = (OperationalError, OSError)


class FileChannel(filesystem.Channel):
    """kombu's file transport, without its race: there, a reader may take a message whose words are not written yet, and die of it."""

    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]  # as the file transport has it
        """Writes the message aside, then gives it the name readers look for."""
        # Readers sort by name: a fixed width keeps the order when the count of milliseconds gains a digit.
        name = f"{time.monotonic_ns() // 1_000_000:015d}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        aside = folder / f".{name}.part"
        try:
            aside.write_bytes(dumps(message).encode())
            aside.replace(folder / name)
        except OSError as error:
            raise ChannelError(f"cannot write a message in {folder}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message; one that cannot be read is left out, since the outbox holds what it asked for."""
        try:
            return super()._get(queue)
        except (ValueError, ChannelError) as error:
            log.warning("message_unreadable", error=repr(error))
            raise Empty from error


class FileTransport(filesystem.Transport):
    """The embedded broker."""

    Channel = FileChannel


TRANSPORT_ALIASES[FILES] = "charter.adapters.queue:FileTransport"


def make_queue(engine: Engine, ticks: tuple[Any, ...] = ()) -> Celery:
    """The Celery application of this process. `ticks` are functions(work) the clockwork calls every minute, each in its own transaction."""
    app = Celery("charte", set_as_current=True)
    app.conf.update(_broker(engine.settings))
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        beat_schedule={
            "sweep": {"task": SWEEP, "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
            "clockwork": {"task": CLOCKWORK, "schedule": CLOCKWORK_SECONDS, "options": {"expires": CLOCKWORK_SECONDS}},
        },
        beat_schedule_filename=str(engine.settings.data_dir / "beat-schedule"),
        beat_max_loop_interval=5,
    )
    _register(app, engine, ticks)
    return app


def _register(app: Celery, engine: Engine, ticks: tuple[Any, ...]) -> None:
    @app.task(name=DELIVER)
    def deliver(row_id: int) -> None:
        outbox.deliver(engine, row_id)

    @app.task(name=SWEEP)
    def sweep() -> None:
        with engine.work(write=False) as work:
            ids = outbox.due(work)
        for row_id in ids:
            deliver.delay(row_id)

    @app.task(name=CLOCKWORK)
    def clockwork() -> None:
        tick(engine, ticks)

    @signals.worker_init.connect(weak=False)
    def settled(**_: object) -> None:
        memory.settle()

    @signals.worker_process_init.connect(weak=False)
    def forget_connections(**_: object) -> None:
        engine.close()


def tick(engine: Engine, ticks: tuple[Any, ...]) -> None:
    """What time makes due becomes outbox rows: runs each function(work) in its own transaction; one that fails does not stop the others."""
    for function in ticks:
        try:
            with engine.work() as work:
                function(work)
        except Exception:
            log.exception("tick_failed", tick=getattr(function, "__name__", "?"))


def nudger(app: Celery) -> Any:
    """A function(row_id) that asks a worker to deliver now, and shrugs when the broker is away (the sweep will find the row).

    After a failure it asks nothing for QUIET_SECONDS: a change told to thirty people must not wait thirty times for a dead broker.
    """
    quiet_until = 0.0

    def nudge(row_id: int) -> None:
        nonlocal quiet_until
        if time.monotonic() < quiet_until:
            return
        try:
            app.send_task(DELIVER, args=[row_id], retry=False)
        except Away as error:
            quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("broker_away", row=row_id, error=str(error))

    return nudge


def ping(app: Celery) -> None:
    """Reaches the broker. Raises ConnectionError when it is away."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Away as error:
        raise ConnectionError(str(error)) from error


def _broker(settings: Settings) -> dict[str, Any]:
    if settings.redis_url:
        return {
            "broker_url": settings.redis_url,
            "broker_transport_options": {
                "visibility_timeout": 600,
                "socket_timeout": 5,
                "socket_connect_timeout": 2,
                "max_retries": 1,  # of one publication; a worker's own connection is retried for ever
                "interval_start": 0.1,
            },
        }
    folder = settings.queue_dir
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    messages = str(folder / "messages")
    return {
        "broker_url": f"{FILES}://",
        "broker_transport_options": {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
            "polling_interval": 0.1,
        },
        "worker_pool": "solo",
        "worker_concurrency": 1,
    }
