"""People who type at once in one article, lose their connection, come back, and in the end must all read the same: what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from charter.drafting.live import content
from charter.drafting.live.client import ClientArticle, LiveClient
from charter.drafting.models import Article
from charter.work import Engine
from tests.charter.drafting.live.conftest import Written
from tests.charter.drafting.live.harness import words, write

AHEAD = 3
"""Words somebody types before the first of them is acknowledged."""
KNOCK_EVERY = 0.1
"""Seconds between two tries to come back, as a browser makes them."""


@dataclass
class Typist:
    """Somebody with one article open. Each word they type is unlike any other; `acknowledged` are those the server said it stored."""

    client: LiveClient
    ref: str
    number: int
    typed: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    _sent: dict[str, int] = field(default_factory=dict)

    @property
    def article(self) -> ClientArticle:
        """Their copy of the article."""
        return self.client.articles[self.ref]

    @property
    def gone(self) -> bool:
        """True when the connection is lost."""
        return self.client.close_code is not None

    async def arrive(self) -> None:
        """Connects and opens the article."""
        await self.back()
        await self.client.open(self.ref)

    async def back(self, within: float = 20) -> None:
        """Connects, as often as it takes; what was open is open again. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not await self._knock():  # noqa: ASYNC110 (another process answers, or does not)
                await asyncio.sleep(KNOCK_EVERY)

    async def _knock(self) -> bool:
        try:
            await self.client.connect()
        except (OSError, WebSocketException):
            return False
        await self.client.until(lambda: bool(self.client.hello) or self.gone)
        return not self.gone

    def type(self) -> str:
        """Types one word more, before the others; gives it."""
        word = f"<{self.number}:{len(self.typed)}>"
        before = set(self.article.unsaved)
        write(self.article, word, 0)
        self.typed.append(word)
        if sent := self.article.unsaved - before:
            self._sent[word] = max(sent)
        return word

    def count(self) -> None:
        """Notes what was acknowledged. To be called before coming back: what was sent on a connection is acknowledged on it only."""
        safe = {word for word, seq in self._sent.items() if seq not in self.article.unsaved}
        self.acknowledged |= safe
        for word in safe:
            del self._sent[word]

    async def keep_up(self) -> None:
        """Waits until most of it is acknowledged, or the connection is lost."""
        await self.client.until(lambda: len(self.article.unsaved) < AHEAD or self.gone)
        self.count()

    def reads(self, text: str) -> Callable[[], bool]:
        """True when their copy reads `text`."""
        return lambda: words(self.article) == text


class Crowd:
    """Typists, and the moments the test waits for."""

    def __init__(self, people: Iterable[Typist]) -> None:
        self.people = list(people)
        self._moments: list[tuple[int, asyncio.Event]] = []

    @property
    def acknowledged(self) -> int:
        """Words acknowledged so far."""
        return sum(len(one.acknowledged) for one in self.people)

    async def arrive(self) -> None:
        """Everybody comes in together."""
        await asyncio.gather(*(one.arrive() for one in self.people))

    async def type(self, one: Typist, count: int, *, returns: bool = True) -> None:
        """One of them types so many words; when the connection is lost, goes on, and comes back unless told otherwise."""
        while len(one.typed) < count:
            one.type()
            await one.keep_up()
            self._look()
            if one.gone:
                if not returns:
                    return
                one.type()  # offline
                await one.back()

    async def everybody_types(self, count: int, leaving: Sequence[Typist] = ()) -> None:
        """All at once; those `leaving` do not come back from a loss."""
        await asyncio.gather(*(self.type(one, count, returns=one not in leaving) for one in self.people))

    async def reached(self, count: int) -> None:
        """Waits until so many words were acknowledged."""
        moment = asyncio.Event()
        self._moments.append((count, moment))
        self._look()
        await moment.wait()

    def _look(self) -> None:
        for count, moment in self._moments:
            if self.acknowledged >= count:
                moment.set()

    async def agree(self, engine: Engine, written: Written, gone: Sequence[Typist] = ()) -> str:
        """Everything is stored, everybody reads what is stored, each word is there once: those typed by people who are still here, and
        of the others at least those that were acknowledged. Gives the text, and sends everybody home."""
        here = [one for one in self.people if one not in gone]
        await asyncio.gather(*(one.client.saved() for one in here))
        text = await asyncio.to_thread(stored, engine, written)
        await asyncio.gather(*(one.client.until(one.reads(text)) for one in here))
        await asyncio.gather(*(one.client.disconnect() for one in here))
        owed = {word for one in here for word in one.typed} | {word for one in gone for word in one.acknowledged}
        typed = [word for one in self.people for word in one.typed]
        assert [word for word in owed if text.count(word) != 1] == []
        assert [word for word in typed if text.count(word) > 1] == []
        assert text.count("Début.") == 1
        return text


def stored(engine: Engine, written: Written) -> str:
    """What the database holds of the first article: one paragraph, its words."""
    with engine.work(write=False) as work:
        (paragraph,) = content.read(work.session, work.get(Article, written.first_id)).nodes
    return "".join(str(run["text"]) for run in paragraph["content"])


def together(clients: Iterable[LiveClient], written: Written) -> Crowd:
    """These clients around the first article."""
    return Crowd(Typist(client, written.first, number) for number, client in enumerate(clients, start=1))
