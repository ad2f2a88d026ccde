"""An SMTP server for tests: keeps what it gets, refuses when told to."""

from __future__ import annotations

import email
import email.policy
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.processes import LOOPBACK, free_port


@dataclass
class SmtpCatcher:
    """An SMTP server in a thread that keeps what it gets, or refuses with the reply a test chose.

    `refusal` is an SMTP reply ("451 4.3.0 busy", "550 5.1.1 unknown"): at DATA by default, at RCPT for the addresses in `unknown`.
    """

    port: int = field(default_factory=free_port)
    refusal: str = ""
    unknown: set[str] = field(default_factory=set)
    messages: list[EmailMessage] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _controller: Controller | None = field(default=None, repr=False)

    def start(self) -> SmtpCatcher:
        """Starts listening on the loopback address. Returns itself."""
        self._controller = Controller(self, hostname=LOOPBACK, port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stops listening; what was received stays."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        """The mails received for `address`, oldest first."""
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, count: int, seconds: float = 20.0) -> list[EmailMessage]:
        """Waits until `count` mails are there and returns them all. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, timeout=seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} mails after {seconds:.0f} s")
        return list(self.messages)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Called by aiosmtpd for each recipient."""
        if address in self.unknown:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each mail."""
        if self.refusal:
            return self.refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 kept"
