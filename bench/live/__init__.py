"""Live editing beside @hocuspocus/server, the peer people would otherwise take: same machine, same run, same load program.

Ours checks rights, stores, attributes and acknowledges after its commit; the peer keeps nothing. `BENCH_QUICK=1` goes through everything in
a minute, with figures that mean nothing; `BENCH_ROUNDS=1` goes once instead of five times.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.live import cold, two
from bench.live.figures import Rounds, compared
from bench.live.ground import Ground, lay
from bench.live.scenarios import FULL, QUICK, Length, Result, to_both
from bench.live.servers import SERVERS
from bench.report import Row

ROUNDS = 5


def measure() -> list[Row]:
    """Every row, in about ten minutes. Raises CalledProcessError when a client was lost, or a delivery or acknowledgement missing."""
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    length, rounds = (QUICK, 1) if quick else (FULL, int(os.environ.get("BENCH_ROUNDS", ROUNDS)))
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        ground = lay(Path(folder), f"sqlite:///{folder}/ground.sqlite3")
        rows = compared(_rounds(ground, length, rounds))
        rows.append(cold.crowd(ground, rooms=2 if quick else cold.CROWDED_ROOMS))
        rows += cold.rows(ground, edits=length.edits, stored=5 * length.edits, times=3 if quick else 15)
    return [*rows, two.row(length, rounds)]


def _rounds(ground: Ground, length: Length, count: int) -> Rounds:
    """Each scenario on each server, each time on a fresh process, in an order drawn again for each round."""
    results: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for number in range(count):
        turns = [(scenario, name) for scenario in to_both(length) for name in SERVERS]
        random.Random(number).shuffle(turns)
        for scenario, name in turns:
            print(f"    round {number + 1} of {count}: {scenario.name}, {name}", flush=True)
            with SERVERS[name](ground) as server:
                results[scenario.name, name].append(scenario.run(server, number + 1))
    return results
