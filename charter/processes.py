"""The processes of an installation: one each in full mode, all supervised by `charte serve` in embedded mode."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import click
import uvicorn

from charter.adapters import mailbox as catcher
from charter.config import ROOT, Settings

STOP_SECONDS = 15
SERVER: dict[str, Any] = {
    "ws": "charter.drafting.live.wire:LiveProtocol",
    "ws_per_message_deflate": False,
    "ws_max_size": 2 * 1024 * 1024,
    "timeout_graceful_shutdown": 5,
}


def serve(settings: Settings, only: str) -> int:
    """Runs one server process, or supervises them all. Returns the exit code."""
    if only == "all" and settings.embedded:
        return _supervise(settings)
    target = {"all": "application", "one": "application", "web": "web", "live": "live"}[only]
    uvicorn.run(
        f"charter.asgi:{target}",
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        **SERVER,
    )
    return 0


def worker(settings: Settings, concurrency: int) -> NoReturn:
    """Runs a Celery worker in this process's place."""
    if settings.embedded:
        _exec(["worker", "--pool", "solo", "--without-mingle", "--without-gossip", "--without-heartbeat"], settings)
    name = f"worker-{os.getpid()}@%h"
    _exec(["worker", "--hostname", name, "--concurrency", str(concurrency), "--without-mingle", "--without-gossip"], settings)


def beat(settings: Settings) -> NoReturn:
    """Runs the scheduler in this process's place."""
    _exec(["beat"], settings)


def mailbox(settings: Settings, host: str, port: int) -> None:
    """Runs the SMTP catcher until it is told to stop."""
    controller = catcher.start(settings.mailbox_dir, host, port)
    click.echo(f"boîte aux lettres : smtp://{host}:{controller.port}, courriels dans {settings.mailbox_dir}")
    _wait_for_stop()
    controller.stop()


def _exec(arguments: Sequence[str], settings: Settings) -> NoReturn:
    os.chdir(ROOT)  # where worker.py is
    os.execv(sys.executable, _celery(arguments, settings))  # noqa: S606  a list of our own; signals then reach Celery itself


def _celery(arguments: Sequence[str], settings: Settings) -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "-A", "worker", *arguments, "--loglevel", settings.log_level]


def _wait_for_stop() -> None:
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: stopped.append(signum))
    while not stopped:
        signal.pause()


def _supervise(settings: Settings) -> int:
    """Starts mailbox, worker, scheduler and server; when one ends or Ctrl-C comes, all end. The mailbox's port goes to the children."""
    controller = catcher.start(settings.mailbox_dir) if settings.mailbox else None
    quiet = os.environ.get("LOG_LEVEL", "WARNING")  # three processes in one terminal: only what matters, unless asked
    environment = {**os.environ, "DATA_DIR": str(settings.data_dir), "PYTHONUNBUFFERED": "1", "LOG_LEVEL": quiet}
    if controller is not None:
        environment.update(SMTP_HOST="127.0.0.1", SMTP_PORT=str(controller.port), MAILBOX="1")
    commands = {
        "worker": [sys.executable, "-m", "charter", "worker"],
        "beat": [sys.executable, "-m", "charter", "beat"],
        "web": [sys.executable, "-m", "charter", "serve", "--only", "one"],
    }
    children = {name: subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) for name, command in commands.items()}
    code = _watch(children, settings)
    if controller is not None:
        controller.stop()
    return code


def _watch(children: dict[str, subprocess.Popen[bytes]], settings: Settings) -> int:
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: stopping.append(signum))
    ended, told = "", False
    while not stopping and not ended:
        if not told and _listening(settings):
            told = True
            click.echo(f"\nCharte du faire alliance : {settings.public_url}  (Ctrl-C pour arrêter)")
        ended = next((name for name, child in children.items() if child.poll() is not None), "")
        time.sleep(0.2)
    for child in children.values():
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
    if ended:
        click.echo(f"le processus « {ended} » s’est arrêté", err=True)
    return 1 if ended else 0


def _listening(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  where « everywhere » is reached
    try:
        socket.create_connection((host, settings.port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    if child.poll() is None:
        os.killpg(child.pid, number)
