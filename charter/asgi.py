"""ASGI: Flask and live editing side by side (embedded mode), or each in a process of its own (full mode).

uvicorn charter.asgi:application    Flask + live editing
uvicorn charter.asgi:web            Flask alone
uvicorn charter.asgi:live           live editing alone
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from flask import Flask
from werkzeug.exceptions import ClientDisconnected

from charter.adapters.memory import settle
from charter.app import make_app
from charter.config import load
from charter.drafting.live.server import LiveServer
from charter.logs import configure
from charter.work import Engine

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
WEB_THREADS = 16


@lru_cache
def _engine() -> Engine:
    settings = load()
    configure(settings)
    return Engine(settings)


@lru_cache
def _web() -> Asgi:
    engine = _engine()
    flask = make_app(engine.settings, engine)
    settle()
    return over_asgi(flask)


def over_asgi(flask: Flask) -> Asgi:
    """The application on ASGI. Bodies end by themselves there, sent in chunks or not; one cut off is never taken for a whole one."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input_terminated"] = True
        return flask(environ, start_response)

    inner = cast("Asgi", WSGIMiddleware(cast("Any", application), workers=WEB_THREADS))

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def whole() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            return message

        await inner(scope, whole, send)

    return outer


@lru_cache
def _live() -> Asgi:
    return cast("Asgi", LiveServer.from_engine(_engine()))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Websockets and the lifespan go to live editing, the rest to Flask."""
    if scope["type"] == "http":
        await _web()(scope, receive, send)
    else:
        await _live()(scope, receive, send)


async def web(scope: Scope, receive: Receive, send: Send) -> None:
    """Flask alone."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _web()(scope, receive, send)


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Live editing alone."""
    await _live()(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
