"""One owner a text: whichever process is reached, people edit together, and who lost the text can store nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import redis
from sqlalchemy import func, select

from charter.config import Settings
from charter.drafting.live import commit, content, store
from charter.drafting.live.canonical import content_from_nodes
from charter.drafting.live.client import LiveClient
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.entries import Outcome, SnapshotEntry, UpdateEntry
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.live.ownership import Elsewhere, RedisOwnership
from charter.drafting.models import Article
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import ProcessServer, Server, run, words, write
from tests.servers import Redis

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def entry(written: Written, fence: int) -> UpdateEntry:
    """An update to store under a fencing number."""
    return UpdateEntry(written.id, fence, written.first_id, 1, lambda _: None, content_from_nodes([paragraph("x")]), 1, "session")


def test_a_stale_fence_is_refused_and_nothing_is_stored(engine: Engine, written: Written) -> None:
    with engine.work() as work:
        old = store.take(work.session, written.id)
    with engine.work() as work:
        new = store.take(work.session, written.id)
    outcomes = commit.commit(engine.database, [entry(written, old), entry(written, new)], datetime.now(UTC))
    assert outcomes == [Outcome("stale"), Outcome("stored", 2)]
    with engine.work(write=False) as work:
        assert work.session.scalar(select(func.count()).where(ArticleUpdate.article_id == written.first_id)) == 2


def test_a_snapshot_that_does_not_hold_every_update_is_not_kept(engine: Engine, written: Written) -> None:
    with engine.work() as work:
        fence = store.take(work.session, written.id)
    update = entry(written, fence)
    late = SnapshotEntry(written.id, fence, written.first_id, 1, lambda _: None, update.data, 1)
    outcomes = commit.commit(engine.database, [update, late], datetime.now(UTC))
    assert [outcome.fate for outcome in outcomes] == ["stored", "gone"]
    with engine.work(write=False) as work:
        assert store.load(work.session, written.first_id).snapshot_seq == 0


def test_a_snapshot_of_many_authors_is_kept(engine: Engine, written: Written) -> None:
    with engine.work() as work:
        fence = store.take(work.session, written.id)
        before = store.load(work.session, written.first_id)
    document = LiveDocument(before.base, before.tail)
    updates = [entry(written, fence) for _author in range(20)]
    document.trust(update.data for update in updates)
    whole = SnapshotEntry(written.id, fence, written.first_id, 1, lambda _: None, document.snapshot(), 21)
    commit.commit(engine.database, [*updates, whole], datetime.now(UTC))
    with engine.work(write=False) as work:
        kept = store.load(work.session, written.first_id)
    assert (kept.snapshot_seq, kept.tail) == (21, ())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_lost_its_text_sends_everybody_away(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        client, article = await server.join(written.first, 1)
        with engine.work() as work:
            store.take(work.session, written.id)
        write(article, " Zombie.")
        await client.until(lambda: client.close_code is not None)
        assert client.close_code == 1012 and not article.saved
        with engine.work(write=False) as work:
            assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début.")]
        await client.connect()  # it takes the text again, with a new number
        await client.saved()
        await client.disconnect()

    run(story())
    with engine.work(write=False) as work:
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début. Zombie.")]


def test_a_lease_has_one_holder(redis_url: str) -> None:
    async def story() -> None:
        one, two = RedisOwnership(redis_url, "ws://one"), RedisOwnership(redis_url, "ws://two")
        await one.acquire("text")
        with pytest.raises(Elsewhere) as owner:
            await two.acquire("text")
        assert owner.value.url == "ws://one"
        await one.release("text")
        await two.acquire("text")
        await one.close()
        await two.close()

    run(story())


def test_a_lease_is_renewed_and_its_loss_is_told(redis_url: str) -> None:
    async def story() -> None:
        one, two = (RedisOwnership(redis_url, f"ws://{name}", lease=0.3, renew_every=0.05) for name in ("one", "two"))
        lost = asyncio.get_running_loop().create_future()
        one.on_lost(lost.set_result)
        await one.acquire("renewed")
        await asyncio.sleep(0.5)  # longer than the lease: what is tested is that time does not end it
        with pytest.raises(Elsewhere):
            await two.acquire("renewed")
        with redis.Redis.from_url(redis_url) as direct:
            direct.set("live:owner:renewed", "somebody else")
        assert await asyncio.wait_for(lost, 2) == "renewed"
        await one.close()
        await two.close()

    run(story())


@pytest.fixture
def pair(settings: Settings, written: Written, redis_url: str) -> Iterator[tuple[ProcessServer, ProcessServer]]:
    """Two live processes sharing texts through Redis."""
    full = replace(settings, redis_url=redis_url)
    servers = ProcessServer(full, written.ref).start(), ProcessServer(full, written.ref).start()
    yield servers
    for server in servers:
        if server.process is not None:
            server.stop()


@ON_POSTGRES
def test_people_edit_together_whichever_process_they_reach_and_outlive_its_death(
    pair: tuple[ProcessServer, ProcessServer], written: Written, engine: Engine
) -> None:
    owner, other = pair

    async def back(client: LiveClient) -> None:
        while True:
            await client.connect()
            await client.until(lambda: bool(client.hello) or client.close_code is not None)
            if client.close_code is None:
                return
            await asyncio.sleep(0.2)  # as a browser does: the dead owner's lease has to run out

    async def story() -> None:
        (one, mine), (two, theirs) = await owner.join(written.first, 1), await other.join(written.first, 2)
        write(mine, " Un.")
        await one.saved()
        await two.until(lambda: words(theirs) == "Début. Un.")
        write(theirs, " Deux.")
        await two.saved()
        await one.until(lambda: words(mine) == "Début. Un. Deux.")
        await asyncio.to_thread(owner.kill)
        await two.until(lambda: two.close_code is not None)
        write(theirs, " Trois.")
        await back(two)
        await two.saved()
        one._address = two._address
        await one.connect()
        await one.until(lambda: words(mine) == "Début. Un. Deux. Trois.")
        await one.disconnect()
        await two.disconnect()

    run(story())
    with engine.work(write=False) as work:
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début. Un. Deux. Trois.")]


@ON_POSTGRES
def test_a_process_paused_past_its_lease_stores_nothing_when_it_wakes(
    pair: tuple[ProcessServer, ProcessServer], written: Written, engine: Engine
) -> None:
    owner, other = pair

    async def story() -> None:
        one, mine = await owner.join(written.first, 1)
        owner.signal(signal.SIGSTOP)
        write(mine, " Du zombie.")
        two = other.client(2)
        while True:
            await two.connect()
            await two.until(lambda: bool(two.hello) or two.close_code is not None)
            if two.hello:
                break
            await asyncio.sleep(0.2)
        theirs = await two.open(written.first)
        write(theirs, " De deux.")
        await two.saved()
        owner.signal(signal.SIGCONT)
        await one.until(lambda: one.close_code is not None)
        assert not mine.saved
        await one.connect()
        await one.saved()
        await two.until(lambda: words(theirs) == words(mine))
        await one.disconnect()
        await two.disconnect()
        assert sorted(words(mine).split(" ")) == sorted(["Début.", "De", "deux.", "Du", "zombie."])

    run(story())


@ON_POSTGRES
def test_editing_goes_on_while_redis_restarts(settings: Settings, written: Written, engine: Engine, private_redis: Redis) -> None:
    server = ProcessServer(replace(settings, redis_url=private_redis.url), written.ref).start()

    async def story() -> None:
        client, article = await server.join(written.first, 1)
        await asyncio.to_thread(private_redis.stop, kill=True)
        write(article, " Sans Redis.")
        await client.saved()
        await asyncio.to_thread(private_redis.start)
        write(article, " Avec.")
        await client.saved()
        await client.disconnect()

    try:
        run(story())
    finally:
        server.stop()
    with engine.work(write=False) as work:
        assert content.read(work.session, work.get(Article, written.first_id)).agreed == [paragraph("Début. Sans Redis. Avec.")]
