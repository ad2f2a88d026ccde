"""Between a browser and the server: hold back or add control messages, as a slow or refusing server would."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

UPDATE = 2


class Wire:
    """Give `wire.tap` to `open_as(…, before=…)`."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.hold_acks = False
        self.refuse: str | None = None
        self.updates = 0
        self._page: WebSocketRoute | None = None
        self._server: WebSocketRoute | None = None

    def tap(self, page: Page) -> None:
        page.route_web_socket("**/live/**", self._connected)

    def _connected(self, route: WebSocketRoute) -> None:
        # A new connection hears everything.
        self.hold_acks = self.hold_acks and self._page is None
        self._page, self._server = route, route.connect_to_server()
        route.on_message(self._outgoing)
        self._server.on_message(self._incoming)

    def _outgoing(self, message: str | bytes) -> None:
        assert self._server
        if isinstance(message, bytes) and message[0] == UPDATE:
            self.updates += 1
            if self.refuse:
                size = message[1]
                seq = int.from_bytes(message[2 + size : 6 + size], "big")
                self.say("refused", article=message[2 : 2 + size].decode(), seq=seq, reason=self.refuse)
                return
        self._server.send(message)

    def _incoming(self, message: str | bytes) -> None:
        assert self._page
        if self.hold_acks and isinstance(message, str) and json.loads(message)["type"] == "ack":
            self.held.append(message)
        else:
            self._page.send(message)

    def release(self) -> None:
        """Lets the acknowledgements through."""
        assert self._page
        self.hold_acks = False
        for message in self.held:
            self._page.send(message)
        self.held.clear()

    def say(self, kind: str, **fields: Any) -> None:
        """A control message as if the server had sent it."""
        assert self._page
        self._page.send(json.dumps({"type": kind, **fields}))
