"""The process's one PDF engine, and the one environment every document is written in, whichever room asks."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2.sandbox import SandboxedEnvironment

from charter.adapters.pdf.engine import PdfEngine
from charter.adapters.pdf.templates import document_environment
from charter.config import TEMPLATES, Settings
from charter.i18n import enumerate_words, format_date, format_datetime, format_money, gettext

DIRECTORY = TEMPLATES / "documents"


def pdf_engine(settings: Settings) -> PdfEngine:
    """The process's engine, made at the first document; the laying-out process behind it starts with the first rendering."""
    return _engine(settings.fonts_dir, settings.data_dir / "pdf")


@lru_cache
def _engine(fonts_dir: Path, cache_dir: Path) -> PdfEngine:
    return PdfEngine(fonts_dir=fonts_dir, documents_dir=DIRECTORY, cache_dir=cache_dir)


@lru_cache
def environment() -> SandboxedEnvironment:
    """The templates of every document, with our words, dates and money. The caller chooses the language (`i18n.speaking`)."""
    return document_environment(DIRECTORY, gettext=gettext, day=_day, moment=format_datetime, money=format_money, words=enumerate_words)


def _day(value: date | str) -> str:
    return format_date(date.fromisoformat(value) if isinstance(value, str) else value)
