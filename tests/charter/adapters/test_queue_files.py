"""The embedded broker: messages in files, written whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from charter.adapters import queue

COUNT = 400


@pytest.fixture
def channels(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """Two channels on the same folder, as two processes have them."""
    for name in ("messages", "processed", "control"):
        (tmp_path / name).mkdir()
    messages = str(tmp_path / "messages")
    options = {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "processed_folder": str(tmp_path / "processed"),
        "control_folder": str(tmp_path / "control"),
    }
    with (
        Connection(f"{queue.FILES}://", transport_options=options) as one,
        Connection(f"{queue.FILES}://", transport_options=options) as two,
    ):
        yield one.channel(), two.channel()


def test_a_reader_never_meets_a_message_half_written(channels: tuple[Any, Any]) -> None:
    writer, reader = channels
    body = {"body": "x" * 20_000}
    writing = threading.Thread(target=lambda: [writer._put("celery", body) for _ in range(COUNT)])
    writing.start()
    read = 0
    while read < COUNT:
        try:
            assert reader._get("celery") == body
            read += 1
        except Empty:
            assert writing.is_alive() or any(Path(reader.data_folder_in).iterdir()) or read == COUNT
    writing.join()
    with pytest.raises(Empty):
        reader._get("celery")


def test_a_message_that_cannot_be_read_is_left_out(channels: tuple[Any, Any]) -> None:
    writer, reader = channels
    (Path(writer.data_folder_out) / f"{0:015d}_broken.celery.msg").write_text("")
    writer._put("celery", {"body": "whole"})
    with pytest.raises(Empty):
        reader._get("celery")
    assert reader._get("celery") == {"body": "whole"}


@pytest.mark.parametrize("boot", [0, 999, 99_999, 1_999_999])
def test_messages_keep_their_order_whatever_the_uptime(channels: tuple[Any, Any], boot: int, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = channels
    milliseconds = count(boot)
    monkeypatch.setattr("charter.adapters.queue.time.monotonic_ns", lambda: next(milliseconds) * 1_000_000)
    for number in range(3):
        writer._put("celery", {"number": number})
    assert [reader._get("celery")["number"] for _ in range(3)] == [0, 1, 2]
