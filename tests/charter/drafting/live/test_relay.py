"""Who is told of an update, and when: at once in a small room, merged with its followers in a larger one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pycrdt import Doc, Text

from charter.drafting.live import relay
from charter.drafting.live.protocol import Kind, parse
from charter.drafting.live.relay import FEW, Relay


class Listener:
    """A reader that remembers."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def send(self, message: bytes, frame: bytes | None = None) -> None:
        """Keeps the message."""
        self.frames.append(message)

    @property
    def words(self) -> str:
        """What its copy says."""
        doc: Doc[Any] = Doc()
        text = doc.get("text", type=Text)
        for frame in self.frames:
            parsed = parse(frame, sequenced=False)
            assert parsed.kind is Kind.UPDATE
            doc.apply_update(parsed.payload)
        return str(text)


def updates(count: int) -> list[bytes]:
    """Letters typed one after the other."""
    doc: Doc[Any] = Doc()
    text = doc.get("text", type=Text)
    made: list[bytes] = []
    subscription = doc.observe(lambda event: made.append(bytes(event.update)))
    for _ in range(count):
        text += "a"
    doc.unobserve(subscription)
    return made


async def told(readers: int, count: int, authors: int = 1) -> list[Listener]:
    """A room where `authors` write in turn, in one go."""
    room, people = Relay("article"), [Listener() for _ in range(readers)]
    room.readers.update(people)  # type: ignore[arg-type]
    for number, update in enumerate(updates(count)):
        room.update(update, people[number % authors])  # type: ignore[arg-type]
    for _ in range(10):
        await asyncio.sleep(0)  # a turn of the loop, in which what is due is sent
    room.stop()
    return people


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait of a larger room ends with the turn of the loop; the clock stands still."""
    monkeypatch.setattr(relay, "WINDOW", 1e-9)
    monkeypatch.setattr(relay, "monotonic", lambda: 0.0)


pytestmark = pytest.mark.usefixtures("at_once")


def test_a_small_room_is_told_each_update_at_once_but_not_its_author() -> None:
    author, *others = asyncio.run(told(FEW, 5))
    assert not author.frames
    assert [len(one.frames) for one in others] == [5] * (FEW - 1) and others[0].words == "aaaaa"


def test_a_larger_room_is_told_the_first_at_once_and_the_next_in_one_piece() -> None:
    author, *others = asyncio.run(told(FEW + 1, 5))
    assert not author.frames
    assert [len(one.frames) for one in others] == [2] * FEW and others[0].words == "aaaaa"


def test_what_several_wrote_goes_to_all_of_them() -> None:
    people = asyncio.run(told(FEW + 1, 5, authors=2))
    assert all(one.words == "aaaaa" for one in people[2:])
    assert all(len(one.frames) >= 1 for one in people)


def test_nobody_waits_longer_than_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(relay, "WINDOW", 120e-6)

    async def story() -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def noted(delay: float, *rest: Any) -> asyncio.TimerHandle:
            waits.append(delay)
            return later(0, *rest)

        monkeypatch.setattr(loop, "call_later", noted)
        await told(500, 2)

    asyncio.run(story())
    assert waits and max(waits) == relay.LONGEST
