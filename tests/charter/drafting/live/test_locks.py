"""An article put to consent, seen by the live server: refused by name, told to all, reopened alone; nothing slips in between."""

from __future__ import annotations

import asyncio

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.live.canonical import content_hash
from charter.drafting.live.client import LiveClient
from charter.drafting.models import Article, Text
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written
from tests.charter.drafting.live.harness import Server, reason, run, words, write
from workflows.drafting import ConsentKind


def open_round(engine: Engine, written: Written) -> str:
    """Opens one; gives the hash of the first article it locked."""
    with engine.work() as work:
        return services.open_round(work, work.get(Text, written.id)).articles[0].sha256


def object_to_first(engine: Engine, written: Written) -> None:
    with engine.work() as work:
        article = work.get(Article, written.first_id)
        party = work.get(Alliance, work.get(Text, written.id).alliance_id).accepted_parties[0]
        services.consent(work, article, party, ConsentKind.objection, content.current_hash(work.session, article), "Pas ainsi")


def locks(client: LiveClient) -> list[int]:
    """What the last listing said of each article."""
    told = next(one for one in reversed(client.messages) if one["type"] in {"articles", "hello"})
    return [one["locked"] for one in told["articles"]]


def test_everybody_is_told_and_a_word_is_refused(server: Server, engine: Engine, written: Written) -> None:
    async def story() -> None:
        client, article = await server.join(written.first)
        write(article, "Avant. ", 0)
        await client.saved()
        digest = await asyncio.to_thread(open_round, engine, written)
        await client.until(lambda: locks(client) == [1, 1])
        write(article, "Après. ", 0)
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "locked"
        with engine.work(write=False) as work:
            assert content.current_hash(work.session, work.get(Article, written.first_id)) == digest
        await client.disconnect()

    run(story())


def test_an_objection_reopens_its_article_within_a_second(server: Server, engine: Engine, written: Written) -> None:
    async def story() -> None:
        client, first = await server.join(written.first)
        second = await client.open(written.second)
        await asyncio.to_thread(open_round, engine, written)
        await client.until(lambda: locks(client) == [1, 1])
        await asyncio.to_thread(object_to_first, engine, written)
        await client.until(lambda: locks(client) == [0, 1], within=1)
        write(first, "Autrement. ", 0)
        await client.saved()
        write(second, "Non. ", 0)
        await client.until(lambda: bool(second.refusals))
        assert reason(second) == "locked" and "Autrement." in words(first)
        await client.disconnect()

    run(story())


def test_a_word_of_the_last_instant_is_in_the_hash_or_refused(server: Server, engine: Engine, written: Written) -> None:
    async def story() -> None:
        client, article = await server.join(written.first)
        for _ in range(5):
            write(article, "Mot. ", 0)
        digest = await asyncio.to_thread(open_round, engine, written)
        for _ in range(5):
            write(client.articles[written.first], "Trop tard ? ", 0)
        await client.until(lambda: (locks(client) == [1, 1] and client.articles[written.first].saved) or bool(article.refusals))
        reader, _copy = await server.join(written.first, 2)
        # Shown before it was refused: everybody then throws its copy away.
        await reader.until(lambda: "Trop tard" not in words(reader.articles[written.first]) and reader.articles[written.first].synced)
        with engine.work(write=False) as work:
            stored = content.read(work.session, work.get(Article, written.first_id))
        assert stored.hash == digest == content_hash("Article 1", reader.articles[written.first].nodes)
        await client.disconnect()
        await reader.disconnect()

    run(story())


def test_what_was_stored_before_is_acknowledged_after(server: Server, engine: Engine, written: Written) -> None:
    async def story() -> None:
        client, article = await server.join(written.first)
        write(article, "Gardé. ", 0)
        await client.saved()
        await client.disconnect()
        article.owing = True  # the acknowledgement never came: on return all of it is sent again
        await asyncio.to_thread(open_round, engine, written)
        await client.connect()
        await client.until(lambda: article.saved)
        assert not article.refusals and "Gardé." in words(article)
        await client.disconnect()

    run(story())


def test_words_written_offline_are_refused_not_lost(server: Server, engine: Engine, written: Written) -> None:
    async def story() -> None:
        client, article = await server.join(written.first)
        await client.disconnect()
        write(article, "Dans le train. ", 0)
        await asyncio.to_thread(open_round, engine, written)
        await client.connect()
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "locked" and "Dans le train." in words(article)
        await client.disconnect()

    run(story())
