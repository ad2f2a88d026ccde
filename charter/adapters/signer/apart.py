"""Verification of strangers' bytes in a process apart: it may take no more than its share of time and memory, and takes nobody with it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from charter.adapters import frames
from charter.adapters.signer import answers
from charter.adapters.signer.trust import PARTS, Trust
from charter.adapters.signer.verification import MAX_BYTES, TOO_HARD, Verdict, Verification, too_big
from charter.errors import Unavailable
from workflows.base import N_

AT_ONCE = 2
"""Files examined at the same time by one process of ours."""
WAIT_SECONDS = 30.0
_GRACE = 5.0
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one examination may take, at most."""

    cpu_seconds: int
    wall_seconds: float
    memory_bytes: int


QUICK = Limits(cpu_seconds=15, wall_seconds=40.0, memory_bytes=1_200_000_000)
FULL = Limits(cpu_seconds=120, wall_seconds=150.0, memory_bytes=1_500_000_000)


class Examinations:
    """The examining processes of this one: up to `AT_ONCE`, started when first needed. Safe to share between threads and across forks."""

    def __init__(self) -> None:
        self._idle: list[subprocess.Popen[bytes]] = []
        self._all: set[subprocess.Popen[bytes]] = set()
        self._renew()
        os.register_at_fork(after_in_child=self._forget)

    def verify(self, pdf: bytes, *, now: datetime, trust: Trust, full: bool, limits: Limits | None = None) -> Verification:
        """As `verification.verify`; UNREADABLE when the file takes more than `limits`. Raises Unavailable when too many wait."""
        if now.tzinfo is None:
            raise ValueError("an aware datetime is expected")
        if len(pdf) > MAX_BYTES:
            return Verification(Verdict.TOO_BIG, (too_big(MAX_BYTES),), hashlib.sha256(pdf).hexdigest(), full)
        limits = limits or (FULL if full else QUICK)
        given = {name: getattr(trust, name) for name in PARTS}
        job = {**asdict(limits), "now": now.isoformat(), "full": full, **{name: len(held) for name, held in given.items()}}
        with self._process() as process:
            answer = _exchange(process, job, [pdf, *(one for held in given.values() for one in held)], limits.wall_seconds + _GRACE)
        if answer is None or answer["kind"] != "done":
            return Verification(Verdict.UNREADABLE, (TOO_HARD,), hashlib.sha256(pdf).hexdigest(), full)
        return answers.read(answer["found"])

    def warm(self) -> None:
        """Starts a process if there is none, without waiting for it: somebody is about to bring a file."""
        with self._lock:
            if not self._idle and not self._all:
                self._idle.append(self._start())

    def close(self) -> None:
        """Ends the processes that wait."""
        with self._lock:
            waiting, self._idle = self._idle, []
        for process in waiting:
            self._end(process)

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen[bytes]]:
        """One that nobody else talks to meanwhile; it comes back only if the conversation ended as it should."""
        turns = self._turns
        if not turns.acquire(timeout=WAIT_SECONDS):
            raise Unavailable(N_("Beaucoup de fichiers sont en cours de vérification : réessayez dans quelques minutes."))
        try:
            process = self._take()
            try:
                yield process
            except BaseException:
                self._end(process)
                raise
            if process.poll() is None:
                with self._lock:
                    self._idle.append(process)
            else:
                self._end(process)
        finally:
            turns.release()

    def _take(self) -> subprocess.Popen[bytes]:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.poll() is None:
                    return process
                self._all.discard(process)
            return self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A bare environment: the process that reads strangers' files has none of our secrets.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": str(_ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-m", "charter.adapters.signer.examining"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            start_new_session=True,
        )
        self._all.add(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                cast(IO[bytes], stream).close()
        process.wait()
        self._all.discard(process)

    def _renew(self) -> None:
        self._lock, self._turns = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        self._idle, self._all = [], set()

    def _forget(self) -> None:
        """In a forked child: the processes are the parent's. Nothing of ours may reach them, nor keep their input open after its death."""
        inherited = self._all
        self._renew()
        null = os.open(os.devnull, os.O_RDWR)
        for process in inherited:
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(null, cast(IO[bytes], stream).fileno())
            process.returncode = 0
        os.close(null)


def _exchange(process: subprocess.Popen[bytes], job: dict[str, Any], blobs: list[bytes], seconds: float) -> dict[str, Any] | None:
    """Its answer, or None when it had to be ended: the child is watched there already, this is for the watchman."""
    watch = threading.Timer(seconds + WAIT_SECONDS, process.kill)
    watch.start()
    try:
        frames.write(cast(Any, process.stdin), job, blobs)
        while (frame := frames.read(cast(Any, process.stdout))) is not None:
            if frame[0]["kind"] != "ready":
                return frame[0]
    except (frames.Broken, OSError):
        process.kill()
        process.wait()
    finally:
        watch.cancel()
    return None


examinations = Examinations()
"""This process's own."""
