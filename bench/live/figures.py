"""From what rounds measured to rows: medians of each server over the rounds, then their ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from bench.live.scenarios import CEILING, FIRST_SYNC, REJOINING, ROOM_20, ROOM_100, ROOMS_OF_4, Result
from bench.report import Row

OURS, PEER = "charte", "hocuspocus"
Rounds = Mapping[tuple[str, str], Sequence[Result]]
"""(scenario, server) to what each round measured."""

Figure = Callable[[Result], float]
TIMES = "× hocuspocus"


def delivery_cost(result: Result) -> float:
    """Seconds of the server's processor for one update reaching one reader."""
    return result["cpu"] / result["deliveries"]


def figure(name: str) -> Figure:
    """The measure of that name."""
    return lambda result: result[name]


RATIOS: tuple[tuple[str, str, Figure, float, bool], ...] = (
    ("processor per delivery, room of 20", ROOM_20, delivery_cost, 0.9, False),
    ("processor per delivery, room of 100", ROOM_100, delivery_cost, 1.0, False),
    ("processor per delivery, 50 rooms of 4", ROOMS_OF_4, delivery_cost, 1.0, False),
    ("p99, room of 20", ROOM_20, figure("p99"), 1.5, False),
    ("p99, room of 100", ROOM_100, figure("p99"), 1.5, False),
    ("updates a second before p99 passes 250 ms, room of 20", CEILING, figure("reached"), 1.0, True),
    ("memory per room, 50 rooms of 4", ROOMS_OF_4, figure("memory"), 1.0, False),
    ("first sync, 20,000 edits", FIRST_SYNC, figure("milliseconds"), 0.5, False),
    ("50 reconnecting at once", REJOINING, figure("milliseconds"), 0.6, False),
)
P99_MS = 25.0


def middle(results: Sequence[Result], of: Figure) -> float:
    """The median of a figure over the rounds."""
    return median(map(of, results))


def compared(rounds: Rounds) -> list[Row]:
    """A row for each ratio, and the one figure that is ours alone: p99 in the room of 20."""
    rows = [
        Row(name, TIMES, target, middle(rounds[scenario, OURS], of) / middle(rounds[scenario, PEER], of), at_least)
        for name, scenario, of, target, at_least in RATIOS
    ]
    own = Row("p99, room of 20, ours", "ms", P99_MS, middle(rounds[ROOM_20, OURS], figure("p99")))
    return [*rows[:4], own, *rows[4:]]
