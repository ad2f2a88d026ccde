"""Several people write at once, leave, come back, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from charter.config import Settings
from charter.drafting.live import content, notices, store
from charter.drafting.live.client import LiveClient
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.models import ArticleSnapshot, ArticleUpdate
from charter.drafting.models import Article
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import ProcessServer, Server, first_text, run, words, write

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stored(engine: Engine, written: Written) -> content.Content:
    """What the database holds of the first article."""
    with engine.work(write=False) as work:
        return content.read(work.session, work.get(Article, written.first_id))


def same(client: LiveClient, ref: str, text: str) -> Callable[[], bool]:
    """True when this client reads `text`."""
    return lambda: words(client.articles[ref]) == text


def test_two_clients_converge_and_what_is_stored_is_what_they_see(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> str:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        write(mine, " Ajout de Zoé 👍.")
        write(theirs, "Avant. ", 0)
        await one.saved()
        await two.saved()
        await one.until(lambda: words(mine) == words(theirs))
        await one.disconnect()
        await two.disconnect()
        return words(mine)

    text = run(story())
    assert text.startswith("Avant. Début.") and text.endswith(" Ajout de Zoé 👍.")
    assert stored(engine, written).agreed == [paragraph(text)]


def test_each_update_is_stored_under_who_was_authenticated(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 7)
        write(article, " Sept.")
        await client.saved()
        await client.disconnect()

    run(story())
    with engine.work(write=False) as work:
        update = work.session.scalars(
            select(ArticleUpdate).where(ArticleUpdate.article_id == written.first_id, ArticleUpdate.seq == 2)
        ).one()
    assert (update.author_person_id, update.author_session) == (7, "session-7")


@ON_SQLITE
def test_fifty_clients_opening_a_cold_room_together_are_all_synchronised(server: Server, written: Written) -> None:
    async def story() -> list[str]:
        joined = await asyncio.gather(*(server.join(written.first, person) for person in range(1, 51)))
        write(joined[0][1], " Tous.")
        await asyncio.gather(*(client.until(same(client, written.first, "Début. Tous.")) for client, _ in joined))
        await asyncio.gather(*(client.disconnect() for client, _ in joined))
        return [words(article) for _, article in joined]

    assert set(run(story())) == {"Début. Tous."}


def test_a_reconnection_neither_loses_nor_doubles(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        write(article, " Un.")
        await client.saved()
        client.kill()
        await client.until(lambda: client.close_code is not None)
        write(article, " Deux, hors ligne.")
        assert not article.saved
        await client.connect()
        await client.saved()
        await client.disconnect()

    run(story())
    assert stored(engine, written).agreed == [paragraph("Début. Un. Deux, hors ligne.")]


def test_a_graceful_restart_keeps_everything(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        for number in range(50):
            write(article, str(number % 10))
        await asyncio.to_thread(server.stop)
        await client.until(lambda: client.close_code is not None)
        server.start()
        await client.connect()
        await client.saved()
        await client.disconnect()

    run(story())
    assert stored(engine, written).agreed == [paragraph("Début." + "0123456789" * 5)]


@ON_SQLITE
def test_an_update_is_acknowledged_after_its_commit_only(settings: Settings, written: Written, engine: Engine) -> None:
    """Killed between the relay and the commit: nothing had been acknowledged, and the clients bring the words back."""
    server = ProcessServer(settings, written.ref).start()

    async def story() -> None:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        with engine.work() as holding:
            holding.session.execute(text("SELECT 1"))  # SQLite's one writing transaction begins
            write(mine, " Pas encore.")
            await two.until(lambda: words(theirs) == "Début. Pas encore.")
            assert not mine.saved
            await asyncio.to_thread(server.kill)
        await two.until(lambda: two.close_code is not None)
        assert stored(engine, written).agreed == [paragraph("Début.")]
        write(theirs, " Et puis.")
        server.start()
        # The one who only received the words is back first: what it has is enough to save them.
        await two.connect()
        await two.saved()
        assert stored(engine, written).agreed == [paragraph("Début. Pas encore. Et puis.")]
        await one.connect()
        await one.saved()
        await one.until(lambda: words(mine) == "Début. Pas encore. Et puis.")
        await one.disconnect()
        await two.disconnect()

    try:
        run(story())
    finally:
        server.stop()
    assert stored(engine, written).agreed == [paragraph("Début. Pas encore. Et puis.")]


def test_a_snapshot_and_what_came_after_equal_the_whole_history(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        for number in range(320):
            write(article, "abcdefghij"[number % 10], 3)
        await client.saved()
        write(article, " Après.")
        await client.saved()
        await client.disconnect()

    run(story())
    with engine.work(write=False) as work:
        kept = store.load(work.session, written.first_id)
        updates = [data for _, data in store.tail(work.session, written.first_id, 0)]
    assert kept.snapshot_seq >= 300 and len(updates) == 322 and len(kept.tail) < 30
    assert LiveDocument(kept.base, kept.tail).nodes() == LiveDocument(tail=updates).nodes()


def test_the_last_one_to_leave_leaves_a_snapshot_and_the_hash(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        write(article, " Fin.")
        await client.saved()
        await client.disconnect()

    run(story())
    server.stop()
    with engine.work(write=False) as work:
        article = work.get(Article, written.first_id)
        snapshot = work.session.scalars(select(func.max(ArticleSnapshot.seq)).where(ArticleSnapshot.article_id == article.id)).one()
        assert snapshot == article.head_seq == article.hashed_seq == 2
        assert article.text_hash == content.read(work.session, article).hash


def test_words_stored_by_a_service_show_to_those_present_and_rub_out_nothing(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        write(article, " À moi.")
        await client.saved()

        def accept() -> None:
            with engine.work() as work:
                row = work.get(Article, written.first_id)
                content.edit(work.session, row, lambda root: first_text(root).insert(0, "Service. "), at=datetime.now(UTC))
                work.after_commit.append(lambda: work.bus.publish(notices.CHANNEL, notices.appended(written.ref, written.first)))

        await asyncio.to_thread(accept)
        await client.until(lambda: words(article) == "Service. Début. À moi.")
        write(article, " Encore.")
        await client.saved()
        await client.disconnect()

    run(story())
    assert stored(engine, written).agreed == [paragraph("Service. Début. À moi. Encore.")]


@ON_SQLITE
def test_killed_while_ten_people_type_every_word_is_there_once(settings: Settings, written: Written, engine: Engine) -> None:
    server = ProcessServer(settings, written.ref).start()
    typed = [f"<{person}:{number}>" for person in range(1, 11) for number in range(20)]

    async def story() -> set[str]:
        joined = await asyncio.gather(*(server.join(written.first, person) for person in range(1, 11)))
        for number in range(20):
            for person, (_, article) in enumerate(joined, start=1):
                write(article, f"<{person}:{number}>", 0)
            await joined[number % 10][0].until(lambda: True)
            if number == 10:
                await asyncio.to_thread(server.kill)
        await asyncio.gather(*(client.until(lambda client=client: client.close_code is not None) for client, _ in joined))  # type: ignore[misc]
        server.start()
        await asyncio.gather(*(client.connect() for client, _ in joined))
        await asyncio.gather(*(client.saved() for client, _ in joined))
        last = stored(engine, written).agreed[0]["content"][0]["text"]
        await asyncio.gather(*(client.until(same(client, written.first, last)) for client, _ in joined))
        await asyncio.gather(*(client.disconnect() for client, _ in joined))
        return {words(article) for _, article in joined}

    try:
        texts = run(story())
    finally:
        server.stop()
    assert len(texts) == 1
    text = texts.pop()
    assert [text.count(word) for word in typed] == [1] * len(typed) and "Début." in text
