"""Runs every check, two at a time, and sums up: `python -m scripts.check [NAME…]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.steps import ROOT

BIN = ROOT / ".venv" / "bin"
AT_ONCE = 2
Words = tuple[str | Path, ...]


@dataclass(frozen=True)
class Check:
    """A check: its name, what it holds, and the command that fails when it does not hold."""

    name: str
    what: str
    command: Words


PYTHON = BIN / "python"
CHECKS = (
    Check("types", "mypy, strict", (BIN / "mypy",)),
    Check("style", "ruff's rules", (BIN / "ruff", "check", ".")),
    Check("format", "ruff's layout", (BIN / "ruff", "format", "--check", ".")),
    Check("rooms", "rules between rooms", (BIN / "lint-imports", "--no-logo")),
    Check("templates", "templates parse, pages hold to the CSP", (PYTHON, "-m", "scripts.check_templates")),
    Check("migrations", "migrations match models", (BIN / "charte", "db", "check")),
    Check("translations", "every word has its English", (PYTHON, "-m", "scripts.check_translations")),
    Check("files", "sizes, names, lock files", (PYTHON, "-m", "scripts.check_files")),
    Check("typescript", "tsc, strict", (ROOT / "node_modules" / ".bin" / "tsc", "--noEmit", "-p", "assets/tsconfig.json")),
)


@dataclass(frozen=True)
class Result:
    """How a check went."""

    check: Check
    held: bool
    seconds: float
    output: str


def run(check: Check) -> Result:
    """Runs one check, from the project's root."""
    started = time.monotonic()
    # `charte db check` reads settings: whatever this machine's own are, the check looks at none of its data
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"DATA_DIR": str(ROOT / "var" / "check"), "NO_COLOR": "1"}
    done = subprocess.run(
        [str(word) for word in check.command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Result(check, done.returncode == 0, time.monotonic() - started, (done.stdout + done.stderr).strip())


def main(names: list[str]) -> int:
    """Runs the named checks, or all. Returns 0 when every one holds, 2 for an unknown name."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(check.name for check in CHECKS)}", file=sys.stderr)
        return 2
    wanted = [check for check in CHECKS if not names or check.name in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(_told, wanted))
    return _sum_up(results)


def _told(check: Check) -> Result:
    result = run(check)
    print(f"  {'ok    ' if result.held else 'FAILED'}  {check.name:<13} {check.what} ({result.seconds:.0f} s)", flush=True)
    return result


def _sum_up(results: list[Result]) -> int:
    failed = [result for result in results if not result.held]
    for result in failed:
        print(f"\n---- {result.check.name}\n{result.output}")
    for result in results:
        if result.held and "warning:" in result.output:
            print("\n".join(line for line in result.output.splitlines() if line.startswith("warning:")))
    print(
        f"\n{len(results) - len(failed)} of {len(results)} checks hold"
        + (f"; not: {', '.join(r.check.name for r in failed)}" if failed else "")
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
