"""The bench of live editing: what it counts, what it concludes, and that it goes to its end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from bench import live
from bench.live.figures import OURS, PEER, RATIOS, compared, delivery_cost
from bench.live.scenarios import FULL, Result, to_both
from bench.live.servers import LOAD
from charter.config import ROOT

ROWS = (
    "processor per delivery, room of 20",
    "processor per delivery, room of 100",
    "processor per delivery, 50 rooms of 4",
    "p99, room of 20",
    "p99, room of 20, ours",
    "p99, room of 100",
    "updates a second before p99 passes 250 ms, room of 20",
    "memory per room, 50 rooms of 4",
    "first sync, 20,000 edits",
    "50 reconnecting at once",
)


def results(**changes: float) -> Result:
    """What a round measured of everything."""
    return {"cpu": 1.0, "deliveries": 1000.0, "p99": 10.0, "memory": 4e5, "reached": 2000.0, "milliseconds": 20.0, **changes}


def rounds(ours: list[Result], peer: list[Result]) -> dict[tuple[str, str], list[Result]]:
    """The same rounds for every scenario."""
    return {(scenario.name, server): found for scenario in to_both(FULL) for server, found in ((OURS, ours), (PEER, peer))}


def test_there_is_a_row_for_each_figure_in_order() -> None:
    assert tuple(row.name for row in compared(rounds([results()], [results()]))) == ROWS
    assert {scenario for _, scenario, *_ in RATIOS} == {scenario.name for scenario in to_both(FULL)}


def test_a_ratio_is_that_of_the_medians_and_one_wild_round_changes_nothing() -> None:
    ours = [results(cpu=0.8), results(cpu=0.8), results(cpu=50.0)]
    rows = {row.name: row for row in compared(rounds(ours, [results()] * 3))}
    assert rows[ROWS[0]].reached == pytest.approx(0.8) and rows[ROWS[0]].holds
    assert rows["p99, room of 20"].reached == 1 and rows["p99, room of 20, ours"].reached == 10


def test_a_lower_ceiling_is_missed_and_a_higher_cost_too() -> None:
    rows = {row.name: row for row in compared(rounds([results(reached=1999, cpu=1.2)], [results()]))}
    assert not rows["updates a second before p99 passes 250 ms, room of 20"].holds
    assert not rows["processor per delivery, 50 rooms of 4"].holds


def test_the_cost_of_a_delivery_is_in_seconds_each() -> None:
    assert delivery_cost(results(cpu=2.0, deliveries=4.0)) == 0.5


def test_the_load_sees_whose_characters_an_update_brings_however_it_was_merged() -> None:
    script = f"""
        import * as Y from "yjs";
        import {{ Author, FIRST_AUTHOR, reach, seed }} from "{LOAD}/words.mjs";
        const seeded = seed(2);
        const [one, two] = [new Author(0, seeded), new Author(1, seeded)];
        const updates = [one.type(), two.type(), one.type(), one.type()];
        const seen = {{}};
        reach(Y.mergeUpdates(updates), (client, clock) => (seen[client - FIRST_AUTHOR] = clock));
        const last = [];
        reach(updates[3], (client, clock) => last.push(client - FIRST_AUTHOR, clock));
        console.log(JSON.stringify([seen, last]));
    """
    done = subprocess.run(["node", "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [{"0": 3, "1": 1}, [0, 3]]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The bench in its shortest form."""
    monkeypatch.setenv("BENCH_QUICK", "1")
    yield


@pytest.mark.postgres
@pytest.mark.usefixtures("quick")
def test_the_whole_bench_goes_to_its_end() -> None:
    rows = live.measure()
    assert tuple(row.name for row in rows[: len(ROWS)]) == ROWS
    assert [row.name.split(",")[0] for row in rows[len(ROWS) :]] == [
        "first synchronisations that never came",
        "cold load",
        "cold load",
        "p50 with two live processes",
    ]
    assert rows[len(ROWS)].reached == 0
