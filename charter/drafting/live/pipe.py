"""Passing a connection on to the process that owns the text, so that any process may be reached."""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from charter.drafting.live.protocol import NORMAL, RESTART

HOP = "x-live-hop"
OPEN_TIMEOUT = 3
_SAYABLE = range(3000, 5000)


async def pipe(url: str, path: str, query: str, origin: str | None, receive: Any, send: Any) -> None:
    """Joins this connection to the owner's at `url`. When the owner cannot be reached or goes, the connection ends with 1012
    (« service restart »): the browser comes back, and by then the lease has a new holder."""
    try:
        async with connect(
            f"{url}{path}?{query}",
            origin=origin,  # type: ignore[arg-type]
            additional_headers={HOP: "1"},
            compression=None,
            max_size=None,
            open_timeout=OPEN_TIMEOUT,
            proxy=None,
        ) as owner:
            await send({"type": "websocket.accept"})
            await _join(owner, receive, send)
    except (OSError, TimeoutError, WebSocketException):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": RESTART})


async def _join(owner: ClientConnection, receive: Any, send: Any) -> None:
    down = asyncio.create_task(_down(owner, send))
    up = asyncio.create_task(_up(owner, receive))
    _, pending = await asyncio.wait({down, up}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(down, up, return_exceptions=True)
    if down.done() and not down.cancelled():
        code = owner.close_code
        await send({"type": "websocket.close", "code": code if code in (NORMAL, *_SAYABLE) or code in range(1007, 1014) else RESTART})


async def _down(owner: ClientConnection, send: Any) -> None:
    async for message in owner:
        await send({"type": "websocket.send", "text" if isinstance(message, str) else "bytes": message})


async def _up(owner: ClientConnection, receive: Any) -> None:
    try:
        while (event := await receive())["type"] == "websocket.receive":
            await owner.send(event["bytes"] if event.get("bytes") is not None else event["text"])
    except ConnectionClosed:
        # `_down` sees it too, and says why.
        await asyncio.sleep(OPEN_TIMEOUT)
