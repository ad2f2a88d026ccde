"""What burnt other editors, each with the test that would fail here.

====================================================  ===================================================================================
History seeded twice doubles the text                 here; `test_refusals` (another epoch); `test_together` (fifty open a cold room)
Words lost in silence after a reconnection            `tests/faults/test_live_faults`; `test_together`; `tests/browser/editor/test_together`
A room unloaded while it loads or stores              here
A write of the backend rubs out comments and words    here; `test_together`, `test_amendment_live`, `test_reconcile`
Overwriting without a WebSocket                       `test_pages` (words that were not read); here (words not stored yet)
Rights changed while connected                        here (by the services, within a second); `test_rights` (without a notice)
History that grows                                    here; `test_together` (a snapshot and what came after), `bench/live`
Old editors delete what they do not know              `test_refusals` (another schema); `test_schema_agrees`
Restoring breaks comments                             `test_remarks` (restored words bring their thread back), `test_versions`
An observer's, an invalid, an oversized update        `test_refusals` (each refused and told); here (logged, the room unhurt)
Rooms that stay in memory                             here; `test_document` (what pycrdt holds)
People who read nothing, half-open connections        `tests/faults/test_live_faults`; `test_floods`
====================================================  ===================================================================================
"""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from charter.accounts.services import open_session
from charter.alliances import services as alliances
from charter.alliances.models import Alliance, Member
from charter.config import Settings
from charter.drafting import services
from charter.drafting.live import allowance, content, rights, store
from charter.drafting.live.article import SNAPSHOT_EVERY
from charter.drafting.live.canonical import Node
from charter.drafting.live.document import LiveDocument
from charter.drafting.live.models import ArticleSnapshot
from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import MAX_UPDATE, build_update
from charter.drafting.live.room import Room
from charter.drafting.live.server import LiveServer
from charter.drafting.models import Article, Text
from charter.work import Engine
from tests import factories
from tests.charter.drafting.live.conftest import Written, paragraph
from tests.charter.drafting.live.harness import Server, first_text, reason, run, words, write
from tests.processes import wait_until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stored(engine: Engine, written: Written) -> tuple[list[Node], int]:
    """The first article's nodes, comments included, and its last update's number."""
    with engine.work(write=False) as work:
        found = content.read(work.session, work.get(Article, written.first_id))
    return found.nodes, found.seq


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms close as soon as they are empty."""
    defaults = LiveServer.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "idle", 0.0)


def test_an_article_is_seeded_once_and_opening_it_writes_nothing(server: Server, written: Written, engine: Engine) -> None:
    async def visit() -> None:
        client, article = await server.join(written.first, 1)
        assert words(article) == "Début."
        with engine.work() as work, pytest.raises(ValueError, match="seeded once"):
            content.seed(work.session, work.get(Article, written.first_id), [paragraph("Début.")], at=work.now())
        await client.saved()
        await client.disconnect()

    for _ in range(3):
        run(visit())
        server.stop()
        server.start()
    assert stored(engine, written) == ([paragraph("Début.")], 1)


@pytest.mark.usefixtures("eager")
def test_a_room_may_close_while_people_come_and_go(server: Server, written: Written, engine: Engine) -> None:
    async def come_and_go(person: int) -> None:
        for number in range(10):
            client, article = await server.join(written.first, person)
            write(article, f"<{person}:{number}>", 0)
            if number % 2:
                await client.saved()
                await client.disconnect()
            else:
                client.kill()  # what it typed may arrive or not; it does not come back

    async def story() -> None:
        await asyncio.gather(*(come_and_go(person) for person in range(1, 5)))

    run(story())
    server.stop()
    (only,), _ = stored(engine, written)
    text = "".join(one["text"] for one in only["content"])
    typed = {f"<{person}:{number}>": number % 2 for person in range(1, 5) for number in range(10)}
    assert [word for word, sure in typed.items() if text.count(word) > 1 or (sure and word not in text)] == []
    assert text.count("Début.") == 1


def test_a_service_writing_beside_the_room_keeps_comments_and_unstored_words(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        first_text(mine.root).format(0, 3, {"comment": {"id": "fil-1"}})
        await one.saved()
        with engine.work() as work:  # holds the database: what is typed now waits
            content.hold(work.session, work.get(Article, written.first_id))
            write(theirs, " Pas encore stocké.")
            await one.until(lambda: "Pas encore stocké." in words(mine))
            services.write(work, work.get(Article, written.first_id), [paragraph("Début."), paragraph("Du service.")])
        await two.saved()
        await one.until(lambda: "Du service." in words(mine) and words(mine) == words(theirs))
        await one.disconnect()
        await two.disconnect()

    run(story())
    (first, second), _ = stored(engine, written)
    assert "".join(part["text"] for part in first["content"]) == "Début. Pas encore stocké."
    assert [part["text"] for part in first["content"] if part.get("marks")] == ["Dé"]
    assert second == paragraph("Du service.")


@pytest.mark.parametrize("change", ["roles", "membership"])
def test_a_right_taken_away_ends_the_connection_within_a_second(settings: Settings, written: Written, engine: Engine, change: str) -> None:
    server = Server(settings, written.ref, rights=rights.stored).start()
    with engine.work() as work:
        alliance = work.get(Alliance, work.get(Text, written.id).alliance_id)
        person = factories.person(work)
        member = alliances.enrol(work, alliance.parties[0], person, factories.SPEAKS)
        signed = open_session(work, person)[1]
        signed.expires_at = datetime.now(UTC).replace(year=2100)
        member_id, person_id, session = member.id, person.id, str(signed.id)

    def take_away() -> None:
        with engine.work() as work:
            member = work.get(Member, member_id)
            if change == "roles":
                alliances.set_roles(work, member, ["observer"])
            else:
                alliances.end_membership(work, member)

    async def story() -> None:
        client, _ = await server.join(written.first, person_id, session=session)
        await asyncio.to_thread(take_away)
        await client.until(lambda: client.close_code is not None, 1)
        assert client.close_code == (1012 if change == "roles" else 4403)

    try:
        run(story())
    finally:
        server.stop()


def test_what_a_load_reads_does_not_grow_with_the_history(
    server: Server, written: Written, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MESSAGES_AT_ONCE", 1e6)
    read: list[tuple[int, int, int]] = []

    def load() -> None:
        with engine.work(write=False) as work:
            found = store.load(work.session, written.first_id)
            kept = work.session.scalar(select(func.count()).where(ArticleSnapshot.article_id == written.first_id))
            read.append((found.seq, len(found.tail), kept or 0))

    async def story() -> None:
        client, article = await server.join(written.first, 1)
        for _ in range(12):
            for number in range(250):
                write(article, "abcdefghij"[number % 10], 3)
            await client.saved()
            load()  # as a process would that takes over from one killed now
        await client.disconnect()

    run(story())
    assert read[-1][0] == 3001
    assert max(tail for _, tail, _ in read) <= 2 * SNAPSHOT_EVERY and max(kept for _, _, kept in read) <= store.KEPT_SNAPSHOTS


def test_what_is_refused_is_logged_and_the_room_goes_on(server: Server, written: Written, engine: Engine) -> None:
    async def story() -> None:
        (one, mine), (two, theirs) = await server.join(written.first, 1), await server.join(written.first, 2)
        one.send_raw(build_update(written.first, 901, b"\x01\x01\x01"))
        one.send_raw(build_update(written.first, 902, bytes(MAX_UPDATE + 1)))
        await one.until(lambda: len(mine.refusals) == 2)
        assert [one["reason"] for one in mine.refusals] == ["invalid", "too_big"] and reason(mine) == "too_big"
        one.send_raw(bytes(3 << 20))  # more than the server lets in at all
        await one.until(lambda: one.close_code is not None)
        write(theirs, " Tout va bien.")
        await two.saved()
        await one.connect()
        await one.until(lambda: words(mine) == "Début. Tout va bien.")
        await one.disconnect()
        await two.disconnect()

    with capture_logs() as logs:
        run(story())
    refused = [entry for entry in logs if entry["event"] == "live_update_refused"]
    assert [entry["person"] for entry in refused] == [1, 1] and refused[1]["reason"] == "too_big"
    assert stored(engine, written)[0] == [paragraph("Début. Tout va bien.")]


def alive(*kinds: type) -> list[object]:
    """The objects of these classes that are still in memory."""
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, kinds)]


@pytest.mark.usefixtures("eager")
def test_nothing_of_an_idle_room_stays_in_memory(server: Server, written: Written) -> None:
    before = {id(one) for one in alive(Room, LiveDocument, Peer)}

    async def story() -> None:
        clients = [await server.join(ref, person) for person in range(1, 6) for ref in (written.first, written.second)]
        for client, article in clients:
            write(article, " Mot.")
            await client.saved()
        assert len({id(one) for one in alive(Room, LiveDocument, Peer)} - before) >= 8
        await asyncio.gather(*(client.disconnect() for client, _ in clients))

    run(story())
    wait_until(lambda: not {id(one) for one in alive(Room, LiveDocument, Peer)} - before, "memory given back", 15)
