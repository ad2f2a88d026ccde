"""`charte serve` in embedded mode: one command starts everything, one Ctrl-C stops everything, nothing is left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from charter.config import ROOT
from tests.processes import LOOPBACK, alive, free_port, listening, wait_until

STOP_SECONDS = 10.0
START_SECONDS = 45.0


@dataclass
class Installation:
    """A DATA_DIR, a port, and the command line on them."""

    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """What an operator would have, nothing of this machine's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "DATA_DIR": str(self.folder), "PORT": str(self.port), "LOG_LEVEL": "INFO"}

    def run(self, *words: str) -> None:
        """`charte …`, to its end."""
        subprocess.run([sys.executable, "-m", "charter", *words], cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def serve(self, name: str) -> subprocess.Popen[bytes]:
        """`charte serve`, started as a terminal does; its output goes to `<name>.log`."""
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", "charter", "serve"]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def ready(self) -> bool:
        """True when /readyz says so."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class Visitor:
    """A browser that keeps its cookies."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def read(self, path: str, data: dict[str, str] | None = None) -> str:
        """The page at `path`, or what it answers to a form."""
        body = urllib.parse.urlencode(data).encode() if data else None
        with self._opener.open(self.site + path, body, timeout=10) as answer:
            return str(answer.read().decode())

    def ask_for_a_link(self, email: str) -> None:
        """Fills in the sign-in page."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.read("/connexion"))
        assert token is not None
        self.read("/connexion", {"email": email, "csrf_token": token.group(1)})


def children(pid: int) -> set[int]:
    """Every descendant of a process."""
    pairs = [
        line.split() for line in subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout.splitlines()
    ]
    found: set[int] = set()
    wanted = {pid}
    while wanted:
        wanted = {int(child) for child, parent in pairs if int(parent) in wanted} - found
        found |= wanted
    return found


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path, free_port())
    made.run("db", "upgrade")
    started: list[subprocess.Popen[bytes]] = []
    serve = made.serve

    def remembered(name: str) -> subprocess.Popen[bytes]:
        started.append(serve(name))
        return started[-1]

    made.serve = remembered  # type: ignore[method-assign]
    yield made
    for process in started:
        for pid in children(process.pid) | {process.pid}:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def started(installation: Installation, name: str) -> tuple[subprocess.Popen[bytes], float]:
    """The supervisor once everything is ready, and the seconds that took."""
    begin = time.monotonic()
    process = installation.serve(name)
    wait_until(lambda: installation.ready() or process.poll() is not None, "charte serve", seconds=START_SECONDS)
    assert process.poll() is None, (installation.folder / f"{name}.log").read_text()
    return process, time.monotonic() - begin


def stopped(process: subprocess.Popen[bytes], number: int) -> None:
    """Stops the supervisor and sees that nobody is left."""
    family = children(process.pid)
    assert len(family) >= 3  # worker, scheduler, web
    process.send_signal(number)
    assert process.wait(STOP_SECONDS) == 0
    assert [pid for pid in family if alive(pid)] == []


def test_it_comes_up_delivers_a_mail_and_stops_twice(installation: Installation) -> None:
    first, _seconds = started(installation, "first")
    visitor = Visitor(f"http://{LOOPBACK}:{installation.port}")
    visitor.ask_for_a_link("lea@exemple.fr")
    wait_until(lambda: "lea@exemple.fr" in visitor.read("/boite-aux-lettres"), "the mail", seconds=20)
    stopped(first, signal.SIGINT)
    assert not listening(installation.port)
    second, seconds = started(installation, "second")
    stopped(second, signal.SIGTERM)
    assert seconds < START_SECONDS / 2
    log = (installation.folder / "second.log").read_text()
    assert "Traceback" not in log


def test_when_one_process_ends_all_end_and_it_is_named(installation: Installation) -> None:
    process, _seconds = started(installation, "one")
    family = children(process.pid)
    worker = next(pid for pid in family if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    assert process.wait(STOP_SECONDS) == 1
    assert [pid for pid in family if alive(pid)] == []
    assert "« worker »" in (installation.folder / "one.log").read_text()


def test_a_port_already_taken_is_told_and_nothing_stays(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, installation.port))
        taken.listen()
        process = installation.serve("taken")
        assert process.wait(START_SECONDS) == 1
    log = (installation.folder / "taken.log").read_text()
    assert "« web »" in log
    assert "address already in use" in log.lower()
