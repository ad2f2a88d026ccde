"""Once a text is adopted, or its alliance over, nobody writes in it any more."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import update

from charter.adapters.richtext import to_text
from charter.alliances import services as kernel
from charter.alliances.models import Alliance
from charter.drafting.live import content, notices
from charter.drafting.models import Article, Text
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import Server, reason, renewed, run, words, write
from workflows.drafting import TextStatus


def freeze(engine: Engine, written: Written, *, tell: bool) -> None:
    """The text is adopted."""
    with engine.work() as work:
        work.session.execute(update(Text).where(Text.id == written.id).values(status=TextStatus.adopted))
        if tell:
            work.after_commit.append(lambda: work.bus.publish(notices.CHANNEL, notices.frozen(written.ref)))


def abandon(engine: Engine, written: Written) -> None:
    """The parties give the alliance up while the charter is being written."""
    with engine.work() as work:
        kernel.abandon(work, work.get(Alliance, work.get(Text, written.id).alliance_id), "Le projet s’arrête.")


def agreed(engine: Engine, written: Written) -> str:
    """The first article's stored words."""
    with engine.work(write=False) as work:
        return to_text(content.read(work.session, work.get(Article, written.first_id)).agreed)


def test_a_frozen_text_refuses_updates(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        await asyncio.to_thread(freeze, engine, written, tell=True)
        await client.until(lambda: any(message["type"] == "frozen" for message in client.messages))
        write(article, " Trop tard.")
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "frozen"
        await client.disconnect()

    run(story())


def test_the_end_of_the_alliance_stops_the_writing(server: Server, written: Written, engine: Engine) -> None:
    """Whoever is writing is told at once, through the fact's own reactions."""

    async def story() -> None:
        client, article = await server.join(written.first, 1)
        await asyncio.to_thread(abandon, engine, written)
        await client.until(lambda: any(message["type"] == "frozen" for message in client.messages))
        write(article, " Trop tard.")
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "frozen"
        await client.disconnect()

    run(story())
    assert agreed(engine, written) == "Début."


def test_an_ended_alliance_keeps_no_word_even_when_nobody_told_the_server(
    server: Server, written: Written, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        monkeypatch.setattr(type(engine.bus), "publish", lambda *_: None)
        await asyncio.to_thread(abandon, engine, written)
        write(article, " Trop tard.")
        await client.until(lambda: bool(article.refusals))
        assert reason(article) == "frozen"
        await client.disconnect()

    run(story())
    assert agreed(engine, written) == "Début."


def test_a_frozen_text_never_gets_an_update_even_when_nobody_told_the_server(server: Server, written: Written, engine: Engine) -> None:
    """The transaction that stores looks for itself; those who had received the words throw them away."""

    async def story() -> None:
        (one, mine), (two, _) = await server.join(written.first, 1), await server.join(written.first, 2)
        await asyncio.to_thread(freeze, engine, written, tell=False)
        write(mine, " Trop tard.")
        await one.until(lambda: bool(mine.refusals))
        assert reason(mine) == "frozen"
        for client in (one, two):
            await client.until(partial(renewed, client, written.first))
            assert words(client.articles[written.first]) == "Début."
            await client.disconnect()

    run(story())
    with engine.work(write=False) as work:
        assert work.get(Article, written.first_id).head_seq == 1
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début.")]
