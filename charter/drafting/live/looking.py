"""The look at every text of a process, every few seconds: notices may be lost, and what they say is found here. A handful of queries for
all the rooms together, for a room by itself would pay for as many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from charter.drafting.live import store
from charter.drafting.live.peer import Peer
from charter.drafting.live.rights import Rights, Who
from charter.drafting.live.room import Room

log = structlog.get_logger()
Query = Callable[[Callable[[Session], Any], bool], Awaitable[Any]]


async def together(rooms: Sequence[Room], query: Query, rights: Rights | None, now: datetime, still: Callable[[Room], bool]) -> None:
    """Looks at those rooms that nobody else is looking at, and tells each that is `still` open what is different. Raises what `query`
    does, before anything is told; what goes wrong in one room does not keep the others from being told."""
    async with AsyncExitStack() as held:
        free = [room for room in rooms if not room.looking.locked()]
        for room in free:
            await held.enter_async_context(room.looking)
        present = {room: room.present() for room in free}
        seen, may_write = await query(lambda session: _read(session, present, rights, now), False)
        for room in filter(still, free):
            try:
                _tell(room, seen.get(room.info.ref), present[room], None if rights is None else may_write.get(room.info.id, {}))
            except Exception as error:
                log.warning("live_look_again_failed", text=room.info.ref, error=repr(error))


def _read(session: Session, present: Mapping[Room, Mapping[Peer, Who]], rights: Rights | None, now: datetime) -> tuple[Any, Any]:
    asked = {room.info.id: set(people.values()) for room, people in present.items() if people}
    return store.text_infos(session, [room.info.ref for room in present]), rights(session, asked, now) if rights and asked else {}


def _tell(room: Room, seen: store.TextInfo | None, present: Mapping[Peer, Who], may_write: Mapping[Who, bool] | None) -> None:
    room.see(seen)
    if seen is not None and may_write is not None:
        room.judge(present, may_write)
