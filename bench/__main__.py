"""`python -m bench [AREA…]`: runs the areas, writes var/bench/AREA.json for each, prints the table. Exit 1 when a target is missed."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench.report import Row, table, write

NOT_AREAS = {"__main__", "report"}


def areas() -> list[str]:
    """Every area there is: the modules and packages of `bench` that have a `measure`."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in NOT_AREAS)


def main(names: list[str]) -> int:
    """Measures the named areas, or all. Returns 0 when every target is reached, 1 when one is missed, 2 for an unknown area."""
    unknown = set(names) - set(areas())
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(areas()) or 'none yet'}", file=sys.stderr)
        return 2
    results: list[tuple[str, list[Row]]] = []
    for area in names or areas():
        print(f"  {area} …", flush=True)
        rows = list(importlib.import_module(f"bench.{area}").measure())
        write(area, rows)
        results.append((area, rows))
    print(table(results))
    return int(any(not row.holds for _, rows in results for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
