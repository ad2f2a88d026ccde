"""Structured logs on standard error, one JSON object a line in full mode, readable in embedded mode. Nothing secret goes in them."""

from __future__ import annotations

import logging
import re
import sys

import structlog

from charter.config import Settings

_TOKEN = re.compile(r"(?<=[?&]token=)[^&\s]+")


def configure(settings: Settings) -> None:
    """Sets structlog and the standard library's logging to `settings.log_level`."""
    level = logging.getLevelName(settings.log_level)
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s %(message)s", force=True)
    for noisy in ("weasyprint", "fontTools", "pyhanko", "pyhanko_certvalidator", "kombu", "mail.log", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR if noisy.startswith(("pyhanko", "kombu")) else logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_without_tokens)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if settings.embedded else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _without_tokens(record: logging.LogRecord) -> bool:
    """uvicorn tells the whole address of each live connection, and its token opens the text for a minute."""
    if isinstance(record.args, tuple):
        record.args = tuple(_TOKEN.sub("…", item) if isinstance(item, str) else item for item in record.args)
    return True
