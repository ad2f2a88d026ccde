"""A client of the live server: pycrdt documents kept in step over one WebSocket. For programs that edit as somebody present would."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pycrdt import Doc
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from charter.drafting.live.canonical import Node, fragment, nodes_from_doc
from charter.drafting.live.protocol import EMPTY_UPDATE, Kind, build, build_update, parse

Message = dict[str, Any]


class ClientArticle:
    """One article: `doc` to read and edit, `unsaved` sequence numbers the server has not acknowledged, `refusals` it gave."""

    def __init__(self, ref: str, epoch: int, send: Callable[[str, bytes], int | None]) -> None:
        self.ref, self.epoch = ref, epoch
        self.doc: Doc[Any] = Doc()
        self.root = fragment(self.doc)
        self.synced = False
        self.unsaved: set[int] = set()
        self.owing = False
        self.refusals: list[Message] = []
        self._send, self._remote = send, False
        self._subscription = self.doc.observe(self._on_change)

    def _on_change(self, event: Any) -> None:
        if self._remote:
            return
        seq = self._send(self.ref, bytes(event.update)) if self.synced else None
        if seq is None:
            self.owing = True
        else:
            self.unsaved.add(seq)

    def apply(self, update: bytes) -> None:
        """Takes in an update from the server."""
        self._remote = True
        try:
            self.doc.apply_update(update)
        finally:
            self._remote = False

    @property
    def saved(self) -> bool:
        """True when the server has everything this client wrote."""
        return self.synced and not self.unsaved and not self.owing

    @property
    def nodes(self) -> list[Node]:
        """The words as ProseMirror nodes."""
        return nodes_from_doc(self.doc)


class LiveClient:
    """`address` is called at each connection and gives the whole URL with a fresh token. After `disconnect` or a loss,
    `connect` again: what was written meanwhile, and what was never acknowledged, is sent."""

    def __init__(self, address: Callable[[], str] | Callable[[], Awaitable[str]], *, origin: str | None = None) -> None:
        self._address, self._origin = address, origin
        self.articles: dict[str, ClientArticle] = {}
        self.messages: list[Message] = []
        self.hello: Message = {}
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._seq = 0
        self._changed = asyncio.Condition()

    async def connect(self) -> None:
        """Connects, and opens again every article that was open. Raises `websockets.exceptions.InvalidStatus` when turned away."""
        address = self._address()
        url = address if isinstance(address, str) else await address
        self._socket = await connect(url, origin=self._origin, compression=None, max_size=None, proxy=None)  # type: ignore[arg-type]
        self.hello, self.close_code, self._outgoing = {}, None, asyncio.Queue()
        self._task = asyncio.create_task(self._run(self._socket))
        for article in self.articles.values():
            self._join(article)

    async def disconnect(self) -> None:
        """Ends the connection; the documents stay."""
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def kill(self) -> None:
        """Cuts the connection without a word, as a failing network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def open(self, ref: str, epoch: int | None = None) -> ClientArticle:
        """Opens an article and returns once it is synchronised."""
        await self.greeted()
        known = {article["ref"]: article["epoch"] for article in self.hello["articles"]}
        self.articles[ref] = ClientArticle(ref, epoch if epoch is not None else known.get(ref, 1), self._send_update)
        self._join(self.articles[ref])
        await self.until(lambda: self.articles[ref].synced)
        return self.articles[ref]

    def control(self, kind: str, **fields: Any) -> None:
        """Sends a control message."""
        self._outgoing.put_nowait(json.dumps({"type": kind, **fields}))

    def send_raw(self, frame: bytes) -> None:
        """Sends a binary frame as it is."""
        self._outgoing.put_nowait(frame)

    async def until(self, condition: Callable[[], bool], within: float = 15) -> None:
        """Waits until `condition()` holds; it is looked at after each message. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def greeted(self, within: float = 15) -> None:
        """Waits until the server has said hello. Raises TimeoutError."""
        await self.until(lambda: bool(self.hello), within)

    async def answered(self, within: float = 15) -> None:
        """Waits until the server has said anything at all: a hello, or why it hangs up. Raises TimeoutError."""
        await self.until(lambda: bool(self.messages), within)

    async def saved(self, within: float = 15) -> None:
        """Waits until the server has stored everything written here. Raises TimeoutError."""
        await self.until(lambda: all(article.saved for article in self.articles.values()), within)

    def _join(self, article: ClientArticle) -> None:
        article.synced = False
        article.owing = article.owing or bool(article.unsaved)
        article.unsaved.clear()
        self.control("open", article=article.ref, epoch=article.epoch)
        self.send_raw(build(Kind.SYNC1, article.ref, article.doc.get_state()))

    def _send_update(self, ref: str, update: bytes) -> int | None:
        if self._socket is None or self.close_code is not None:
            return None
        self._seq += 1
        self.send_raw(build_update(ref, self._seq, update))
        return self._seq

    async def _run(self, socket: ClientConnection) -> None:
        sender = asyncio.create_task(self._sending(socket))
        try:
            async for message in socket:
                self._take(message)
                async with self._changed:
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            self.close_code = socket.close_code or 1006
            for article in self.articles.values():
                article.synced = False
            async with self._changed:
                self._changed.notify_all()

    async def _sending(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.send(await self._outgoing.get())

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._take_control(json.loads(message))
            return
        frame = parse(message, sequenced=False)
        article = self.articles.get(frame.article)
        if article is None:
            return
        if frame.kind is Kind.SYNC2 or frame.kind is Kind.UPDATE:
            article.apply(frame.payload)
        elif frame.kind is Kind.SYNC1:
            self._answer(article, frame.payload)

    def _answer(self, article: ClientArticle, state: bytes) -> None:
        # Everything the server lacks in one piece: what was never acknowledged may rest on words only this client still has.
        missing = article.doc.get_update(state)
        article.synced = True
        # A difference always repeats every deletion: only structures are news, unless we know that we owe something.
        if article.owing or missing[0] != EMPTY_UPDATE[0]:
            article.owing = False
            if (seq := self._send_update(article.ref, missing)) is not None:
                article.unsaved.add(seq)

    def _take_control(self, message: Message) -> None:
        self.messages.append(message)
        article = self.articles.get(message.get("article", ""))
        match message["type"]:
            case "hello":
                self.hello = message
            case "ack" if article is not None:
                article.unsaved = {seq for seq in article.unsaved if seq > message["seq"]}
            case "refused" if article is not None:
                article.refusals.append(message)
                article.unsaved.discard(message["seq"])
            case "reset" if article is not None:
                fresh = self.articles[article.ref] = ClientArticle(article.ref, message["epoch"], self._send_update)
                self._join(fresh)
