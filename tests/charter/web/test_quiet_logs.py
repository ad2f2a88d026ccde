"""Nothing that opens a door is written in the logs."""

from __future__ import annotations

import logging

import pytest


def test_a_live_connection_s_token_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("uvicorn.error")
    logger.propagate = True
    with caplog.at_level(logging.INFO, logger="uvicorn.error"):
        logger.info('%s - "WebSocket %s" [accepted]', "127.0.0.1:4000", "/live/abc?token=eyJ0ZXh0Ijoi.secret&x=1")
    assert "secret" not in caplog.text and "/live/abc?token=…&x=1" in caplog.text
