"""One connection: who it is, where they are, and a bounded queue of what it must be sent."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from charter.drafting.live import protocol
from charter.drafting.live.protocol import Bye
from charter.drafting.live.tokens import Identity
from charter.drafting.live.wire import LiveProtocol, framed

Send = Callable[[Any], Awaitable[None]]
_numbers = itertools.count(1)

MAX_QUEUED = 2000
MAX_QUEUED_BYTES = 16 << 20
MAX_OFFENCES = 20
GRACE = 2.0
"""Seconds in which a connection that is ended must take its goodbye; who reads nothing is cut off then."""
CLOSE_CODES = {
    Bye.revoked: protocol.REVOKED,
    Bye.restart: protocol.RESTART,
    Bye.overloaded: protocol.TRY_LATER,
    Bye.invalid: protocol.POLICY,
    Bye.outdated: protocol.OUTDATED,
}


class Peer:
    """A connected person. `send` never waits: a connection that does not read is ended, and finds everything again on its return."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.number = next(_numbers)
        self.article: str | None = None
        self.typing = False
        self.client_ids: dict[str, int] = {}
        self.articles: set[str] = set()
        self._offences = 0
        self._queue: deque[str | bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._wire: LiveProtocol | None = None
        self._closing: int | None = None
        self._pump: asyncio.Task[None] | None = None

    @property
    def leaving(self) -> bool:
        """True once the server has decided to end the connection."""
        return self._closing is not None

    def send(self, message: str | bytes, frame: bytes | None = None) -> None:
        """Sends a message, at once when nothing is before it and its reader keeps up. `frame` is the same, framed already."""
        if self._closing is not None:
            return
        if self._wire is not None and self._wire.write(framed(message) if frame is None else frame):
            return
        self._wire = None  # until the pump has sent what is queued, nothing overtakes it
        self._bytes += len(message)
        self._queue.append(message)
        if len(self._queue) > MAX_QUEUED or self._bytes > MAX_QUEUED_BYTES:
            self._queue.clear()
            self.leave(Bye.overloaded)
        self._wake.set()

    def control(self, kind: str, **fields: Any) -> None:
        """Queues a control message."""
        self.send(protocol.control(kind, **fields))

    def leave(self, reason: Bye) -> None:
        """Says goodbye after what is already queued, then ends the connection."""
        if self.leaving:
            return
        self._queue.append(protocol.control("bye", reason=reason))
        self._closing = CLOSE_CODES[reason]
        self._wake.set()
        if self._pump is not None:
            # It may be held up by somebody who reads nothing, and would be for as long as their machine is there.
            asyncio.get_running_loop().call_later(GRACE, self._pump.cancel)

    def offend(self) -> None:
        """Counts an invalid message; somebody who sends nothing else is shown out."""
        self._offences += 1
        if self._offences > MAX_OFFENCES:
            self.leave(Bye.invalid)

    async def pump(self, send: Send, wire: LiveProtocol | None = None) -> None:
        """Sends what is queued until the connection ends; returns when the server ended it. What finds the queue empty goes by `wire`."""
        self._pump = asyncio.current_task()
        while True:
            while self._queue:
                message = self._queue.popleft()
                self._bytes -= len(message)
                await send({"type": "websocket.send", "text" if isinstance(message, str) else "bytes": message})
            if self._closing is not None:
                await send({"type": "websocket.close", "code": self._closing})
                return
            self._wake.clear()
            self._wire = wire
            await self._wake.wait()

    def presence(self) -> dict[str, Any]:
        """What the others may see of them; `clients` maps an article to the Yjs client number of their cursor."""
        return self.identity.public() | {"article": self.article, "typing": self.typing, "clients": self.client_ids}
