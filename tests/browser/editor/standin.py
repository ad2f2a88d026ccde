"""A relay that speaks the live protocol, in memory."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from charter.drafting.live.protocol import Kind, build, control, parse


class Room:
    def __init__(self, articles: list[dict[str, Any]]) -> None:
        self.articles = articles
        self.docs = {a["ref"]: self._seed(a["text"]) for a in articles}
        self.clients: list[Client] = []
        self.frozen = False
        self.hold_acks = False
        self.refuse: str | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.down = False

    def _seed(self, text: str) -> Doc:
        doc: Doc = Doc()
        doc["content"] = fragment = XmlFragment()
        fragment.children.append(XmlElement("paragraph", {}, [XmlText(text)]))
        return doc

    def infos(self) -> list[dict[str, Any]]:
        return [{k: a[k] for k in ("ref", "title", "number", "epoch")} for a in self.articles]

    async def presence(self) -> None:
        people = [{**c.you, "article": c.article, "typing": c.typing, "clients": c.ids} for c in self.clients]
        await self.tell("presence", people=people)

    async def tell(self, kind: str, **fields: Any) -> None:
        for client in list(self.clients):
            await client.text(control(kind, **fields))

    def do(self, coroutine: Any) -> Any:
        assert self.loop
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    def freeze(self) -> None:
        self.frozen = True
        self.do(self.tell("frozen"))

    def close_all(self) -> None:
        async def close() -> None:
            for client in list(self.clients):
                await client.send({"type": "websocket.close", "code": 1012})

        self.do(close())

    def reset(self, ref: str, text: str) -> None:
        info = next(a for a in self.articles if a["ref"] == ref)
        info["epoch"] += 1
        self.docs[ref] = self._seed(text)
        self.do(self.tell("reset", article=ref, epoch=info["epoch"]))

    def text(self, ref: str) -> str:
        async def read() -> str:
            return str(self.docs[ref].get("content", type=XmlFragment))

        return self.do(read())


class Client:
    def __init__(self, room: Room, you: dict[str, Any], can_write: bool, send: Any) -> None:
        self.room, self.you, self.can_write, self.send = room, you, can_write, send
        self.article: str | None = None
        self.typing = False
        self.ids: dict[str, int] = {}

    async def text(self, data: str) -> None:
        await self._send({"type": "websocket.send", "text": data})

    async def bytes(self, data: bytes) -> None:
        await self._send({"type": "websocket.send", "bytes": data})

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self.send(message)
        except Exception:
            if self in self.room.clients:
                self.room.clients.remove(self)

    async def control(self, message: dict[str, Any]) -> None:
        if message["type"] == "client":
            self.ids[message["article"]] = message["client_id"]
            await self.room.presence()
        elif message["type"] == "at":
            self.article, self.typing = message["article"], message["typing"]
            await self.room.presence()

    async def frame(self, data: bytes) -> None:
        frame = parse(data, sequenced=True)
        doc = self.room.docs[frame.article]
        if frame.kind is Kind.SYNC1:
            await self.bytes(build(Kind.SYNC2, frame.article, doc.get_update(frame.payload)))
            await self.bytes(build(Kind.SYNC1, frame.article, doc.get_state()))
        elif frame.kind is Kind.UPDATE:
            await self.update(frame, doc)
        elif frame.kind is Kind.AWARENESS:
            for other in self.room.clients:
                if other is not self:
                    await other.bytes(data)

    async def update(self, frame: Any, doc: Doc) -> None:
        reason = "frozen" if self.room.frozen else "read_only" if not self.can_write else self.room.refuse
        if reason:
            await self.text(control("refused", article=frame.article, seq=frame.seq, reason=reason))
            return
        doc.apply_update(frame.payload)
        for other in self.room.clients:
            if other is not self:
                await other.bytes(build(Kind.UPDATE, frame.article, frame.payload))
        if not self.room.hold_acks:
            await self.text(control("ack", article=frame.article, seq=frame.seq))


def live(room: Room, people: dict[str, dict[str, Any]]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        token = parse_qs(scope["query_string"].decode())["token"][0]
        person, _, mode = token.partition(".")
        await receive()
        if room.down:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        client = Client(room, people[person], mode == "write", send)
        room.clients.append(client)
        await client.text(
            control("hello", you=people[person], articles=room.infos(), frozen=room.frozen, can_write=client.can_write)
        )
        await room.presence()
        while (message := await receive())["type"] != "websocket.disconnect":
            if message.get("text"):
                await client.control(json.loads(message["text"]))
            elif message.get("bytes"):
                await client.frame(message["bytes"])
        if client in room.clients:
            room.clients.remove(client)
        await room.presence()

    return app
