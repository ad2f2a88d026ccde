"""uvicorn's sans-io WebSocket protocol with two short cuts, for what nearly every frame here is: a small message, whole.

What is received goes straight to whoever listens, without a queue and a task's turn; what is sent to many is framed once and written as it
is. Everything else (handshake, pings, closing, long or cut frames, a slow reader) goes the way uvicorn has for it. Only the live server
uses them: any other ASGI server, or application, finds the plain protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.speedups import apply_mask

EXTENSION = "charte.wire"
"""Name of the ASGI extension under which an application finds its connection's LiveProtocol."""

_TEXT, _BINARY = 0x81, 0x82  # a message in one frame, without extension (RFC 6455, section 5.2)
_MASKED = 0x80
_SMALL, _MEDIUM = 125, 0xFFFF

CUT_AFTER = 5.0
"""Seconds left to what is still to be sent once a connection is over."""

Listener = Callable[[bytes], bool]
"""function(message): False when it must come through `receive` instead."""


def framed(message: str | bytes) -> bytes:
    """A whole message as a server's frame."""
    head, data = (_TEXT, message.encode()) if isinstance(message, str) else (_BINARY, message)
    size = len(data)
    if size <= _SMALL:
        return bytes((head, size)) + data
    if size <= _MEDIUM:
        return bytes((head, 126)) + size.to_bytes(2, "big") + data
    return bytes((head, 127)) + size.to_bytes(8, "big") + data


class LiveProtocol(WebSocketsSansIOProtocol):
    """One connection. To be named as uvicorn's `ws`."""

    _listener: Listener | None = None

    def handle_connect(self, event: Any) -> None:
        """Offers the short cuts to the application."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self

    def write(self, frame: bytes) -> bool:
        """Writes a server's frame at once. False when it cannot be now: the connection is not open, or its reader is slow."""
        if not self.handshake_complete or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        if self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def cut(self) -> None:
        """Frees the connection, which is over, in a moment: closing it waits for what is not sent yet, and somebody may never read it."""
        if not self.disconnected:
            self.loop.call_later(CUT_AFTER, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """Nobody answered a ping."""
        super().keepalive_timeout()
        self.transport.abort()  # closing alone would wait for what is not sent yet

    def listen(self, listener: Listener) -> None:
        """Has binary messages given to `listener`, until one must wait its turn; does nothing while others wait in `receive`."""
        if self.queue.empty():
            self._listener = listener

    def send_receive_event_to_app(self) -> None:
        """A message that goes through `receive`: those that follow go behind it."""
        self._listener = None
        super().send_receive_event_to_app()

    def data_received(self, data: bytes) -> None:
        """Bytes from the socket."""
        if self._listener is not None and self._between_messages():
            data = self._take(data)
        if data:
            super().data_received(data)

    def _between_messages(self) -> bool:
        return not self.close_sent and not self.conn.reader.buffer and self.conn.current_size is None

    def _take(self, data: bytes) -> bytes:
        """Gives the listener the whole small binary messages `data` begins with; gives back the rest."""
        at, end = 0, len(data)
        while self._listener is not None and end - at >= 6 and data[at] == _BINARY and data[at + 1] & _MASKED:
            size, start = data[at + 1] & 127, at + 2
            if size == 126:
                size, start = data[start] << 8 | data[start + 1], start + 2
            elif size == 127:
                break
            if start + 4 + size > end:
                break
            message = apply_mask(data[start + 4 : start + 4 + size], data[start : start + 4])
            at = start + 4 + size
            if not self._listener(message):
                self.frames, self.curr_msg_data_type = [message], "bytes"
                self.send_receive_event_to_app()
        return data[at:]
