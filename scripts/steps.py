"""Steps of the set-up: done once, remembered by a stamp, done again when what they read changed or what they made is gone."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / "var" / "setup"
LOG = STATE / "setup.log"
TAIL = 40
IGNORED = {"__pycache__", "node_modules", ".DS_Store"}


class StepFailed(Exception):
    """A step could not be done; the message says what a person can do about it."""


@dataclass(frozen=True)
class Step:
    """One step: what it reads, what must exist once it is done, and how it is done.

    `facts` are strings that count as inputs too (a version, a platform).
    """

    name: str
    stamp: Path
    run: Callable[[], None]
    inputs: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()
    facts: tuple[str, ...] = ()

    def digest(self) -> str:
        """SHA-256 hex of everything the step reads."""
        digest = hashlib.sha256("\n".join(self.facts).encode())
        for path in _files(self.inputs):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def done(self) -> bool:
        """True when the stamp tells of today's inputs and every output is there."""
        return self.stamp.is_file() and self.stamp.read_text() == self.digest() and all(path.exists() for path in self.outputs)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (
                file for file in sorted(path.rglob("*")) if file.is_file() and not IGNORED.intersection(file.relative_to(path).parts)
            )
        elif path.exists():
            yield path


def perform(step: Step) -> None:
    """Does `step` unless it is done. The stamp goes first, so that a half-done step is always seen. Raises StepFailed."""
    if step.done():
        return
    step.stamp.unlink(missing_ok=True)
    with told(step.name):
        step.run()
        missing = [path for path in step.outputs if not path.exists()]
        if missing:
            raise StepFailed(f"{step.name}: {missing[0].relative_to(ROOT)} was not made")
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(step.digest())


@contextmanager
def told(name: str) -> Iterator[None]:
    """Prints the step's name, then how long it took."""
    started = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.0f} s", flush=True)


def command(arguments: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> None:
    """Runs a command from the project's root, its output kept in var/setup/setup.log. Raises StepFailed with the end of it."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    words = [str(argument) for argument in arguments]
    try:
        result = subprocess.run(
            words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise StepFailed(f"{words[0]} could not be started: {error.strerror}") from error
    output = result.stdout.decode(errors="replace")
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(words)}\n{output}\n")
    if result.returncode:
        end = "\n".join(output.splitlines()[-TAIL:])
        raise StepFailed(f"`{' '.join(words)}` ended with {result.returncode}:\n{end}")


@contextmanager
def alone() -> Iterator[None]:
    """Holds the set-up lock: two set-ups of one checkout wait for each other instead of tripping."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  waiting for another set-up of this checkout …", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
