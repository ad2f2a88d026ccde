"""What it costs to be connected to a live process that does not own the text: as in full mode, on PostgreSQL and Redis of our own."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.live.ground import Ground, lay
from bench.live.scenarios import Length, Result, load
from bench.live.servers import live
from bench.report import Row
from tests.servers import Postgres, Redis

PEOPLE = 20
LATER_MS = 2.0


def row(length: Length, rounds: int) -> Row:
    """The median delay of a delivery with half of a room of twenty on either process, less that with all on the owner."""
    with tempfile.TemporaryDirectory(prefix="bench-live-two-") as folder, ExitStack() as stack:
        directory = Path(folder)
        directory.chmod(0o755)  # PostgreSQL does not run as root
        postgres = Postgres.create(directory / "postgres")
        stack.callback(postgres.stop)
        redis = Redis.create(directory / "redis")
        stack.callback(redis.stop)
        ground = lay(directory, postgres.create_database("bench"))
        (first, port), (second, other) = (stack.enter_context(live(ground, {"REDIS_URL": redis.url})) for _ in range(2))
        pids, ports = (first, second), (port, other)
        later = [_later(ground, length, pids, ports, number) for number in range(rounds)]
    return Row("p50 with two live processes, less that with one", "ms", LATER_MS, median(later))


def _later(ground: Ground, length: Length, pids: tuple[int, int], ports: tuple[int, int], number: int) -> float:
    # Odd rounds begin with the two processes, so that neither always comes on a warmer machine. Every run has a text of its own.
    turns = [(ports[0], ports[0]), ports] if number % 2 else [ports, (ports[0], ports[0])]
    delays = {turn: _run(ground, length, pids, turn, 2 * number + place)["p50"] for place, turn in enumerate(turns)}
    return delays[ports] - delays[ports[0], ports[0]]


def _run(ground: Ground, length: Length, pids: tuple[int, int], ports: tuple[int, int], text: int) -> Result:
    rooms = [[ground.address(ports[person % 2], text, person) for person in range(PEOPLE)]]
    timed = {"rate": 100, "warm": length.warm, "seconds": length.seconds}
    return load({"scenario": "typing", "dialect": "charte", "pids": pids, "rooms": rooms, "seed": text, **timed})
