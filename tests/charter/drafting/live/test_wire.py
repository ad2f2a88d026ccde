"""The short way for small frames: the same messages, in the same order, as the long one."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from charter.drafting.live.peer import Peer
from charter.drafting.live.tokens import Identity
from charter.drafting.live.wire import EXTENSION, LiveProtocol, framed

ANNA = Identity("text", 1, "Anna", "Les Passerelles", 1, "A", True, "12")
HANDSHAKE = (
    b"GET /live/x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def sent(message: bytes | str, *, fin: bool = True, opcode: Opcode | None = None) -> bytes:
    """A client's frame."""
    data, kind = (message.encode(), Opcode.TEXT) if isinstance(message, str) else (message, Opcode.BINARY)
    return Frame(kind if opcode is None else opcode, data, fin).serialize(mask=True)


class Socket(asyncio.Transport):
    """A transport that remembers what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        """Keeps it."""
        self.written += bytes(data)

    def is_closing(self) -> bool:
        """True once closed."""
        return self.closed

    def close(self) -> None:
        """Closes."""
        self.closed = True

    def pause_reading(self) -> None:
        """Nothing to pause."""

    def resume_reading(self) -> None:
        """Nothing to resume."""


class Application:
    """Accepts, and listens in both ways; `slow` messages are refused on the short one. `heard` is everything, in order."""

    def __init__(self, slow: tuple[bytes, ...] = ()) -> None:
        self.slow, self.heard, self.ways = slow, list[Any](), list[str]()
        self.wire: LiveProtocol | None = None

    def hear(self, data: bytes) -> bool:
        """The short way."""
        if data in self.slow:
            return False
        self.heard.append(data)
        self.ways.append("short")
        return True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The long way."""
        self.wire = scope["extensions"][EXTENSION]
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            self.wire.listen(self.hear)
            event = await receive()
            if event["type"] != "websocket.receive":
                return
            await asyncio.sleep(0)
            self.heard.append(event["bytes"] if event.get("bytes") is not None else event["text"])
            self.ways.append("long")


async def connected(application: Application) -> tuple[LiveProtocol, Socket]:
    """A connection past its handshake."""
    config = Config(application, ws=LiveProtocol, ws_per_message_deflate=False, lifespan="off")
    config.load()
    protocol, socket = LiveProtocol(config, ServerState(), {}), Socket()
    protocol.connection_made(socket)
    protocol.data_received(HANDSHAKE)
    await settled()
    socket.written = b""
    return protocol, socket


async def settled() -> None:
    """Lets every task have its turns."""
    for _ in range(30):
        await asyncio.sleep(0)


MESSAGES: list[bytes | str] = [b"", b"a", b"b" * 125, b"c" * 126, b"d" * 65535, b"e" * 65536, "texte", b"f", b"slow", b"g", "fin", b"h"]


@pytest.mark.parametrize("cut", [1, 3, 7, 130, 1000, 10**6])
def test_every_message_arrives_once_in_order_however_the_bytes_are_cut(cut: int) -> None:
    async def story() -> Application:
        application = Application(slow=(b"slow",))
        protocol, _ = await connected(application)
        whole = b"".join(sent(message) for message in MESSAGES)
        for number, at in enumerate(range(0, len(whole), cut)):
            protocol.data_received(whole[at : at + cut])
            if number % 3 == 0:
                await asyncio.sleep(0)
        await settled()
        return application

    application = asyncio.run(story())
    assert application.heard == MESSAGES


def test_small_messages_take_the_short_way_and_pings_are_answered_between_them() -> None:
    async def story() -> tuple[Application, bytes]:
        application = Application()
        protocol, socket = await connected(application)
        protocol.data_received(sent(b"one") + sent(b"", opcode=Opcode.PING) + sent(b"two"))
        protocol.data_received(sent(b"thr", fin=False) + sent(b"ee", opcode=Opcode.CONT))
        await settled()
        protocol.data_received(sent(b"four"))
        return application, socket.written

    application, written = asyncio.run(story())
    assert application.heard == [b"one", b"two", b"three", b"four"]
    assert application.ways[0] == application.ways[-1] == "short" and application.ways[2] == "long"
    assert written[0] == 0x8A


@pytest.mark.parametrize("message", [b"", b"x" * 125, b"x" * 126, b"x" * 70000, "é" * 100])
def test_a_frame_is_what_the_library_would_write(message: bytes | str) -> None:
    data, kind = (message.encode(), Opcode.TEXT) if isinstance(message, str) else (message, Opcode.BINARY)
    assert framed(message) == Frame(kind, data).serialize(mask=False)


class Wire:
    """What a peer writes to: takes everything while `open`."""

    def __init__(self, order: list[str]) -> None:
        self.open, self.order = True, order

    def write(self, frame: bytes) -> bool:
        """A frame at once."""
        if self.open:
            self.order.append(frame[2:].decode())
        return self.open


def test_nothing_overtakes_what_a_slow_reader_has_not_been_sent() -> None:
    order: list[str] = []
    wire, gate = Wire(order), asyncio.Event()

    async def send(event: Any) -> None:
        await gate.wait()
        order.append(event["text"])

    async def story() -> None:
        gate.set()
        peer = Peer(ANNA)
        numbers = itertools.count()
        pump = asyncio.create_task(peer.pump(send, wire))  # type: ignore[arg-type]
        peer.send(str(next(numbers)))
        await settled()
        peer.send(str(next(numbers)))
        wire.open = False
        gate.clear()
        peer.send(str(next(numbers)))
        await settled()
        wire.open = True  # the socket takes more, but the pump still holds a message
        peer.send(str(next(numbers)))
        gate.set()
        await settled()
        peer.send(str(next(numbers)))
        pump.cancel()

    asyncio.run(story())
    assert order == [str(number) for number in range(5)]
