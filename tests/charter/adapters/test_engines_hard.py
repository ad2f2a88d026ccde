"""Engines where it hurts: a mail server that hangs up after taking the mail, a damaged file, a cache pruned each day."""

from __future__ import annotations

import os
import smtplib
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from charter.adapters import mail, outbox, queue
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.storage import Storage
from charter.config import Smtp
from charter.contracts import rendering, tasks
from charter.work import Engine

send = mail.send  # the fixture that forbids real mails replaces the module's


def test_a_mail_that_was_taken_is_sent_though_the_goodbye_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[EmailMessage] = []

    class HangsUp(smtplib.SMTP):
        def __init__(self) -> None:
            super().__init__()

        def send_message(self, msg: EmailMessage, *_: object, **__: object) -> dict[str, tuple[int, bytes]]:  # type: ignore[override]
            taken.append(msg)
            return {}

        def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
            return 421, b"too many mails, going away"

    monkeypatch.setattr(mail, "_connect", lambda smtp: HangsUp())
    send(EmailMessage(), Smtp())
    assert len(taken) == 1


def test_a_damaged_file_is_mended_when_its_bytes_come_again(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    digest = storage.put(b"signed")
    (tmp_path / digest[:2] / digest).write_bytes(b"sig")
    with pytest.raises(ValueError, match="damaged"):
        storage.get(digest)
    assert storage.put(b"signed") == digest and storage.get(digest) == b"signed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_old_renderings_are_pruned_once_a_night_or_when_the_server_wakes(engine: Engine, clock: FixedClock) -> None:
    cache = rendering.pdf_engine(engine.settings).cache
    cache.put("ab" * 32, b"%PDF")
    (kept,) = (engine.settings.data_dir / "pdf").rglob("*.pdf")
    os.utime(kept, (time.time() - 31 * 86_400,) * 2)
    queue.tick(engine, tasks.TICKS)
    queue.tick(engine, tasks.TICKS)
    assert outbox.drain(engine) == 0 and kept.exists()  # it is ten in the morning
    clock.move_to(datetime(2026, 3, 6, 7, 30, tzinfo=UTC))  # asleep for three nights
    assert outbox.drain(engine) == 1 and not kept.exists()
    queue.tick(engine, tasks.TICKS)
    with engine.work(write=False) as work:
        planned = work.session.scalars(select(Outbox.due_at).where(Outbox.name == "contracts.prune", Outbox.status == OutboxStatus.PENDING))
        assert list(planned) == [datetime(2026, 3, 7, tasks.PRUNE_HOUR, tzinfo=UTC)]
