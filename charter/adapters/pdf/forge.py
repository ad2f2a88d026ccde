"""The laying-out process: `python -m charter.adapters.pdf.forge`, started by the engine and kept warm.

It loads WeasyPrint and the fonts once, then forks for each document: the child is limited in time, memory and files and
says what it made over a pipe. Alone in its process and without threads, it can fork safely, which a web server cannot.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from charter.adapters import frames
from charter.adapters.pdf.finish import WrongFields
from charter.adapters.pdf.fonts import FIELD_FAMILY
from charter.adapters.pdf.layout import Problem, lay_out
from charter.adapters.pdf.limits import Excess, Limits

_WARM_UP = (
    "<html lang=fr><title>-</title><body style='font-family: Source Serif 4'>a<em>b</em><strong>c</strong>"
    "<p style='font-family: Source Sans 3; hyphens: auto'>Établissement<b>d</b></p>"
    f"<input type=text name=f title=f style='font-family: {FIELD_FAMILY}'></body>"  # french: a word to hyphenate
)


def main() -> None:
    """Serve frames on standard input until it closes."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Nothing a library prints may end up in the middle of a frame.
    os.dup2(2, 1)
    _warm()
    frames.write(answers, {"kind": "ready"})
    while (frame := frames.read(requests)) is not None:
        _serve(*frame, requests, answers)


def _warm() -> None:
    from weasyprint import HTML

    HTML(string=_WARM_UP).write_pdf(pdf_variant="pdf/a-3a", pdf_forms=True)


def _serve(job: dict[str, Any], blobs: list[bytes], requests: BinaryIO, answers: BinaryIO) -> None:
    """Have one document made by a child; always ends by exactly one `done`, `failed` or `excess` frame."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        # The child holds none of the engine's ends: the end of a stream must mean the end of its owner.
        requests.close()
        os.close(answers.fileno())
        _child(job, blobs, os.fdopen(writing, "wb"))
    os.close(writing)
    ended = False
    with os.fdopen(reading, "rb") as pipe, _alarm(child, Limits(**job["limits"]).wall_seconds) as rung, contextlib.suppress(frames.Broken):
        while (frame := frames.read(pipe)) is not None:
            ended = ended or frame[0]["kind"] != "progress"
            frames.write(answers, *frame)
    status = os.waitpid(child, 0)[1]
    if not ended:
        cause = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        reason = "timeout" if rung or cause == signal.SIGXCPU else "killed"
        frames.write(answers, {"kind": "failed", "reason": reason, "detail": f"signal {cause}", "params": {}})


@contextlib.contextmanager
def _alarm(child: int, seconds: float) -> Iterator[list[int]]:
    """Kill the child when the time is up; the list then holds the signal."""
    rung: list[int] = []

    def ring(number: int, _frame: object) -> None:
        rung.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield rung
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _child(job: dict[str, Any], blobs: list[bytes], answers: BinaryIO) -> NoReturn:
    try:
        _limit(Limits(**job["limits"]))
        header, result = _make(job, blobs, answers)
        frames.write(answers, header, result)
    finally:
        os._exit(0)


def _limit(limits: Limits) -> None:
    # Linux: the child dies with this process, however it ends (prctl PR_SET_PDEATHSIG).
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _make(job: dict[str, Any], blobs: list[bytes], answers: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    def tell(stage: str, page: int) -> None:
        frames.write(answers, {"kind": "progress", "stage": stage, "page": page})

    carried = len(job["attachments"])
    assets = dict(zip(job["assets"], blobs[carried:], strict=True))
    try:
        return {"kind": "done"}, [lay_out(job, blobs[:carried], assets, tell)]
    except Excess as error:
        return {"kind": "excess", "what": error.what}, []
    except Problem as error:
        return _failed(error.reason, error.detail, **error.params), []
    except WrongFields as error:
        return _failed("fields", str(error)), []
    except MemoryError:
        return _failed("memory"), []
    except BaseException as error:  # WeasyPrint has fatal errors outside Exception: all end as an answer
        return _failed("engine", f"{type(error).__name__}: {error}"[:500]), []


def _failed(reason: str, detail: str = "", **params: str) -> dict[str, Any]:
    return {"kind": "failed", "reason": reason, "detail": detail, "params": params}


if __name__ == "__main__":
    main()
    sys.exit(0)
