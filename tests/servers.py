"""PostgreSQL and Redis of our own, started and stopped without pytest: tests, benches and the full mode use them.

A server is known by its directory alone: whoever holds the same directory can stop, restart or kill it. Everything listens
on the loopback address only. The SMTP catcher is `tests.smtp.SmtpCatcher`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from scripts import system
from tests.processes import LOOPBACK, START_SECONDS, alive, free_port, locked, wait_until


class ServerMissing(Exception):
    """A server program is not installed; `make setup` installs it."""


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL cluster in `directory`. Run as the `postgres` account when we are root, which initdb refuses to be.

    `durable` keeps fsync on: for the full mode one really uses; tests and benches of crashes of *processes* do not need it.
    """

    directory: Path
    port: int
    durable: bool = False

    @classmethod
    def create(cls, directory: Path, *, durable: bool = False, port: int | None = None) -> Postgres:
        """Makes the cluster (when `directory` is empty) and starts it, on `port` or a free one. Raises ServerMissing."""
        server = cls(directory, port or free_port(), durable)
        if not (server.data / "PG_VERSION").exists():
            server._initialise()
        server.stop()  # one left by a process that was killed
        try:
            server.start()
        except RuntimeError:
            if port:
                raise
            server = cls(directory, free_port(), durable)  # somebody was quicker to take that port
            server.start()
        return server

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.directory / "data"

    def url(self, database: str = "postgres") -> str:
        """What DATABASE_URL should hold to reach `database`."""
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self._pg_ctl("start", "-w", "-t", str(int(START_SECONDS)), "-l", self.data / "server.log", "-o", self._options())

    def stop(self, mode: str = "fast") -> None:
        """Stops it: `smart`, `fast` (ends connections) or `immediate` (as a crash would)."""
        if self.running():
            self._pg_ctl("stop", "-w", "-m", mode)

    def restart(self, mode: str = "fast") -> None:
        """Stops and starts it on the same port; every connection is lost."""
        self.stop(mode)
        self.start()

    def running(self) -> bool:
        """True when the server's process is there."""
        pid_file = self.data / "postmaster.pid"
        try:
            return alive(int(pid_file.read_text().split()[0]))
        except (OSError, ValueError, IndexError):
            return False

    def create_database(self, name: str, template: str | None = None) -> str:
        """Makes a database, a copy of `template` when given (which nobody may be connected to). Returns its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template or "template0"))
        self._administer(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drops a database, ending the connections to it; nothing happens when there is none."""
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def has_database(self, name: str) -> bool:
        """True when there is a database of that name."""
        with psycopg.connect(host=LOOPBACK, port=self.port, user="postgres", dbname="postgres") as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """Makes the database `name` once, whatever process asks first, with `prepare(url)`. Returns `name`, to clone from.

        `prepare` must leave no connection open. A database whose preparation failed is dropped.
        """
        with locked(self.directory / "template.lock"):
            if not self.has_database(name):
                draft = f"{name}_draft"
                self.drop_database(draft)
                prepare(self.create_database(draft))
                self._administer(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=LOOPBACK, port=self.port, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _initialise(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if account := _other_account():
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        arguments: list[str | Path] = ["-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]
        self._run("initdb", *arguments, *([] if self.durable else ["--no-sync"]))

    def _options(self) -> str:
        settings = {"port": self.port, "listen_addresses": LOOPBACK, "unix_socket_directories": "", "max_connections": 200}
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _pg_ctl(self, verb: str, *arguments: str | Path) -> None:
        self._run("pg_ctl", verb, "-s", "-D", self.data, *arguments)

    def _run(self, name: str, *arguments: str | Path) -> None:
        folder = system.postgres_bin()
        if folder is None:
            raise ServerMissing("PostgreSQL is not installed: run `make setup`")
        words = [str(folder / name), *map(str, arguments)]
        account = _other_account()
        identity: Mapping[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": (), "umask": 0o077} if account else {}
        )
        log = self.directory / f"{name}.log"
        with log.open("w") as output:  # a pipe would stay open as long as the server does
            result = subprocess.run(words, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, **identity)
        if result.returncode:
            raise RuntimeError(f"{name} failed: {log.read_text()[-2000:]}{self._server_log()}")

    def _server_log(self) -> str:
        path = self.data / "server.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


def _other_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise ServerMissing("PostgreSQL's account is missing: run `make setup`") from error


@dataclass(frozen=True)
class Redis:
    """A Redis server in `directory`. `durable` writes every second to disk, as docker-compose.yml does."""

    directory: Path
    port: int
    durable: bool = False

    @classmethod
    def create(cls, directory: Path, *, durable: bool = False, port: int | None = None) -> Redis:
        """Starts a server keeping its files in `directory`. Raises ServerMissing."""
        directory.mkdir(parents=True, exist_ok=True)
        server = cls(directory, port or free_port(), durable)
        server.stop()  # one left by a process that was killed
        server.start()
        return server

    @property
    def url(self) -> str:
        """What REDIS_URL should hold."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        program = system.program("redis-server")
        if program is None:
            raise ServerMissing("Redis is not installed: run `make setup`")
        options = {
            "port": self.port, "bind": LOOPBACK, "dir": self.directory, "daemonize": "yes", "pidfile": self.directory / "redis.pid",
            "logfile": self.directory / "redis.log", "save": "", "appendonly": "yes" if self.durable else "no",
        }  # fmt: skip
        words = [str(program)] + [word for name, value in options.items() for word in (f"--{name}", str(value))]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(self.answers, "Redis")

    def stop(self, *, kill: bool = False) -> None:
        """Stops it, or kills it as a crash would, and waits until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        wait_until(lambda: not alive(pid), "Redis stopping")
        (self.directory / "redis.pid").unlink(missing_ok=True)

    def restart(self) -> None:
        """Stops and starts it on the same port."""
        self.stop()
        self.start()

    def pid(self) -> int | None:
        """The server's process, or None when it does not run."""
        try:
            pid = int((self.directory / "redis.pid").read_text())
        except (OSError, ValueError):
            return None
        name = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False).stdout
        return pid if "redis" in name and alive(pid) else None  # an old file may name what is now somebody else

    def answers(self) -> bool:
        """True when the server answers a ping."""
        try:
            with redis.Redis(port=self.port, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:
            return False

    def flush(self) -> None:
        """Empties it."""
        with redis.Redis(port=self.port, socket_timeout=5) as client:
            client.flushall()
