"""The full mode without containers: the processes of docker-compose.yml, on this machine's PostgreSQL, Redis and nginx.

`FullMode` is for tests (`with FullMode(directory) as full: full.url`); `make run-full` keeps its data under DATA_DIR/full.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from scripts import proxy
from scripts.compose import Service, services
from scripts.steps import ROOT
from tests.processes import LOOPBACK, free_port, listening, wait_until
from tests.servers import Postgres, Redis

CHARTE = ROOT / ".venv" / "bin" / "charte"
STOP_SECONDS = 20
DATABASE = "charte"
ONCE = {"migrate"}
PROXIED = ("web-1", "web-2", "live-1", "live-2")


class FullMode:
    """Every process of the full mode. `url` is the proxy's address; `kill(name)`, `restart(name)` act on one process.

    Names are those of docker-compose.yml: web-1, web-2, live-1, live-2, worker-1, worker-2, beat, mailbox; and `proxy`.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        durable: bool = False,
        example: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.data_dir = directory / "data"
        self.logs = directory / "log"
        self.port = port or free_port()
        self.durable = durable
        self.example = example
        self.settings = dict(settings or {})
        self.ports: dict[str, int] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.services: dict[str, Service] = {}

    @property
    def url(self) -> str:
        """The address people use."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def mailbox_dir(self) -> Path:
        """Where the mailbox keeps each mail, one `.eml` a mail."""
        return self.data_dir / "mailbox"

    def __enter__(self) -> FullMode:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Starts everything and waits until the proxy answers.

        Raises ServerMissing or FileNotFoundError (a program is not installed), TimeoutError or CalledProcessError.
        """
        for folder in (self.directory, self.data_dir, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self._start_servers()
        self.services = {service.name: service for service in services(self._variables())}
        self.ports = {name: free_port() for name in self.services}
        for name in ONCE:
            self.charte(*self.services[name].command[1:])
        if self.example:  # before any worker: it would take the story's own mails and seals
            print(self.charte("example", "load"), end="", flush=True)
        for name in self.services.keys() - ONCE:
            self.launch(name)
        self._launch_proxy()
        for name in self.services.keys() - ONCE:
            if name.startswith(("web", "live", "mailbox")):
                self._wait(name, self.ports[name])
        wait_until(self._ready, f"the product at {self.url}, see {self.logs},")

    def stop(self) -> None:
        """Stops everything: our processes first, then nginx, Redis and PostgreSQL."""
        order = sorted(self.running, key=lambda name: name != "proxy")
        for name in order:
            self._signal(name, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for name in order:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running[name].wait(max(0.1, end - time.monotonic()))
            self._signal(name, signal.SIGKILL)  # the group: nobody it started is left
            self.running[name].wait()
        self.running.clear()
        if hasattr(self, "redis"):
            self.redis.stop()
        if hasattr(self, "postgres"):
            self.postgres.stop()

    def launch(self, name: str) -> None:
        """Starts one process, its output in log/NAME.log."""
        service = self.services[name]
        port = str(self.ports[name])
        words = [LOOPBACK if word == "0.0.0.0" else port if word == "2525" else word for word in service.command[1:]]  # noqa: S104
        self._popen(name, [str(CHARTE), *words], self.environment(name))

    def kill(self, name: str) -> None:
        """Kills one process and what it started, as a crash would (SIGKILL)."""
        self._signal(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def restart(self, name: str) -> None:
        """Starts again a process that was killed, or kills it first; waits until a server one listens."""
        if name in self.running:
            self.kill(name)
        self.launch(name)
        if name.startswith(("web", "live", "mailbox")):
            self._wait(name, self.ports[name])

    def environment(self, name: str) -> dict[str, str]:
        """The settings of that process: docker-compose.yml's, with this machine's addresses."""
        port = self.ports.get(name, 0)
        local = {
            "DATABASE_URL": self.postgres.url(DATABASE),
            "REDIS_URL": self.redis.url,
            "SMTP_HOST": os.environ.get("SMTP_HOST", LOOPBACK),
            "SMTP_PORT": os.environ.get("SMTP_PORT", str(self.ports["mailbox"])),
            "HOST": LOOPBACK,
            "PORT": str(port),
            "DATA_DIR": str(self.data_dir),
        }
        if "LIVE_URL" in self.services[name].environment:
            local["LIVE_URL"] = f"ws://{LOOPBACK}:{port}"
        return {**os.environ, **self.services[name].environment, **local, **self.settings, "PYTHONUNBUFFERED": "1"}

    def charte(self, *arguments: str) -> str:
        """Runs a `charte` command on this installation and returns what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            [CHARTE, *arguments],
            cwd=ROOT,
            env=self.environment("migrate"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            done.check_returncode()
        return done.stdout

    def ended(self) -> list[str]:
        """Names of the processes that ended by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def _variables(self) -> dict[str, str]:
        """What the operator would have set. The secret is kept, so that sessions outlive a restart."""
        secret = self.directory / "secret_key"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(48))
        mine = {"SECRET_KEY": secret.read_text(), "POSTGRES_PASSWORD": "unused", "PUBLIC_URL": self.url, "MAILBOX": "true"}
        return {**os.environ, **mine}

    def _start_servers(self) -> None:
        self.postgres = Postgres.create(self.directory / "postgres", durable=self.durable)
        self.redis = Redis.create(self.directory / "redis", durable=self.durable)
        if not self.postgres.has_database(DATABASE):
            self.postgres.create_database(DATABASE)

    def _launch_proxy(self) -> None:
        values = {f"CHARTE_{name.upper().replace('-', '_')}": f"{LOOPBACK}:{self.ports[name]}" for name in PROXIED}
        words = proxy.command(self.directory / "nginx", {"CHARTE_LISTEN": f"{LOOPBACK}:{self.port}", **values})
        self._popen("proxy", words, dict(os.environ))
        self._wait("proxy", self.port)

    def _popen(self, name: str, words: list[str], environment: dict[str, str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _wait(self, name: str, port: int) -> None:
        def ready() -> bool:
            if self.running[name].poll() is not None:
                raise RuntimeError(f"{name} ended at once:\n{(self.logs / f'{name}.log').read_text(errors='replace')[-3000:]}")
            return listening(port)

        wait_until(ready, f"{name}, see {self.logs / name}.log,")

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _signal(self, name: str, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)


def main() -> int:
    """`make run-full`: starts everything, loads the example, waits for Ctrl-C. Returns 1 when a process ended by itself."""
    stopping: list[int] = []
    directory = Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve() / "full"
    with FullMode(directory, port=int(os.environ.get("PORT", "0")) or None, durable=True, example=True) as full:
        print(f"\n{full.url}\n{', '.join(sorted(full.running))}; logs: {full.logs}\nCtrl-C stops everything.", flush=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signum, _frame: stopping.append(signum))
        while not stopping and not full.ended():
            time.sleep(0.5)
        ended = full.ended()
    if ended:
        print(f"ended by itself: {', '.join(ended)}; see {full.logs}", file=sys.stderr)
    return int(bool(ended))


if __name__ == "__main__":
    sys.exit(main())
