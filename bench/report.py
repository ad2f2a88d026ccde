"""Rows of a bench, the file each area leaves, and the table one reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).resolve().parents[1] / "var" / "bench"


@dataclass(frozen=True)
class Row:
    """One measure: what, in which unit, what it should reach and what it reached.

    `at_least` tells which way is better: False (the default) when less is better (seconds, bytes), True when more is (a rate).
    """

    name: str
    unit: str
    target: float
    reached: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """True when the target is reached."""
        return self.reached >= self.target if self.at_least else self.reached <= self.target

    def as_dict(self) -> dict[str, Any]:
        """The row as written in var/bench/AREA.json."""
        return {"name": self.name, "unit": self.unit, "target": self.target, "reached": round(self.reached, 4), "holds": self.holds}


def write(area: str, rows: Sequence[Row], directory: Path = OUTPUT) -> Path:
    """Writes `directory/AREA.json`, a list of rows `name, unit, target, reached, holds`. Returns its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{area}.json"
    path.write_text(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=2) + "\n")
    return path


def table(results: Iterable[tuple[str, Sequence[Row]]]) -> str:
    """The measures of every area as aligned text; says so when there is none."""
    lines = [
        (
            area,
            row.name,
            f"{'≥' if row.at_least else '≤'} {row.target:g}",
            f"{row.reached:.4g}",
            row.unit,
            "holds" if row.holds else "MISSED",
        )
        for area, rows in results
        for row in rows
    ]
    if not lines:
        return "nothing to measure"
    lines.insert(0, ("area", "measure", "target", "reached", "unit", ""))
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
