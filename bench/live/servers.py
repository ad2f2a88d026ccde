"""The two servers, each in processes of its own on the loopback address: ours as an installation starts it, the peer as npm gives it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.live.ground import Ground
from charter.config import ROOT
from tests.processes import LOOPBACK, free_port, listening, wait_until

LOAD = Path(__file__).with_name("load")
STOP_SECONDS = 15
Address = dict[str, str]


@dataclass(frozen=True)
class Running:
    """A server that runs: its `dialect`, its processes, and how a client of it is told where to go."""

    dialect: str
    pids: tuple[int, ...]
    addresses: Addresses


class Addresses(Protocol):
    """Where somebody opens a text."""

    def __call__(self, text: int, person: int) -> Address:
        """The address of the text with that index, for the person with that index."""


@contextlib.contextmanager
def process(words: list[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """A process that listens on `port`; gives its id. Stopped gently at the end, killed when it does not stop."""
    made = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _up(made, port), " ".join(words[:4]))
        yield made.pid
    finally:
        made.terminate()
        try:
            made.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            made.kill()
            made.wait()


def _up(made: subprocess.Popen[bytes], port: int) -> bool:
    if made.poll() is not None:
        raise RuntimeError(f"ended at once, with {made.returncode}")
    return listening(port)


@contextlib.contextmanager
def charte(ground: Ground) -> Iterator[Running]:
    """Our live process on a fresh copy of the ground's SQLite database: rights, storing, acknowledgement and attribution all on."""
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        source = ground.settings.database_url.removeprefix("sqlite:///")
        copy = shutil.copy(source, Path(folder, "bench.sqlite3"))
        with live(ground.moved(f"sqlite:///{copy}")) as (pid, port):
            yield Running("charte", (pid,), lambda text, person: ground.address(port, text, person))


@contextlib.contextmanager
def live(ground: Ground, changes: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """One live process; gives its id and its port."""
    port = free_port()
    own = {"LIVE_URL": f"ws://{LOOPBACK}:{port}"}
    words = [sys.executable, "-m", "charter", "serve", "--only", "live"]
    with process(words, port, ground.environment(port, own | dict(changes or {}))) as pid:
        yield pid, port


@contextlib.contextmanager
def hocuspocus(_ground: Ground) -> Iterator[Running]:
    """The peer, without persistence."""
    port = free_port()
    with process(["node", str(LOAD / "peer.mjs"), str(port)], port) as pid:
        address = f"ws://{LOOPBACK}:{port}"
        yield Running("hocuspocus", (pid,), lambda text, person: {"url": address, "document": f"text-{text}"})


SERVERS = {"charte": charte, "hocuspocus": hocuspocus}
