"""The ASGI application of live editing: `/live/<text ref>?token=…` (WebSocket). It needs nothing of Flask.

Run it with uvicorn, `--ws charter.drafting.live.wire:LiveProtocol --no-ws-per-message-deflate --ws-max-size 2097152`, or mount it beside
Flask in one ASGI application that passes it the `lifespan` events too (or calls `start` and `stop`). Any other protocol does as well,
more slowly.
"""

from __future__ import annotations

import asyncio
import gc
import re
import sys
from collections.abc import Collection
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError

from charter.adapters.bus import Bus
from charter.adapters.clock import Clock
from charter.adapters.db import Database
from charter.drafting.live import protocol, tokens
from charter.drafting.live.ownership import Alone, Elsewhere, Ownership, RedisOwnership, Unknown
from charter.drafting.live.peer import Peer
from charter.drafting.live.pipe import HOP, pipe
from charter.drafting.live.reader import Reader
from charter.drafting.live.rights import Rights, stored
from charter.drafting.live.room import Room
from charter.drafting.live.rooms import IDLE, Crowded, NoSuchText, Rooms
from charter.drafting.live.schema import VERSION
from charter.drafting.live.wire import EXTENSION, LiveProtocol
from charter.work import Engine

log = structlog.get_logger()
Scope = dict[str, Any]

_PATH = re.compile(r"/live/([A-Za-z0-9_-]{1,64})/?")
FORBIDDEN = 4403
SWITCH_SECONDS = 0.001
COLLECT_AFTER = (10_000, 20, 50)

LOOPBACK_NAMES = ("127.0.0.1", "localhost")


class LiveServer:
    """Live editing as an ASGI application. `origins` are those of the pages that may connect, as `https://host[:port]`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        *,
        secret_key: str,
        origins: Collection[str],
        ownership: Ownership | None = None,
        rights: Rights | None = None,
        idle: float = IDLE,
    ) -> None:
        self._secret, self._origins = secret_key, frozenset(origins)
        self._ownership = ownership or Alone()
        self._make_rooms = partial(Rooms, database, clock, bus, self._ownership, rights, idle=idle)
        self._rooms: Rooms | None = None

    @classmethod
    def from_engine(cls, engine: Engine, rights: Rights | None = stored) -> LiveServer:
        """As the settings say: alone in embedded mode, sharing texts with the other live processes through Redis in full mode.

        `rights` None believes each token for as long as its connection lasts."""
        settings = engine.settings
        own_url = settings.live_url or f"ws://{settings.host}:{settings.port}"
        return cls(
            engine.database,
            engine.clock,
            engine.bus,
            secret_key=settings.secret_key,
            origins=origins(settings.public_url),
            rights=rights,
            ownership=None if settings.embedded else RedisOwnership(settings.redis_url, own_url.rstrip("/")),
        )

    async def start(self) -> None:
        """Opens for connections."""
        # What was imported stays: collecting it again and again would stop everybody for a tenth of a second each time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        # The thread that stores gives way to the event loop sooner.
        sys.setswitchinterval(SWITCH_SECONDS)
        self._rooms = self._make_rooms()
        self._rooms.start()

    async def stop(self) -> None:
        """Says goodbye, stores everything, gives the texts back."""
        if self._rooms is not None:
            await self._rooms.stop()
            await self._ownership.close()
            self._rooms = None

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """ASGI: `websocket` and `lifespan`; any HTTP request is answered 404."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _websocket(self, scope: Scope, receive: Any, send: Any) -> None:
        await receive()
        identity = self._identify(scope)
        if identity is None or self._rooms is None:
            # Closing before accepting makes uvicorn answer HTTP 403.
            await send({"type": "websocket.close", "code": FORBIDDEN})
            return
        if identity.schema != VERSION:
            # It would delete the nodes it does not know. One that is ahead of us finds our successor when it comes again.
            await _turn_away(send, protocol.Bye.outdated if identity.schema < VERSION else protocol.Bye.restart)
            return
        peer = Peer(identity)
        try:
            room = await self._rooms.join(identity.text, peer)
        except Elsewhere as elsewhere:
            await self._pass_on(elsewhere.url, scope, receive, send)
        except NoSuchText:
            await send({"type": "websocket.close", "code": FORBIDDEN})
        except Crowded:
            await _turn_away(send, protocol.Bye.overloaded)
        except (Unknown, SQLAlchemyError) as error:
            log.warning("live_unavailable", text=identity.text, error=str(error))
            await _turn_away(send)
        else:
            await self._serve(self._rooms, room, peer, receive, send, scope.get("extensions", {}).get(EXTENSION))

    def _identify(self, scope: Scope) -> tokens.Identity | None:
        path = _PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
        came_from = header(scope, "origin")
        # A browser always says its origin; a program has none, and only its token to come in with.
        if path is None or (came_from is not None and came_from not in self._origins):
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[-1]
        try:
            return tokens.read(self._secret, given, path.group(1))
        except tokens.BadToken as error:
            log.info("live_token_refused", reason=str(error))
            return None

    async def _pass_on(self, url: str, scope: Scope, receive: Any, send: Any) -> None:
        if header(scope, HOP) is not None:
            await _turn_away(send)
            return
        await pipe(url, scope["path"], scope["query_string"].decode("latin-1"), header(scope, "origin"), receive, send)

    async def _serve(self, rooms: Rooms, room: Room, peer: Peer, receive: Any, send: Any, wire: LiveProtocol | None) -> None:
        try:
            await send({"type": "websocket.accept"})
            pump = asyncio.create_task(peer.pump(send, wire))
            reader = asyncio.create_task(Reader(room, peer, wire).run(receive))
            done, pending = await asyncio.wait({pump, reader}, return_when=asyncio.FIRST_COMPLETED)
            if reader in done and peer.leaving:
                await asyncio.wait({pump}, timeout=1)
            for task in pending:
                task.cancel()
            for result in await asyncio.gather(pump, reader, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, OSError):
                    log.error("live_connection_failed", error=repr(result), text=room.info.ref)
        finally:
            rooms.leave(room, peer)
            if wire is not None:
                wire.cut()


async def _turn_away(send: Any, reason: protocol.Bye = protocol.Bye.restart) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": protocol.control("bye", reason=reason)})
    await send({"type": "websocket.close", "code": protocol.TRY_LATER})


def header(scope: Scope, name: str) -> str | None:
    """A request header's value, None when it is not there."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), None)


def origins(url: str) -> frozenset[str]:
    """`https://host:port` of the public address, as a browser says it; on this machine alone, by either of its names."""
    parts = urlsplit(url)
    hosts = {parts.netloc}
    if parts.hostname in LOOPBACK_NAMES:
        hosts |= {f"{name}:{parts.port}" if parts.port else name for name in LOOPBACK_NAMES}
    return frozenset(f"{parts.scheme}://{host}" for host in hosts)
