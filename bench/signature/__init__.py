"""Signing beside bare pyHanko, and many signing at once beside one loop: same machine, same run, same prepared files.

`BENCH_QUICK=1` goes through everything with three signatories, with figures that mean nothing.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path

from bench.report import Row
from bench.signature import alone, together

SIZES = (10, 50, 100)
AT_ONCE = 50


def measure() -> list[Row]:
    """Every row, in about five minutes. Raises AssertionError when somebody was not sealed once."""
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    sizes, crowd = ((3,), 3) if quick else (SIZES, AT_ONCE)
    with tempfile.TemporaryDirectory(prefix="bench-signature-") as folder:
        rows = alone.rows(Path(folder), sizes)
        rows.append(together.row(Path(folder), crowd))
    if importlib.util.find_spec("bench.signature.verifying"):
        rows += importlib.import_module("bench.signature.verifying").rows()
    return rows
