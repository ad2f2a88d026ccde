"""A page of the editor, its server, and people who open it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from charter.config import Settings
from charter.work import Engine
from tests.browser.editor.served import Served

Open = Callable[..., Page]


@pytest.fixture
def database_url(blank_sqlite: Path, tmp_path: Path) -> str:
    """SQLite only: what the browser shows does not depend on the database."""
    path = tmp_path / "charte.sqlite3"
    shutil.copy(blank_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def served(built: None, settings: Settings, engine: Engine) -> Iterator[Served]:
    """A text of three articles, served."""
    server = Served(settings, engine)
    server.write_text()
    with server.running():
        yield server


@pytest.fixture
def open_as(chromium: Browser, served: Served) -> Iterator[Open]:
    """`open_as("lea")` opens the text as Léa in a browser of her own, and waits for the first article when `ready`.

    A script error or a refusal of the content security policy
    anywhere fails the test."""
    problems: list[str] = []
    contexts = []

    def open_page(who: str, before: Callable[[Page], None] | None = None, *, ready: bool = True, **options: Any) -> Page:
        context = chromium.new_context(locale="fr-FR", permissions=["clipboard-read", "clipboard-write"], **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: problems.append(f"{who}: {error}"))
        page.on("console", lambda message: problems.append(f"{who}: {message.text}") if "Security Policy" in message.text else None)
        if before:
            before(page)
        page.goto(f"{served.url}/texte?as={who}")
        if ready:
            page.locator("#editor-art1").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems
