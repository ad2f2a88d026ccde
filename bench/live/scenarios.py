"""What is measured on both servers: who is where, how fast they write, and the jobs the load program is given."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.live.servers import LOAD, Address, Running

LOAD_SECONDS = 120
Rooms = Callable[[Running], list[list[Address]]]
Result = dict[str, float]


@dataclass(frozen=True)
class Scenario:
    """A job of the load: its `kind`, its rooms, and what else it is told."""

    name: str
    kind: str
    rooms: Rooms
    told: dict[str, Any]

    def run(self, server: Running, seed: int) -> Result:
        """Runs the load against a server. Raises CalledProcessError when a client was lost, a delivery or an acknowledgement missing."""
        job = {
            "scenario": self.kind,
            "dialect": server.dialect,
            "pids": server.pids,
            "rooms": self.rooms(server),
            "seed": seed,
            **self.told,
        }
        return load(job)


def load(job: dict[str, Any]) -> Result:
    """Gives a job to the load program; what it measured."""
    done = subprocess.run(
        ["node", str(LOAD / "main.mjs")],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LOAD_SECONDS,
    )
    result: Result = json.loads(done.stdout)
    return result


def together(people: int, texts: int = 1) -> Rooms:
    """`texts` rooms of `people` each."""
    return lambda server: [[server.addresses(text, text * people + person) for person in range(people)] for text in range(texts)]


@dataclass(frozen=True)
class Length:
    """How long things last: seconds of typing unseen and measured, at each rate of the ceiling, edits of the large document."""

    warm: float
    seconds: float
    step: float
    edits: int
    rates: tuple[int, ...]


FULL = Length(warm=1, seconds=4, step=1.5, edits=20_000, rates=(500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000))
QUICK = Length(warm=0.2, seconds=0.5, step=0.3, edits=500, rates=(50, 100))

ROOM_20, ROOM_100, ROOMS_OF_4, CEILING = "room of 20", "room of 100", "50 rooms of 4", "ceiling"
FIRST_SYNC, REJOINING = "first sync", "reconnecting"


def to_both(length: Length) -> tuple[Scenario, ...]:
    """Every scenario both servers go through. Somebody in the room of 20 writes 5 times a second, as one types; in the others, twice
    (rooms of 4) and once (room of 100)."""
    timed = {"warm": length.warm, "seconds": length.seconds}
    return (
        Scenario(ROOM_20, "typing", together(20), {"rate": 100, **timed}),
        Scenario(ROOM_100, "typing", together(100), {"rate": 100, **timed}),
        Scenario(ROOMS_OF_4, "typing", together(4, 50), {"rate": 400, **timed}),
        Scenario(CEILING, "ceiling", together(20), {"rates": length.rates, "seconds": length.step}),
        Scenario(FIRST_SYNC, "syncing", together(41), {"edits": length.edits}),
        Scenario(REJOINING, "rejoining", together(51), {"edits": length.edits}),
    )
