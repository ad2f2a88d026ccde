"""Connections that read nothing, or are open on one side only: they are cut off, and hurt nobody."""

from __future__ import annotations

import socket

import pytest

from charter.config import Settings
from charter.drafting.live import allowance, peer
from charter.drafting.live.client import LiveClient
from charter.work import Engine
from tests.charter.drafting.live import harness
from tests.charter.drafting.live.conftest import Written, server, written
from tests.charter.drafting.live.crowd import Typist, together
from tests.charter.drafting.live.harness import Server, first_text, run, write

__all__ = ["server", "written"]

pytestmark = pytest.mark.faults
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
TEN = range(1, 11)


def deaf(client: LiveClient) -> None:
    """Has a client read nothing any more: neither words nor pings. Its machine still holds the connection open."""
    assert client._socket is not None
    client._socket.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client._socket.transport.pause_reading()


def alone(client: LiveClient) -> bool:
    """True when the last list of people this client was sent holds itself only."""
    lists = [message["people"] for message in client.messages if message["type"] == "presence"]
    return bool(lists) and len(lists[-1]) == 1


async def much(typist: Typist, times: int) -> None:
    """Writes and rubs out 100,000 letters, many times: more than a network holds for somebody who reads nothing."""
    text = first_text(typist.article.root)
    for _ in range(times):
        write(typist.article, "é" * 50_000, 0)
        del text[0:100_000]
        await typist.client.saved()


@ON_SQLITE
@pytest.mark.parametrize("case", ["too much waits", "no ping is answered"])
def test_somebody_who_stops_reading_is_cut_off_and_hurts_nobody(
    settings: Settings, written: Written, engine: Engine, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(allowance, "BYTES", 1e9)
    if case == "too much waits":
        monkeypatch.setattr(peer, "MAX_QUEUED_BYTES", 1 << 17)
        monkeypatch.setattr(peer, "GRACE", 0.2)
    else:
        monkeypatch.setitem(harness.OPTIONS, "ws_ping_interval", 3.0)
        monkeypatch.setitem(harness.OPTIONS, "ws_ping_timeout", 1.0)
    live = Server(settings, written.ref).start()
    crowd = together((live.client(1), live.client(2)), written)
    slow, quick = crowd.people

    async def story() -> None:
        await crowd.arrive()
        deaf(slow.client)
        await much(quick, 60)
        await quick.client.until(lambda: alone(quick.client), 10)
        quick.type()
        await quick.client.saved()
        slow.client.kill()  # what still lies on its way would take long through so small a window
        await slow.client.until(lambda: slow.gone)
        slow.type()
        await slow.back()
        await crowd.agree(engine, written)

    run(story())
    live.stop()


@ON_SQLITE
def test_a_half_open_connection_is_found_out(settings: Settings, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(harness.OPTIONS, "ws_ping_interval", 0.3)
    monkeypatch.setitem(harness.OPTIONS, "ws_ping_timeout", 0.3)
    live = Server(settings, written.ref).start()

    async def story() -> None:
        (silent, _), (present, _) = await live.join(written.first, 1), await live.join(written.first, 2)
        await present.until(lambda: not alone(present))
        deaf(silent)
        await present.until(lambda: alone(present), 10)
        await present.disconnect()
        silent.kill()

    run(story())
    live.stop()
