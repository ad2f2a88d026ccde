"""The process that reads one file and ends: `python -m charter.drafting.files.child`, the file on its input, what it understood as JSON on
its output. It has none of our secrets, opens nothing, and the system ends it when it takes too long or too much."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import structlog

from charter.drafting.files.archive import MAX_FILE
from charter.drafting.files.understood import Understood, Unreadable

log = structlog.get_logger()

CPU_SECONDS = 15
WALL_SECONDS = 30
MEMORY = 1024 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[3]


def read_apart(data: bytes) -> Understood:
    """What is understood of a file, read in a process of its own. Raises Unreadable, `slow` when it had to be ended."""
    if len(data) > MAX_FILE:
        raise Unreadable("too_big")
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "charter.drafting.files.child"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, env=environment, cwd="/", timeout=WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("slow") from error
    if done.returncode:
        log.warning("file_reader_ended", code=done.returncode, said=done.stderr.decode("utf-8", "replace")[-500:])
        raise Unreadable("slow")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return Understood.of(answer)


def main() -> None:
    """Reads the input, writes the answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from charter.drafting.files.reading import read

    try:
        answer = read(sys.stdin.buffer.read(MAX_FILE + 1)).plain()
    except Unreadable as error:
        answer = {"refused": error.reason}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
