"""A live server as in production (uvicorn, sans-io WebSockets, no deflate) on a free port: in a thread, or in a process to kill."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from pycrdt import XmlElement, XmlFragment, XmlText

from charter.config import Settings
from charter.drafting.live.client import ClientArticle, LiveClient
from charter.drafting.live.rights import Rights
from charter.drafting.live.server import LiveServer
from charter.drafting.live.tokens import Identity, sign
from charter.work import Engine
from tests.processes import LOOPBACK, free_port, listening, wait_until

T = TypeVar("T")
OPTIONS: dict[str, Any] = {"ws": "charter.drafting.live.wire:LiveProtocol", "ws_per_message_deflate": False, "ws_max_size": 2 << 20}
ROOT = Path(__file__).resolve().parents[4]


def run(story: Coroutine[Any, Any, T]) -> T:
    """Runs an asynchronous test, for half a minute at most."""

    async def bounded() -> T:
        async with asyncio.timeout(30):
            return await story

    return asyncio.run(bounded())


def reason(article: ClientArticle) -> str:
    """Why the last update was refused."""
    return str(article.refusals[-1]["reason"])


def renewed(client: LiveClient, ref: str) -> bool:
    """True when the client has a fresh copy, of the second epoch."""
    return client.articles[ref].epoch == 2 and client.articles[ref].synced


def words(article: ClientArticle) -> str:
    """The article's text, one line a block."""

    def inside(node: dict[str, Any]) -> str:
        return str(node.get("text", "")) + "".join(map(inside, node.get("content", ())))

    return "\n".join(map(inside, article.nodes))


def first_text(root: XmlFragment) -> XmlText:
    """The text of the first paragraph."""
    paragraph = root.children[0]
    assert isinstance(paragraph, XmlElement)
    text = paragraph.children[0]
    assert isinstance(text, XmlText)
    return text


def write(article: ClientArticle, what: str, at: int | None = None) -> None:
    """Types `what` in the first paragraph, at its end or at byte `at`."""
    text = first_text(article.root)
    text.insert(len(text) if at is None else at, what)


@dataclass
class Server:
    """A running server and how to reach it. Its people need be nobody in the database unless `rights` are given."""

    settings: Settings
    text: str
    port: int = field(default_factory=free_port)
    rights: Rights | None = None
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _engine: Engine | None = None

    def start(self) -> Server:
        """Starts it in a thread."""
        # The clock is the system's: only the test's own engine has a clock of ours.
        self._engine = Engine(replace(self.settings, port=self.port))
        app = LiveServer.from_engine(self._engine, rights=self.rights)
        config = uvicorn.Config(app, host=LOOPBACK, port=self.port, log_level="warning", **OPTIONS)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: bool(self._server and self._server.started), "live server")
        return self

    def stop(self) -> None:
        """Stops it gracefully."""
        if self._server is not None and self._thread is not None and self._engine is not None:
            self._server.should_exit = True
            self._thread.join(15)
            self._engine.close()
            self._server = None

    def identity(self, person: int = 1, **changes: Any) -> Identity:
        """Somebody who may write."""
        who = Identity(self.text, person, f"Personne {person}", "Les Passerelles", person % 8, f"P{person}", True, f"session-{person}")
        return replace(who, **changes)

    def address(self, identity: Identity) -> str:
        """The URL with a fresh token."""
        return f"ws://{LOOPBACK}:{self.port}/live/{identity.text}?token={sign(self.settings.secret_key, identity)}"

    def client(self, person: int = 1, *, origin: str | None = None, **changes: Any) -> LiveClient:
        """A client, not yet connected."""
        return LiveClient(lambda: self.address(self.identity(person, **changes)), origin=origin)

    async def join(self, article: str, person: int = 1, **changes: Any) -> tuple[LiveClient, ClientArticle]:
        """A connected client with an article open."""
        client = self.client(person, **changes)
        await client.connect()
        return client, await client.open(article)


@dataclass
class ProcessServer(Server):
    """The same in a process of its own."""

    process: subprocess.Popen[bytes] | None = None
    module: tuple[str, ...] = ("tests.charter.drafting.live.serve",)

    def start(self) -> ProcessServer:
        """Starts it and waits until it accepts connections."""
        environ = os.environ | {
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "SECRET_KEY": self.settings.secret_key,
            "DATA_DIR": str(self.settings.data_dir),
            "PUBLIC_URL": self.settings.public_url,
            "PORT": str(self.port),
        }
        self.process = subprocess.Popen([sys.executable, "-m", *self.module], cwd=ROOT, env=environ)
        wait_until(self._answers, "live process")
        return self

    def _answers(self) -> bool:
        return listening(self.port)

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        """Stops it gracefully."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(15)
            self.process = None

    def kill(self) -> None:
        """Kills it, as a crash does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(15)
        self.process = None
