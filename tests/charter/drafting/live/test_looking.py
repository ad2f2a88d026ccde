"""The look at all the texts of a process at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from charter.accounts.services import open_session
from charter.drafting.live import looking
from charter.drafting.live.rights import stored
from charter.drafting.live.store import TextInfo, text_infos
from charter.drafting.models import Text
from charter.work import Engine
from tests import factories
from tests.charter.drafting.live.harness import run
from workflows.lifecycle import AllianceStatus


class Told:
    """A room that remembers whether it was told."""

    def __init__(self, ref: str, *, broken: bool = False) -> None:
        self.info = TextInfo(ord(ref), ref, False, ())
        self.looking = asyncio.Lock()
        self.told, self.broken = False, broken

    def present(self) -> dict[Any, Any]:
        """Nobody."""
        return {}

    def see(self, info: TextInfo | None) -> None:
        """What was read."""
        assert self.looking.locked() and info == self.info
        if self.broken:
            raise ValueError("broken")
        self.told = True


async def looked_at(rooms: list[Told], still: Callable[[Any], bool]) -> list[str]:
    """The refs of the rooms that were told something."""

    async def query(_read: Any, _write: bool) -> Any:
        return {room.info.ref: room.info for room in rooms}, {}

    await looking.together(rooms, query, None, datetime.now(UTC), still)  # type: ignore[arg-type]
    return [room.info.ref for room in rooms if room.told]


def test_a_room_that_cannot_be_told_does_not_keep_the_others_from_it() -> None:
    async def story() -> None:
        rooms = [Told("a", broken=True), Told("b")]
        assert await looked_at(rooms, lambda _: True) == ["b"]
        assert not any(room.looking.locked() for room in rooms)

    run(story())


def test_a_room_closed_meanwhile_is_told_nothing() -> None:
    async def story() -> None:
        assert await looked_at([Told("a"), Told("b")], lambda room: room.info.ref != "a") == ["b"]

    run(story())


def test_a_room_somebody_is_looking_at_is_left_to_them() -> None:
    async def story() -> None:
        rooms = [Told("a"), Told("b")]
        await rooms[0].looking.acquire()
        assert await looked_at(rooms, lambda _: True) == ["b"]
        assert rooms[0].looking.locked()

    run(story())


def test_what_each_may_do_is_told_text_by_text(engine: Engine) -> None:
    with engine.work() as work:
        alliances = [factories.alliance(work), factories.alliance(work)]
        texts = [work.add(Text(alliance_id=alliance.id, title="Charte", version=1)) for alliance in alliances]
        for alliance in alliances:
            alliance.status = AllianceStatus.drafting
        people = [alliance.parties[0].members[0].person for alliance in alliances]
        one, two = ((person.id, str(open_session(work, person)[1].id)) for person in people)
        work.session.flush()
        asked = {texts[0].id: {one, two}, texts[1].id: {two, (one[0], two[1])}}
        assert stored(work.session, asked, work.now()) == {texts[0].id: {one: True}, texts[1].id: {two: True}}
        assert set(text_infos(work.session, [texts[0].ref, texts[1].ref, "none"])) == {texts[0].ref, texts[1].ref}
