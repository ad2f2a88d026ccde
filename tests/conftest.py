"""The fixtures every room's tests stand on.

`engine` is an Engine on a fresh SQLite database and, again, on PostgreSQL (`database_url` is parametrised); `work` one open Work on it;
`clock` ours to move; `app`, `client` the web; `signed_in(person)` a client with a session; `outgoing` the mails that left; `drain()`
delivers what the outbox holds due, through the very delivery the worker runs.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from charter import logs
from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters import mail, outbox
from charter.adapters.clock import FixedClock
from charter.adapters.db import Base, Database
from charter.adapters.http.requests import SESSION_COOKIE
from charter.app import make_app
from charter.config import Settings, Smtp
from charter.rooms import load_models, load_tasks
from charter.work import Engine, Work

pytest_plugins = ["tests.plugins.servers", "tests.plugins.story"]

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SECRET = "a secret for tests only, long enough to pass"
PARTS = ("sqlite", "postgresql")


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Logs as the product writes them."""
    logs.configure(Settings(data_dir=Path("/nonexistent"), database_url="sqlite://", log_level="WARNING"))


@pytest.fixture(scope="session", autouse=True)
def tasks_known() -> None:
    """Handlers register themselves when first imported: not while a test has put others in their place."""
    load_tasks()


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table, copied for each test."""
    load_models()
    path = tmp_path_factory.mktemp("blank") / "blank.sqlite3"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def worker_postgres(request: pytest.FixtureRequest) -> str:
    """This worker's PostgreSQL database, its tables made once."""
    load_models()
    url = str(request.getfixturevalue("postgres_url")).replace("postgresql://", "postgresql+psycopg://", 1)
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.dispose()
    return url


@pytest.fixture(params=PARTS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database: SQLite, then PostgreSQL.

    A test that needs one only says `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    if request.param == "sqlite":
        path = tmp_path / "charte.sqlite3"
        shutil.copy(request.getfixturevalue("blank_sqlite"), path)
        return f"sqlite:///{path}"
    url = str(request.getfixturevalue("worker_postgres"))
    _empty(url)
    return url


def _empty(url: str) -> None:
    database = Database(url)
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    database.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday 3 March 2026, 10:00 in Paris, until a test moves it."""
    return FixedClock(START)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Embedded settings under a temporary directory."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        secret_key=SECRET,
        public_url="http://charte.test",
        smtp=Smtp(),
        mailbox=True,
        testing=True,
        rate_limits=False,
    )


@pytest.fixture
def engine(settings: Settings, clock: FixedClock) -> Iterator[Engine]:
    """What a process holds open, with a clock of ours."""
    load_tasks()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    made = Engine(settings, clock)
    yield made
    made.close()


@pytest.fixture
def work(engine: Engine) -> Iterator[Work]:
    """One open, writing Work; the test commits when it wants others to see."""
    opened = engine.open(write=True)
    yield opened
    opened.session.close()


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Mails that left, in order, instead of a mail server (real SMTP conversations are tested in adapters/ and faults/)."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mail, "send", lambda message, smtp: sent.append(message))
    return sent


@pytest.fixture(autouse=True)
def no_real_mail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that did not ask for mail cannot send any."""
    if "outgoing" in request.fixturenames or request.node.get_closest_marker("real_mail"):
        return

    def refuse(*_: object) -> None:
        raise AssertionError("this test sends mail without asking for `outgoing`")

    monkeypatch.setattr(mail, "send", refuse)


@pytest.fixture
def drain(engine: Engine) -> Callable[[], int]:
    """Delivers everything due now, and what that makes due."""
    return lambda: outbox.drain(engine)


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Flask:
    """The web application on the test's engine. Nudges are dropped: `drain` delivers."""
    made = make_app(settings, engine)
    made.config["WTF_CSRF_ENABLED"] = False
    outbox.nudge_through(lambda row_id: None)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask, engine: Engine) -> Callable[[Person], FlaskClient]:
    """A function(person) giving a browser where that person is signed in."""

    def sign(person: Person) -> FlaskClient:
        with engine.work() as work:
            token, _session = accounts.open_session(work, work.get(Person, person.id))
        browser = app.test_client()
        browser.set_cookie(SESSION_COOKIE, token)
        return browser

    return sign


@pytest.fixture
def with_csrf(settings: Settings, engine: Engine) -> Flask:
    """The application with its CSRF protection on, as in production."""
    return make_app(replace(settings, testing=True), engine)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: Playwright's synchronous API keeps an event loop running in its process, which signing refuses."""
    items.sort(key=lambda item: "browser" in item.path.parts)
    for item in items:
        # Real browsers and killed processes on a loaded machine: one more try, which the summary tells (« R »).
        if {"browser", "faults"} & set(item.path.parts):
            item.add_marker(pytest.mark.flaky(reruns=1))
