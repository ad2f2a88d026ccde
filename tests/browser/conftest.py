"""The real application in a process of its own, and people who use it in browsers.

`running_app` is the embedded mode on one port: `url`, and `engine` to prepare data and to look at what is stored. `page_as(person)` opens a
browser of one's own where that person is signed in; `stranger()` one where nobody is. A script error or a refusal of the content security
policy in any of them fails the test. `assert_accessible(page)` asks axe; `shoot(page, name)` keeps screenshots in `var/screens/`, at 390
and 1280 pixels, and sees that a phone never scrolls sideways.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters import migrations
from charter.adapters.db import Database
from charter.adapters.http.requests import SESSION_COOKIE
from charter.config import Settings
from charter.rooms import load_tasks
from charter.work import Engine
from tests.processes import LOOPBACK, free_port, listening, wait_until

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "var" / "screens"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SECRET = "a secret for browser tests only, long enough"
WIDTHS = (390, 1280)
HEIGHT = 900
PATIENCE = 30_000
"""Milliseconds: pages answer in a fraction of a second, a loaded machine of two cores may not."""
expect.set_options(timeout=PATIENCE)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def built() -> None:
    """The assets as they are now."""
    subprocess.run(["node", "assets/build.mjs"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this process: Playwright starts once a thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Running:
    """The application, and the engine that shares its database, files and secret."""

    url: str
    engine: Engine

    def cookie(self, person: Person) -> str:
        """A session of that person."""
        with self.engine.work() as work:
            return accounts.open_session(work, work.get(Person, person.id))[0]


@pytest.fixture(scope="session")
def running_app(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Flask and live editing, as `charte serve` starts them, on an empty database."""
    port = free_port()
    yield from _serve(tmp_path_factory.mktemp("running"), port, f"http://{LOOPBACK}:{port}")


@pytest.fixture(scope="session")
def named_app(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same under a name, not an address: browsers keep no passkeys for an address."""
    port = free_port()
    yield from _serve(tmp_path_factory.mktemp("named"), port, f"http://localhost:{port}")


def _serve(data: Path, port: int, url: str) -> Iterator[Running]:
    database = Database(f"sqlite:///{data / 'charte.sqlite3'}")
    migrations.upgrade(database)
    database.dispose()
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment = {
        **kept,
        "DATA_DIR": str(data),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "SECRET_KEY": SECRET,
        "RATE_LIMITS": "0",
        "LOG_LEVEL": "WARNING",
        "MAILBOX": "1",
    }
    log = (data / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "charter", "serve", "--only", "one"], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    load_tasks()
    engine = Engine(
        Settings(
            data_dir=data, database_url=f"sqlite:///{data / 'charte.sqlite3'}", secret_key=SECRET, port=port, public_url=url, mailbox=True
        )
    )
    try:
        wait_until(lambda: server.poll() is not None or listening(port), "the application")
        assert server.poll() is None, (data / "server.log").read_text()
        yield Running(url, engine)
    finally:
        server.terminate()
        server.wait(20)
        engine.close()
        log.close()


OpenAs = Callable[..., Page]


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of one's own, closed at the end; whatever their pages complained of fails the test."""
    problems: list[str] = []
    opened: list[BrowserContext] = []

    def open_context(who: str, **options: Any) -> BrowserContext:
        given = {"locale": "fr-FR", "viewport": {"width": 1280, "height": HEIGHT}, "reduced_motion": "reduce", **options}
        context = chromium.new_context(**given)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: problems.append(f"{who}: {error.error}"))
        context.on("console", lambda message: problems.append(f"{who}: {message.text}") if "Security Policy" in message.text else None)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert not problems


@pytest.fixture
def page_as(running_app: Running, contexts: Callable[..., BrowserContext]) -> OpenAs:
    """`page_as(person, path="/", **context options)`: a page where that person is signed in, opened on `path`."""

    def open_page(person: Person, path: str = "/", **options: Any) -> Page:
        context = contexts(person.display_name, **options)
        context.add_cookies([{"name": SESSION_COOKIE, "value": running_app.cookie(person), "url": running_app.url}])
        page = context.new_page()
        page.goto(running_app.url + path)
        return page

    return open_page


@pytest.fixture
def stranger(running_app: Running, contexts: Callable[..., BrowserContext]) -> OpenAs:
    """`stranger(path="/")`: a page where nobody is signed in."""

    def open_page(path: str = "/", **options: Any) -> Page:
        page = contexts("a stranger", **options).new_page()
        page.goto(running_app.url + path)
        return page

    return open_page


def caret_rests(page: Page) -> None:
    """The editor hears of a moved caret one task later: no person types the next key that fast, a script does."""
    page.evaluate("() => new Promise(rested => requestAnimationFrame(() => requestAnimationFrame(rested)))")


def assert_accessible(page: Page, but: tuple[str, ...] = ()) -> None:
    """Fails on any violation axe finds in the page as it stands; `but` names rules left out, each for a reason said by the caller."""
    page.evaluate(AXE.read_text())
    rules = {rule: {"enabled": False} for rule in but}
    found = page.evaluate("(rules) => axe.run(document, {resultTypes: ['violations'], rules})", rules)["violations"]
    said = [(one["id"], node["target"], node["failureSummary"]) for one in found for node in one["nodes"]]
    assert not said, f"{page.url}: {json.dumps(said, ensure_ascii=False, indent=1)}"


def shoot(page: Page, name: str) -> None:
    """Keeps `var/screens/<name>-<width>.png` at each width, whole page; fails when a phone would scroll sideways."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width} pixels"
    if before:
        page.set_viewport_size(before)
