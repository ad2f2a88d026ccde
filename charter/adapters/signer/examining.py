"""The examining process: `python -m charter.adapters.signer.examining`, started by `apart` and kept warm.

It loads pyHanko once, then forks for each file: the child is limited in time and memory, writes nothing, and says what it found over a
pipe. Whatever the file does to it, another child is ready for the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import signal
import sys
from datetime import datetime
from typing import Any, BinaryIO, NoReturn

from charter.adapters import frames
from charter.adapters.signer import answers, quickening, rehearsal
from charter.adapters.signer.trust import PARTS, Trust
from charter.adapters.signer.verification import verify


def main() -> None:
    """Serve frames on standard input until it closes."""
    requests, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Nothing a library prints may end up in the middle of a frame.
    os.dup2(2, 1)
    quickening.quicken()
    rehearsal.rehearse()
    gc.collect()
    gc.freeze()
    frames.write(said, {"kind": "ready"})
    while (frame := frames.read(requests)) is not None:
        frames.write(said, _answer(*frame, requests, said))
        del frame


def _answer(job: dict[str, Any], blobs: list[bytes], requests: BinaryIO, said: BinaryIO) -> dict[str, Any]:
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        # The child holds none of the caller's ends: the end of a stream must mean the end of its owner.
        requests.close()
        os.close(said.fileno())
        _child(job, blobs, os.fdopen(writing, "wb"))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = _within(job["wall_seconds"], child, pipe)
    os.waitpid(child, 0)
    return answer or {"kind": "failed"}


def _within(seconds: float, child: int, pipe: BinaryIO) -> dict[str, Any] | None:
    """The child's frame; None when it ended, or had to be ended, before saying it."""

    def ring(_number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        frame = frames.read(pipe)
    except frames.Broken:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return frame[0] if frame else None


def _child(job: dict[str, Any], blobs: list[bytes], said: BinaryIO) -> NoReturn:
    try:
        _limit(job)
        pdf, *certificates = blobs
        found = verify(pdf, now=datetime.fromisoformat(job["now"]), trust=_trust(job, certificates), full=job["full"])
        frames.write(said, {"kind": "done", "found": answers.plain(found)})
    finally:
        os._exit(0)


def _limit(job: dict[str, Any]) -> None:
    # Linux: the child dies with this process, however it ends (prctl PR_SET_PDEATHSIG).
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu_seconds"], job["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory_bytes"], job["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _trust(job: dict[str, Any], certificates: list[bytes]) -> Trust:
    given, rest = {}, iter(certificates)
    for name in PARTS:
        given[name] = tuple(next(rest) for _ in range(job[name]))
    return Trust(**given)


if __name__ == "__main__":
    main()
    sys.exit(0)
