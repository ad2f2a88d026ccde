"""A flood, or a crowd of connections, costs its author and nobody else; one broken entry costs nobody else their words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from charter.drafting.live import allowance, commit, rooms
from charter.drafting.live.allowance import Allowance
from charter.drafting.live.cursors import MAX_EACH, Cursors
from charter.drafting.live.peer import Peer
from charter.drafting.live.tokens import Identity
from tests.charter.drafting.live.conftest import Written
from tests.charter.drafting.live.harness import Server, run, write

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ANNA = Identity("text", 1, "Anna", "Les Passerelles", 1, "A", True, "12")


def cursor(client_id: int, clock: int = 1) -> bytes:
    """An awareness update."""
    return bytes([1, client_id, clock, 2]) + b"{}"


def test_a_cursor_is_taken_back_from_ones_own_dead_connection() -> None:
    cursors, dead, back = Cursors(), Peer(ANNA), Peer(ANNA)
    assert cursors.claim(5, dead) and cursors.accept(cursor(5), dead)
    assert cursors.claim(5, back) and cursors.accept(cursor(5, 3), back)
    assert not cursors.accept(cursor(5, 4), dead)
    assert cursors.forget(dead) == [] and cursors.present() == [cursor(5, 3)]
    assert len(cursors.forget(back)) == 1 and cursors.present() == []


@pytest.mark.parametrize("who", [replace(ANNA, person=2), replace(ANNA, session="13")])
def test_a_cursor_is_not_taken_from_anybody_else(who: Identity) -> None:
    cursors, owner, other = Cursors(), Peer(ANNA), Peer(who)
    assert cursors.claim(5, owner) and not cursors.claim(5, other)


def test_a_connection_holds_few_cursors() -> None:
    cursors, peer = Cursors(), Peer(ANNA)
    for client_id in range(1, 60):
        assert cursors.claim(client_id, peer) and cursors.accept(cursor(client_id), peer)
    assert len(cursors.present()) == MAX_EACH and cursors.accept(cursor(59, 2), peer)


def test_who_types_never_waits_and_who_floods_does() -> None:
    now = [0.0]
    typing, flooding, heavy = (Allowance(lambda: now[0]) for _ in range(3))
    for _ in range(3000):
        now[0] += 0.02
        assert typing.spend(200) == 0
    waits = [flooding.spend(100) for _ in range(2000)]
    assert waits[500] == 0 and waits[-1] == pytest.approx(5.0, abs=0.1)
    assert [heavy.spend(1 << 20) for _ in range(10)][-1] == pytest.approx(2.0, abs=0.1)


@ON_SQLITE
def test_a_flood_does_not_disconnect_the_others(server: Server, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MESSAGES", 100.0)
    monkeypatch.setattr(allowance, "MESSAGES_AT_ONCE", 50.0)

    async def story() -> None:
        (flooder, _), (other, mine) = await server.join(written.first, 1), await server.join(written.first, 2)
        seen = len(flooder.messages)
        for _ in range(1000):
            flooder.control("ping")
        write(mine, " Je travaille.")
        await other.saved(2)
        await asyncio.sleep(0)
        assert len(flooder.messages) - seen < 500 and other.close_code is None
        flooder.kill()
        await other.disconnect()

    run(story())


@ON_SQLITE
def test_one_person_opens_so_many_connections_and_no_more(server: Server, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MAX_EACH", 3)

    async def story() -> None:
        clients = [server.client(1) for _ in range(4)]
        for client in clients:
            await client.connect()
            await client.answered()
        assert [client.messages[0]["type"] for client in clients] == ["hello"] * 3 + ["bye"]
        assert clients[3].messages[0]["reason"] == "overloaded"
        neighbour = server.client(2)
        await neighbour.connect()
        await neighbour.greeted()
        for client in (*clients, neighbour):
            await client.disconnect()

    run(story())


@ON_SQLITE
def test_an_entry_that_cannot_be_stored_stops_nobody(server: Server, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(commit, "_hash", broken)

    async def story() -> None:
        one, article = await server.join(written.first, 1)
        for word in (" Un.", " Deux.", " Trois."):
            write(article, word)
            await one.saved(3)
            await asyncio.sleep(0.6)  # the hash is computed after half a second of quiet
        await one.disconnect()

    run(story())
