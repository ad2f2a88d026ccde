"""What one connection says, in the order it said it."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from charter.drafting.live import protocol
from charter.drafting.live.allowance import Allowance
from charter.drafting.live.peer import Peer
from charter.drafting.live.room import Room
from charter.drafting.live.wire import LiveProtocol

log = structlog.get_logger()


class Reader:
    """Passes a peer's messages to its room. With a `wire`, frames come straight from it; control messages, and whoever must be made to
    wait, come through `receive`, and nothing overtakes them."""

    def __init__(self, room: Room, peer: Peer, wire: LiveProtocol | None) -> None:
        self._room, self._peer, self._wire = room, peer, wire
        self._allowance = Allowance()
        self._pause = 0.0

    async def run(self, receive: Any) -> None:
        """Reads until the connection ends, or the server ends it."""
        while True:
            if self._wire is not None:
                self._wire.listen(self._hear)
            event = await receive()
            if event["type"] != "websocket.receive" or self._peer.leaving:
                return
            await self._slowly(event.get("bytes"), event.get("text"))

    def _hear(self, data: bytes) -> bool:
        if self._peer.leaving:
            return True
        self._pause = self._allowance.spend(len(data))
        if self._pause > 0:
            return False  # counted already: it comes again through `receive`, and waits there
        self._frame(data)
        return True

    async def _slowly(self, data: bytes | None, text: str | None) -> None:
        pause, self._pause = self._pause, 0.0
        if (pause := pause or self._allowance.spend(len(data or text or ""))) > 0:
            await asyncio.sleep(pause)
        if data is not None:
            self._frame(data)
            return
        try:
            await self._room.control(self._peer, protocol.parse_control(text or ""))
        except protocol.BadFrame as error:
            self._offended(error)
        except SQLAlchemyError as error:
            log.warning("live_unavailable", text=self._room.info.ref, error=str(error))
            self._peer.leave(protocol.Bye.restart)

    def _frame(self, data: bytes) -> None:
        try:
            self._room.frame(self._peer, protocol.parse(data, sequenced=True))
        except protocol.BadFrame as error:
            self._offended(error)

    def _offended(self, error: protocol.BadFrame) -> None:
        log.info("live_bad_frame", reason=str(error), person=self._peer.identity.person)
        self._peer.offend()
