"""A built-in SMTP server that keeps what it receives as `.eml` files: the embedded mode's mailbox, and the full mode's catcher."""

from __future__ import annotations

import os
import socket
import tempfile
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MAX_BYTES = 30 * 1024 * 1024


class _Catcher:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        self._keep(envelope.content if isinstance(envelope.content, bytes) else b"")
        return "250 kept"

    def _keep(self, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        number = f"{len(list(self.folder.glob('*.eml'))) + 1:06d}"
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).rename(self.folder / f"{number}-{Path(name).name.removeprefix('.new-')}.eml")


def start(folder: Path, host: str = "127.0.0.1", port: int = 0) -> Controller:
    """Starts the catcher in a thread, on a free port when `port` is 0 (`controller.port` tells which). The caller stops it."""
    controller = Controller(_Catcher(folder), hostname=host, port=port or free_port(host), data_size_limit=MAX_BYTES)
    controller.start()
    return controller


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Received:
    """A mail in the box: its key, and what a list of mails shows."""

    key: str
    to: str
    subject: str
    at: datetime | None
    message: EmailMessage


def received(folder: Path, limit: int = 200) -> list[Received]:
    """The last `limit` mails, newest first."""
    return [_read(path) for path in sorted(folder.glob("*.eml"), reverse=True)[:limit]]


def find(folder: Path, key: str) -> Received | None:
    """The mail with that key, or None. The key is only ever compared with names in the folder."""
    return next((_read(path) for path in folder.glob("*.eml") if path.stem == key), None)


def _read(path: Path) -> Received:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    date = message["Date"]
    return Received(path.stem, str(message["To"]), str(message["Subject"]), parsedate_to_datetime(str(date)) if date else None, message)
