"""Every text this process has open. A room is opened once however many arrive together, and closed without racing an arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.orm import Session

from charter.adapters.bus import Bus, Message
from charter.adapters.clock import Clock
from charter.adapters.db import Database, is_away
from charter.drafting.live import looking, notices, store
from charter.drafting.live.ownership import Ownership
from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import Bye
from charter.drafting.live.rights import Rights
from charter.drafting.live.room import Means, Room
from charter.drafting.live.writer import Writer

log = structlog.get_logger()

IDLE = 3.0
LOOK_AGAIN_EVERY = 5.0
MAX_EACH = 20
"""Connections of one person to one text: windows left open, and half-open ones not yet found dead."""


class NoSuchText(LookupError):
    """No text has this ref."""


class Crowded(RuntimeError):
    """This person has MAX_EACH connections to this text already."""


class Rooms:
    """The registry. `join` and `leave` are for connections; `listen` obeys the bus."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, ownership: Ownership, rights: Rights | None = None, *, idle: float = IDLE
    ) -> None:
        self._database, self._clock, self._bus, self._ownership, self._idle = database, clock, bus, ownership, idle
        self._rights = rights
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="live-db")
        self.writer = Writer(database, clock, self._pool)
        self._rooms: dict[str, Room] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[Any]] = set()
        ownership.on_lost(self._lost_lease)

    def start(self) -> None:
        """Starts storing, listening and looking again."""
        self.writer.start()
        self._spawn(self._listen())
        self._spawn(self._look_again())

    async def stop(self) -> None:
        """Says goodbye to everybody, stores everything, gives the texts back."""
        for room in self._rooms.values():
            for peer in room.peers:
                peer.leave(Bye.restart)
        for ref in list(self._rooms):
            async with self._lock(ref):
                await self._shut(ref)
        await self.writer.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._pool.shutdown(wait=False)

    async def join(self, ref: str, peer: Peer) -> Room:
        """The peer enters the text's room. Raises NoSuchText, Crowded, and `ownership.Elsewhere` when another process has it."""
        async with self._lock(ref):
            room = self._rooms.get(ref)
            if room is None:
                room = self._rooms[ref] = await self._open(ref)
            if sum(other.identity.person == peer.identity.person for other in room.peers) >= MAX_EACH:
                raise Crowded
            room.enter(peer)
            return room

    def leave(self, room: Room, peer: Peer) -> None:
        """The peer is gone; an empty room closes after a while."""
        room.leave(peer)
        if not room.peers:
            asyncio.get_running_loop().call_later(self._idle, lambda: self._spawn(self._close_idle(room)))

    def _lock(self, ref: str) -> asyncio.Lock:
        # Kept alive by those who wait on it or hold it, then forgotten.
        return self._locks.setdefault(ref, asyncio.Lock())

    async def _open(self, ref: str) -> Room:
        info = await self.query(lambda session: store.text_info(session, ref), False)
        if info is None:
            raise NoSuchText(ref)
        await self._ownership.acquire(ref)
        try:
            fence = await self.query(lambda session: store.take(session, info.id), True)
            # Read again under our fence: until it was taken another process could still store.
            info = await self.query(lambda session: store.text_info(session, ref), False)
        except BaseException:
            await self._ownership.release(ref)
            raise
        return Room(info, fence, Means(self.query, self.writer, self._lost, self._clock, self._rights))

    async def _close_idle(self, room: Room) -> None:
        ref = room.info.ref
        async with self._lock(ref):
            if self._rooms.get(ref) is room and not room.peers:
                await self._shut(ref)

    async def _shut(self, ref: str) -> None:
        room = self._rooms.get(ref)
        if room is None:
            return
        await room.close()
        self._rooms.pop(ref, None)
        await self._ownership.release(ref)

    def _lost(self, room: Room) -> None:
        """Another process owns the text: everybody goes there."""
        if self._rooms.get(room.info.ref) is not room:
            return
        log.warning("live_room_lost", text=room.info.ref)
        del self._rooms[room.info.ref]
        for peer in room.peers:
            peer.leave(Bye.restart)
        self._spawn(room.close(keep=False))
        self._spawn(self._ownership.release(room.info.ref))

    def _lost_lease(self, ref: str) -> None:
        if (room := self._rooms.get(ref)) is not None:
            self._lost(room)

    async def query(self, function: Callable[[Session], Any], write: bool) -> Any:
        """Runs `function(session)` in a thread, and commits when `write`."""

        def run() -> Any:
            with self._database.session(write=write) as session:
                result = function(session)
                if write:
                    session.commit()
                return result

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)

    async def _listen(self) -> None:
        async for message in self._bus.subscribe(notices.CHANNEL):
            try:
                self._obey(message)
            except Exception as error:
                log.error("live_notice_failed", notice=message, error=repr(error))

    def _obey(self, message: Message) -> None:
        text = message.get("text")
        rooms = [room for ref, room in self._rooms.items() if text in (None, ref)]
        for room in rooms:
            match message["kind"]:
                case "frozen":
                    room.freeze()
                case "revoked":
                    room.revoke(message["person"])
                case "changed":
                    room.tell("changed", article=message["article"])
                case "articles" | "appended":
                    room.refresh()

    async def _look_again(self) -> None:
        # Notices may be lost (Redis restarting): what they say is found here a little later.
        while True:
            await asyncio.sleep(LOOK_AGAIN_EVERY)
            rooms = list(self._rooms.values())
            try:
                await looking.together(rooms, self.query, self._rights, self._clock.now(), self._still)
            except Exception as error:
                log.warning("live_look_again_failed", texts=len(rooms), error=repr(error))
                if not is_away(error):
                    await self._look_apart(rooms)

    async def _look_apart(self, rooms: Iterable[Room]) -> None:
        for room in rooms:
            try:
                await room.look_again()
            except Exception as error:
                # Whatever happened to one text, the others go on being looked at.
                log.warning("live_look_again_failed", text=room.info.ref, error=repr(error))

    def _still(self, room: Room) -> bool:
        return self._rooms.get(room.info.ref) is room

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
