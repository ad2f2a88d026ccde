"""Live editing with real processes killed, Redis restarted, connections that are slow, half open or cut a hundred times.

After each: everybody reads the same text, which is the one stored, and every word that was acknowledged is in it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from charter.accounts.services import open_session
from charter.adapters import migrations
from charter.alliances.models import Alliance
from charter.alliances.services import enrol
from charter.config import Settings
from charter.drafting.live import notices
from charter.drafting.live.client import LiveClient
from charter.drafting.models import Text
from charter.work import Engine
from tests import factories
from tests.charter.drafting.live.conftest import Written, server, written
from tests.charter.drafting.live.crowd import Crowd, Typist, stored, together
from tests.charter.drafting.live.harness import ProcessServer, Server, run
from tests.servers import Redis

__all__ = ["server", "written"]

pytestmark = pytest.mark.faults
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
TEN = range(1, 11)


@dataclass
class Installed(ProcessServer):
    """The product itself, as `charte serve` starts it: in embedded mode pages and live editing in one process."""

    module: tuple[str, ...] = ("charter", "serve", "--only", "one")


@dataclass(frozen=True)
class Member:
    """Somebody of the alliance, and the session they are signed in with."""

    person: int
    session: str


@pytest.fixture
def members(engine: Engine, written: Written) -> list[Member]:
    """Ten drafters who are signed in, on a database the product would start on: the process looks their rights up."""
    with engine.database.engine.begin() as connection:
        command.stamp(migrations.config(connection), "head")
    with engine.work() as work:
        alliance = work.get(Alliance, work.get(Text, written.id).alliance_id)
        made = []
        for number in TEN:
            person = factories.person(work)
            enrol(work, alliance.parties[number % len(alliance.parties)], person, factories.SPEAKS, "chargée de mission")
            session = open_session(work, person)[1]
            session.expires_at = datetime.now(UTC) + timedelta(days=1)  # the process's clock is the machine's
            made.append(Member(person.id, str(session.id)))
    return made


def everybody(reached: Callable[[int], Server]) -> list[LiveClient]:
    """Ten people, each coming in by the process of their number."""
    return [reached(number).client(number) for number in TEN]


async def meanwhile(crowd: Crowd, words: int, *moments: tuple[int, Callable[[], Any]], leaving: tuple[Typist, ...] = ()) -> None:
    """Everybody types; each time so many words are acknowledged, what comes with that number is done (in a thread)."""

    async def happen() -> None:
        for count, what in moments:
            await crowd.reached(count)
            await asyncio.to_thread(what)

    await asyncio.gather(crowd.everybody_types(words, leaving), happen())


@ON_SQLITE
def test_the_web_process_is_killed_while_ten_people_type(
    settings: Settings, written: Written, engine: Engine, members: list[Member]
) -> None:
    installed = Installed(settings, written.ref).start()
    crowd = together((installed.client(one.person, session=one.session) for one in members), written)
    lost = tuple(crowd.people[:2])  # these two never come back: what was acknowledged to them must be there all the same

    def crash() -> None:
        installed.kill()
        installed.start()

    async def story() -> str:
        await crowd.arrive()
        await meanwhile(crowd, 20, (60, crash), leaving=lost)
        return await crowd.agree(engine, written, gone=[one for one in lost if one.gone])

    try:
        run(story())
    finally:
        installed.stop()
    assert all(one.gone for one in lost) and crowd.acknowledged >= 60


@ON_POSTGRES
def test_redis_is_restarted_while_ten_people_type(settings: Settings, written: Written, engine: Engine, private_redis: Redis) -> None:
    full = replace(settings, redis_url=private_redis.url)
    live = ProcessServer(full, written.ref).start()
    crowd = together(everybody(lambda _: live), written)

    async def story() -> None:
        await crowd.arrive()
        kill = lambda: private_redis.stop(kill=True)  # noqa: E731
        await meanwhile(crowd, 20, (40, kill), (80, private_redis.start))
        assert not any(one.gone for one in crowd.people)  # nobody noticed
        await crowd.agree(engine, written)

    try:
        run(story())
    finally:
        live.stop()


@ON_POSTGRES
def test_notices_are_heard_again_after_redis_came_back(settings: Settings, written: Written, private_redis: Redis) -> None:
    full = replace(settings, redis_url=private_redis.url)
    live = ProcessServer(full, written.ref).start()
    web = Engine(full)

    async def story() -> None:
        client, _ = await live.join(written.first, 1)
        await asyncio.to_thread(private_redis.stop, kill=True)
        await asyncio.to_thread(private_redis.start)
        async with asyncio.timeout(10):
            while client.close_code is None:  # who was not listening yet is told again
                await asyncio.to_thread(web.bus.publish, notices.CHANNEL, notices.revoked(1))
                await asyncio.sleep(0.1)
        assert client.close_code == 4403

    try:
        run(story())
    finally:
        live.stop()
        web.close()


@pytest.fixture
def two(settings: Settings, written: Written, redis_url: str) -> Iterator[tuple[ProcessServer, ProcessServer]]:
    """Two live processes sharing texts through Redis."""
    full = replace(settings, redis_url=redis_url)
    pair = ProcessServer(full, written.ref).start(), ProcessServer(full, written.ref).start()
    yield pair
    for one in pair:
        one.stop()


@ON_POSTGRES
def test_the_owner_of_the_text_is_killed_and_the_other_process_takes_it(
    two: tuple[ProcessServer, ProcessServer], written: Written, engine: Engine
) -> None:
    owner, other = two
    crowd = together(everybody(lambda number: two[number % 2]), written)

    def die() -> None:
        owner.kill()
        for one in crowd.people:  # the proxy sends them where somebody answers
            one.client._address = other.client(one.number)._address

    async def story() -> None:
        first = await owner.join(written.first, 99)  # whoever comes first makes its process the owner
        await crowd.arrive()
        await first[0].disconnect()
        await meanwhile(crowd, 20, (60, die))
        await crowd.agree(engine, written)

    run(story())


@ON_SQLITE
def test_a_hundred_reconnections(server: Server, written: Written, engine: Engine) -> None:
    crowd = together((server.client(number) for number in range(1, 5)), written)

    async def shaken(one: Typist) -> None:
        for _ in range(25):
            one.type()
            await one.keep_up()
            one.type()  # on its way, perhaps, when the connection is cut
            one.client.kill()
            await one.client.until(lambda: one.gone)
            one.count()
            one.type()  # offline
            await one.back()

    async def story() -> None:
        await crowd.arrive()
        await asyncio.gather(*map(shaken, crowd.people))
        await crowd.agree(engine, written)

    run(story())
    assert sum(len(one.typed) for one in crowd.people) == 300


@ON_SQLITE
def test_the_database_is_held_while_everybody_reconnects(server: Server, written: Written, engine: Engine) -> None:
    """Nobody is acknowledged while nothing can be stored; everything is when it can again."""
    crowd = together((server.client(number) for number in TEN), written)

    async def story() -> None:
        await crowd.arrive()
        with engine.work() as holding:
            holding.session.execute(text("SELECT 1"))  # SQLite's one writing transaction begins
            for one in crowd.people:
                one.type()
                one.client.kill()
            for one in crowd.people:
                await one.client.until(lambda one=one: one.gone)  # type: ignore[misc]
                one.count()
                await one.back()
            assert stored(engine, written) == "Début." and crowd.acknowledged == 0
        await crowd.agree(engine, written)

    run(story())
