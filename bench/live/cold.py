"""Opening what nobody has in memory: the time it takes beside that of its bare snapshot, and a crowd arriving in rooms not yet open."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from sqlalchemy import insert, select

from bench.live.ground import Ground
from bench.live.scenarios import Scenario
from bench.live.servers import Address, Running, charte
from bench.report import Row
from charter.drafting.live import store
from charter.drafting.live.article import SNAPSHOT_EVERY
from charter.drafting.live.canonical import fragment
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.models import ArticleSnapshot, ArticleUpdate
from charter.drafting.models import Article
from charter.work import Engine

BARE_TIMES = 1.5
CROWD, CROWDED_ROOMS = 20, 40


def rows(ground: Ground, *, edits: int, stored: int, times: int) -> list[Row]:
    """`edits` edits and then `stored` stored updates of one article, loaded `times` times each; then the crowd."""
    engine = Engine(ground.settings)
    try:
        updates = list(_edits(stored))
        small, large = (_history(engine, ground, text, updates[:count]) for text, count in ((0, edits), (1, stored)))
        return [
            Row(f"cold load, {edits:,} edits", "× bare snapshot", BARE_TIMES, _ratio(engine, small, times)),
            Row(f"cold load, {stored:,} stored updates", "× bare snapshot", BARE_TIMES, _ratio(engine, large, times)),
        ]
    finally:
        engine.close()


def crowd(ground: Ground, *, rooms: int = CROWDED_ROOMS) -> Row:
    """Twenty people opening each of some cold rooms together: how many never got their first synchronisation."""

    def cold(server: Running) -> list[list[Address]]:
        return [[server.addresses(text, person) for person in range(CROWD)] for text in range(2, 2 + rooms)]

    with charte(ground) as server:
        result = Scenario("cold", "opening", cold, {}).run(server, 1)
    return Row(f"first synchronisations that never came, {int(result['clients'])} clients of cold rooms", "clients", 0, result["lost"])


def _edits(count: int) -> Iterator[bytes]:
    """Updates of somebody who inserts and deletes here and there in twenty paragraphs."""
    doc: Doc[Any] = Doc(client_id=1000)
    root = fragment(doc)
    made: list[bytes] = []
    subscription = doc.observe(lambda event: made.append(bytes(event.update)))
    texts = _paragraphs(doc, root)
    chance = random.Random(count)
    for _ in range(count - 1):
        text = chance.choice(texts)
        place = chance.randrange(len(text) or 1)
        if chance.random() < 0.1 and len(text):
            del text[place]
        else:
            text.insert(place, "e")
    doc.unobserve(subscription)
    yield from made


def _paragraphs(doc: Doc[Any], root: XmlFragment) -> list[XmlText]:
    texts = [XmlText("Debut. ") for _ in range(20)]
    with doc.transaction():
        for text in texts:
            paragraph = root.children.append(XmlElement("paragraph"))
            paragraph.children.append(text)
    return texts


def _history(engine: Engine, ground: Ground, text: int, updates: list[bytes]) -> int:
    """Stores the updates as the live server leaves them when it is killed at the worst moment: the longest tail after a snapshot."""
    at, last = datetime.now(UTC), len(updates) - SNAPSHOT_EVERY + 1
    doc: Doc[Any] = Doc()
    fragment(doc)
    for update in updates[:last]:
        doc.apply_update(update)
    with engine.work() as work:
        article = work.session.execute(select(Article).where(Article.ref == ground.texts[text][1])).scalar_one()
        rows = [
            {"article_id": article.id, "seq": seq, "author_person_id": 1, "author_session": "1", "data": update, "at": at}
            for seq, update in enumerate(updates, start=1)
        ]
        work.session.execute(insert(ArticleUpdate), rows)
        work.session.execute(insert(ArticleSnapshot).values(article_id=article.id, seq=last, data=doc.get_update(), at=at))
        article.head_seq = len(updates)
        return article.id


def _ratio(engine: Engine, article: int, times: int) -> float:
    """The median time of a cold load over that of its snapshot alone, read and decoded; both in turn."""

    def whole() -> None:
        with engine.database.session(write=False) as session:
            found = store.load(session, article)
        asyncio.run(LiveDocument.load(found.base, found.tail))

    def bare() -> None:
        newest = select(ArticleSnapshot.data).where(ArticleSnapshot.article_id == article).order_by(ArticleSnapshot.seq.desc())
        with engine.database.session(write=False) as session:
            base = session.scalars(newest.limit(1)).one()
        asyncio.run(LiveDocument.load(base, ()))

    pairs = [(_seconds(whole), _seconds(bare)) for _ in range(times)]
    return median(one for one, _ in pairs) / median(other for _, other in pairs)


def _seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
