"""Files keep to the house: none too long, no room for odds and ends, no address of a package index in the lock files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.steps import ROOT

MAX_LINES = 300
SIZED = {".py", ".ts"}
WATCHED = {".html", ".css", ".mjs", ".sh", ".js"}
ODDS_AND_ENDS = {"util", "utils", "helper", "helpers", "misc", "common", "stuff", "tools"}
CODE = ("charter", "workflows", "scripts", "tests", "bench", "assets")
PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==\S+")


def main() -> int:
    """Prints every fault and warning; returns 1 when there is a fault."""
    files = _files()
    faults = [*_too_long(files, SIZED), *_odds_and_ends(files), *_requirements(), *_npm()]
    for warning in _too_long(files, WATCHED):
        print(f"warning: {warning}")
    print("\n".join(faults) or f"{len(files)} files looked at")
    return int(bool(faults))


def _files() -> list[Path]:
    """Files git knows of or would take; every file when this is no git checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = (
        listed.stdout.split("\0")
        if listed.returncode == 0
        else [str(path.relative_to(ROOT)) for top in CODE for path in (ROOT / top).rglob("*")]
    )
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def _too_long(files: list[Path], suffixes: set[str]) -> Iterator[str]:
    for path in files:
        if path.suffix in suffixes and "versions" not in path.parts:
            lines = len(path.read_text(errors="replace").splitlines())
            if lines > MAX_LINES:
                yield f"{path.relative_to(ROOT)}: {lines} lines, {MAX_LINES} at most"


def _odds_and_ends(files: list[Path]) -> Iterator[str]:
    for path in files:
        relative = path.relative_to(ROOT)
        if relative.parts[0] in CODE and ODDS_AND_ENDS.intersection(part.split(".")[0].strip("_").lower() for part in relative.parts):
            yield f"{relative}: say what it holds instead"


def _requirements() -> Iterator[str]:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        if "://" in text or re.search(r"^\s*-(-?index-url|-extra-index-url|-find-links|i |f )", text, re.MULTILINE):
            yield f"{name}: holds an address"
        for entry in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
            if PINNED.match(entry) and "--hash=sha256:" not in entry:
                yield f"{name}: {entry.split()[0]} has no hash"
            if entry and not entry.lstrip().startswith("#") and not PINNED.match(entry):
                yield f"{name}: not pinned: {entry[:60]}"


def _npm() -> Iterator[str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        if "resolved" in package:
            yield f"package-lock.json: {name} holds an address"
        if name and not package.get("link") and "integrity" not in package:
            yield f"package-lock.json: {name} has no hash"
    npmrc = ROOT / ".npmrc"
    if npmrc.exists() and "registry=" in npmrc.read_text().replace(" ", ""):
        yield ".npmrc: holds an address"


if __name__ == "__main__":
    sys.exit(main())
