"""The editor's page and the live server on one port, in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from tests.browser.editor.pages import application
from tests.browser.editor.standin import Room, live
from tests.processes import free_port, wait_until

TEXT = "texte1"
ARTICLES = (
    ("Raison d’être", "Nous replantons les haies du bocage avec celles et ceux qui les entretiennent."),
    ("Gouvernance", "Un comité réunit une personne par partie, trois fois par an."),
    ("Moyens", "Chaque partie dit ce qu’elle apporte."),
)
PEOPLE: dict[str, dict[str, Any]] = {
    "lea": {"person": 1, "name": "Léa Martin", "party": "Bocage vivant", "party_color": 0, "initials": "LM"},
    "tom": {"person": 2, "name": "Tom Nguyen", "party": "Scierie du Val", "party_color": 5, "initials": "TN"},
    "eve": {"person": 3, "name": "Ève Roy", "party": "Commune de Saint-Brice", "party_color": 1, "initials": "ER"},
}
READERS = {"eve"}


@dataclass
class Served:
    """A running server. `unwelcome` names people whose next token is refused."""

    port: int
    room: Room
    unwelcome: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    @contextlib.contextmanager
    def start(cls) -> Iterator[Served]:
        articles = [{"ref": f"art{i}", "number": i, "epoch": 1, "title": t, "text": x} for i, (t, x) in enumerate(ARTICLES, 1)]
        served = cls(free_port(), Room(articles))
        app = application(TEXT, articles, served.token, live(served.room, PEOPLE))
        server = uvicorn.Server(
            uvicorn.Config(app, port=served.port, log_level="warning", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off")
        )
        thread = threading.Thread(target=served._run, args=(server,), daemon=True)
        thread.start()
        wait_until(lambda: server.started, "the editor's server")
        yield served
        server.should_exit = server.force_exit = True
        thread.join(10)

    def _run(self, server: uvicorn.Server) -> None:
        loop = asyncio.new_event_loop()
        self.room.loop = loop
        loop.run_until_complete(server.serve())
        loop.close()

    def token(self, who: str) -> str | None:
        if who in self.unwelcome:
            return None
        return f"{who}.{'read' if who in READERS else 'write'}"

    def freeze(self) -> None:
        self.room.freeze()

    def disconnect(self) -> None:
        self.room.close_all()

    def words(self, ref: str) -> str:
        """The article as the server holds it."""
        return self.room.text(ref)
