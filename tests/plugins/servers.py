"""Fixtures of the servers: one PostgreSQL and one Redis a run, started by the first test that asks, one database a worker.

The run's directory is made by the process pytest was started in and told to its xdist workers through the environment;
that process stops whatever was started there, even when a worker died.

`shared_postgres`, `postgres_url`, `new_postgres_database`, `shared_redis`, `redis_url`: for every test that only *uses* a server.
`private_postgres`, `private_redis`, `smtp`: for tests that stop, restart or kill it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.processes import locked
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher

RUN_VARIABLE = "CHARTE_TEST_RUN"
NewDatabase = Callable[..., str]


def pytest_configure(config: pytest.Config) -> None:
    """Makes the run's directory, in the controlling process only."""
    if not hasattr(config, "workerinput"):
        run = Path(tempfile.mkdtemp(prefix="charte-tests-", dir="/tmp"))
        run.chmod(0o711)  # PostgreSQL, under its own account, must get through
        os.environ[RUN_VARIABLE] = str(run)
        config.add_cleanup(lambda: _clear(run))


def _clear(run: Path) -> None:
    for state in run.glob("*.port"):
        _server(run, state.stem).stop()
    shutil.rmtree(run, ignore_errors=True)


def _server(run: Path, name: str) -> Postgres | Redis:
    port = int((run / f"{name}.port").read_text())
    kind: type[Postgres | Redis] = Postgres if name.startswith("postgres") else Redis
    return kind(run / name, port)


def _shared(name: str) -> Postgres | Redis:
    """The run's server of that name, started by whoever asks first."""
    run = Path(os.environ[RUN_VARIABLE])
    with locked(run / f"{name}.lock"):
        if not (run / f"{name}.port").exists():
            _record(run, name)
    return _server(run, name)


def _record(run: Path, name: str) -> Postgres | Redis:
    kind: type[Postgres | Redis] = Postgres if name.startswith("postgres") else Redis
    server = kind.create(run / name)
    (run / f"{name}.port").write_text(str(server.port))
    return server


def _private(kind: str) -> Postgres | Redis:
    return _record(Path(os.environ[RUN_VARIABLE]), f"{kind}-{uuid4().hex[:8]}")


@pytest.fixture(scope="session")
def shared_postgres() -> Postgres:
    """The run's PostgreSQL. Do not stop it: ask `private_postgres` for one of your own."""
    server = _shared("postgres")
    assert isinstance(server, Postgres)
    return server


@pytest.fixture(scope="session")
def postgres_url(shared_postgres: Postgres) -> str:
    """DATABASE_URL of an empty database of this worker's own, for the whole session."""
    return shared_postgres.create_database(f"worker_{uuid4().hex[:12]}")


@pytest.fixture
def new_postgres_database(shared_postgres: Postgres) -> Iterator[NewDatabase]:
    """`new(name, prepare)`: URL of a fresh copy (25 ms) of the template `name`, which `prepare(url)` fills once a run.

    Without arguments, an empty database. Dropped after the test, whoever is still connected.
    """
    made: list[str] = []

    def new(template: str | None = None, prepare: Callable[[str], None] | None = None) -> str:
        if template and prepare:
            shared_postgres.template(template, prepare)
        made.append(f"test_{uuid4().hex[:12]}")
        return shared_postgres.create_database(made[-1], template)

    yield new
    for name in made:
        shared_postgres.drop_database(name)


@pytest.fixture
def private_postgres() -> Iterator[Postgres]:
    """A PostgreSQL for this test alone: `.restart("immediate")`, `.stop()`, `.start()`, `.create_database(name)`."""
    server = _private("postgres")
    assert isinstance(server, Postgres)
    yield server
    server.stop("immediate")


@pytest.fixture
def restart_postgres(private_postgres: Postgres) -> Callable[[], None]:
    """`restart_postgres()` crashes the test's own PostgreSQL and starts it again."""
    return lambda: private_postgres.restart("immediate")


@pytest.fixture(scope="session")
def shared_redis() -> Redis:
    """The run's Redis, shared by its workers: use names of your own. Do not stop it."""
    server = _shared("redis")
    assert isinstance(server, Redis)
    return server


@pytest.fixture(scope="session")
def redis_url(shared_redis: Redis) -> str:
    """REDIS_URL of this worker: a database number of its own on the run's server (pub/sub channels are shared all the same)."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"redis://127.0.0.1:{shared_redis.port}/{int(worker) % 16}"


@pytest.fixture
def private_redis() -> Iterator[Redis]:
    """A Redis for this test alone: `.stop()`, `.stop(kill=True)`, `.start()`, `.flush()`."""
    server = _private("redis")
    assert isinstance(server, Redis)
    yield server
    server.stop(kill=True)


@pytest.fixture
def smtp() -> Iterator[SmtpCatcher]:
    """An SMTP server that keeps mails in `.messages`; set `.refusal` or `.unknown` to make it refuse."""
    catcher = SmtpCatcher().start()
    yield catcher
    catcher.stop()
