"""The editor's page and the live server on one port, in a thread, over a text of three articles."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from sqlalchemy import select

from charter.config import Settings
from charter.drafting.live import content, notices
from charter.drafting.live.canonical import Node
from charter.drafting.live.schema import VERSION
from charter.drafting.live.server import LiveServer
from charter.drafting.live.tokens import Identity, sign
from charter.drafting.models import Article, Text
from charter.work import Engine
from tests import factories
from tests.browser.editor.pages import application
from tests.processes import LOOPBACK, free_port, wait_until
from workflows.drafting import TextStatus
from workflows.lifecycle import AllianceStatus

TEXT = "texte1"
ARTICLES = (
    ("Raison d’être", "Nous replantons les haies du bocage avec celles et ceux qui les entretiennent."),
    ("Gouvernance", "Un comité réunit une personne par partie, trois fois par an."),
    ("Moyens", "Chaque partie dit ce qu’elle apporte."),
)
PEOPLE = {
    "lea": Identity(TEXT, 1, "Léa Martin", "Bocage vivant", 0, "LM", True, "session-1"),
    "tom": Identity(TEXT, 2, "Tom Nguyen", "Scierie du Val", 5, "TN", True, "session-2"),
    "eve": Identity(TEXT, 3, "Ève Roy", "Commune de Saint-Brice", 1, "ER", False, "session-3"),
}


def _plain(nodes: list[Node]) -> str:
    return "".join(str(node.get("text", "")) + _plain(node.get("content", [])) for node in nodes)


@dataclass
class Served:
    """A running server. `unwelcome` names people whose next token is refused, `schema` what the next tokens say of their editor."""

    settings: Settings
    engine: Engine
    port: int = field(default_factory=free_port)
    unwelcome: set[str] = field(default_factory=set)
    schema: int = VERSION
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    _live: Engine | None = None

    @property
    def url(self) -> str:
        """What a browser opens."""
        return f"http://{LOOPBACK}:{self.port}"

    def write_text(self) -> None:
        """Stores the text and its articles."""
        with self.engine.work() as work:
            alliance = factories.alliance(work)
            alliance.status = AllianceStatus.drafting
            text = work.add(Text(alliance_id=alliance.id, title="Charte", ref=TEXT))
            for place, (title, words) in enumerate(ARTICLES, 1):
                article = work.add(Article(text_id=text.id, position=place, title=title, ref=f"art{place}"))
                content.seed(work.session, article, [{"type": "paragraph", "content": [{"type": "text", "text": words}]}], at=work.now())

    @contextlib.contextmanager
    def running(self) -> Iterator[Served]:
        """Started, then stopped."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Starts page and live server."""
        # The clock is the system's: only the test's own engine has a clock of ours.
        self._live = Engine(replace(self.settings, port=self.port, public_url=self.url))
        shown = [{"ref": f"art{place}", "number": place, "title": title, "text": words} for place, (title, words) in enumerate(ARTICLES, 1)]
        app = application(TEXT, shown, self.token, LiveServer.from_engine(self._live, rights=None))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=LOOPBACK,
                port=self.port,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                log_level="warning",
                lifespan="on",
                timeout_graceful_shutdown=2,
            )
        )
        self._server, self._thread = server, threading.Thread(target=server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: server.started, "the editor's server")

    def stop(self) -> None:
        """Stops both gracefully."""
        assert self._server and self._thread and self._live
        self._server.should_exit = True
        self._thread.join(15)
        self._live.close()

    def restart(self) -> None:
        """Cuts every connection; a server is back at once, on the same port."""
        self.stop()
        self.start()

    def token(self, who: str) -> str | None:
        """What the page's token address gives."""
        return None if who in self.unwelcome else sign(self.settings.secret_key, replace(PEOPLE[who], schema=self.schema))

    def freeze(self) -> None:
        """The text may not be written in any more, and the live server is told."""
        assert self._live
        with self.engine.work() as work:
            work.session.scalars(select(Text)).one().status = TextStatus.adopted
        self._live.bus.publish(notices.CHANNEL, notices.frozen(TEXT))

    def words(self, ref: str) -> str:
        """The article's words as they are stored."""
        with self.engine.work() as work:
            article = work.session.scalars(select(Article).where(Article.ref == ref)).one()
            return _plain(content.read(work.session, article).nodes)

    def nodes(self, ref: str) -> Any:
        """The article as it is stored, as ProseMirror nodes."""
        with self.engine.work() as work:
            article = work.session.scalars(select(Article).where(Article.ref == ref)).one()
            return content.read(work.session, article).nodes
