"""A text of two articles, and a live server over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from charter.config import Settings
from charter.drafting.live import content
from charter.drafting.models import Article, Text
from charter.work import Engine
from tests import factories
from tests.charter.drafting.live.harness import Server
from workflows.lifecycle import AllianceStatus


@dataclass(frozen=True)
class Written:
    """The refs and ids of the text and its two articles."""

    ref: str
    id: int
    first: str
    first_id: int
    second: str


def paragraph(text: str) -> dict[str, object]:
    """A paragraph node."""
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


@pytest.fixture
def written(engine: Engine) -> Written:
    """A charter in drafting; the first article says « Début. »."""
    with engine.work() as work:
        alliance = factories.alliance(work)
        alliance.status = AllianceStatus.drafting
        text = work.add(Text(alliance_id=alliance.id, title="Charte"))
        articles = [work.add(Article(text_id=text.id, position=place, title=f"Article {place}")) for place in (1, 2)]
        for article in articles:
            content.seed(work.session, article, [paragraph("Début.")], at=work.now())
        return Written(text.ref, text.id, articles[0].ref, articles[0].id, articles[1].ref)


@pytest.fixture
def server(settings: Settings, engine: Engine, written: Written) -> Iterator[Server]:
    """A live server in a thread."""
    started = Server(settings, written.ref).start()
    yield started
    started.stop()
