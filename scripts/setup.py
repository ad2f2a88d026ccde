"""Makes a checkout ready: `python -m scripts.setup run|check|test`. Idempotent, and quick when nothing changed.

Each level holds the former: `run` what the product needs, `check` the tools as well, `test` the servers and the browser too.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import system
from scripts.steps import ROOT, STATE, Step, StepFailed, alone, command, perform

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
NODE_MINIMUM = 20
LEVELS = ("run", "check", "test")
LOCKS = {"run": ROOT / "requirements.txt", "check": ROOT / "requirements-dev.txt", "test": ROOT / "requirements-dev.txt"}


def main(level: str) -> int:
    """Does every step of `level`. Returns 0, or 1 after saying what failed and the mend."""
    if level not in LEVELS:
        print(f"usage: python -m scripts.setup {'|'.join(LEVELS)}", file=sys.stderr)
        return 2
    try:
        with alone():
            _set_up(level)
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return 0


def _set_up(level: str) -> None:
    system.provide(system.RUN_NEEDS + (system.TEST_NEEDS if level == "test" else ()))
    npm = _npm()
    _virtual_environment()
    _python_packages(level)
    for step in (_project(), _node_packages(npm), _assets(), _territories(), *_translations()):
        perform(step)


def _virtual_environment() -> None:
    """Makes .venv, and makes it again when its interpreter no longer starts (upgraded, moved or too old)."""
    if VENV_PYTHON.exists() and _starts(VENV_PYTHON):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    perform(
        Step(
            "Virtual environment",
            STATE / "venv",
            lambda: command([sys.executable, "-m", "venv", VENV]),
            facts=(sys.version,),
            outputs=(VENV_PYTHON, VENV / "bin" / "pip"),
        )
    )


def _starts(python: Path) -> bool:
    code = "import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix != sys.argv[1])"
    try:
        return subprocess.run([python, "-c", code, VENV], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _python_packages(level: str) -> None:
    """Installs the locked packages. Those of the tests hold those of the product, so either will do for `run`."""
    steps = {name: _locked(name, lock) for name, lock in (("run", LOCKS["run"]), ("dev", LOCKS["test"]))}
    if level == "run" and steps["dev"].done():
        return
    wanted, other = (steps["run"], steps["dev"]) if level == "run" else (steps["dev"], steps["run"])
    if not wanted.done():
        other.stamp.unlink(missing_ok=True)
    perform(wanted)


def _locked(name: str, lock: Path) -> Step:
    return Step(
        f"Python packages ({lock.name})",
        VENV / f".packages-{name}",
        lambda: _pip("--require-hashes", "--requirement", lock),
        inputs=(lock,),
        facts=(sys.version, platform.platform()),
    )


def _pip(*arguments: str | Path) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    command([VENV_PYTHON, "-m", "pip", "install", "--quiet", *arguments], environment=environment)


def _project() -> Step:
    """The project itself, editable. No build isolation: setuptools is in the locked packages, so nothing unlocked is fetched."""
    return Step(
        "This project",
        VENV / ".project",
        lambda: _pip("--no-deps", "--no-build-isolation", "--editable", ROOT),
        inputs=(ROOT / "pyproject.toml", ROOT / "requirements.in"),
        outputs=(VENV / "bin" / "charte",),
        facts=(str(ROOT),),
    )


def _npm() -> Path:
    """The npm to use. Raises StepFailed when Node.js is missing or older than 20."""
    mend = f"Install Node.js {NODE_MINIMUM} or later (nodejs.org, your package manager, or nvm), then start again."
    node, npm = system.program("node"), system.program("npm")
    if node is None or npm is None:
        raise StepFailed(f"Node.js with npm was not found. {mend}")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < NODE_MINIMUM:
        raise StepFailed(f"Node.js {version or '(unknown)'} is too old. {mend}")
    return npm


def _node_packages(npm: Path) -> Step:
    """Locked packages, without their install scripts: none of ours needs one (esbuild and tsc come as optional packages)."""
    return Step(
        "Browser packages",
        NODE_MODULES / ".installed",
        lambda: command([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]),
        inputs=(ROOT / "package.json", ROOT / "package-lock.json"),
        outputs=(NODE_MODULES / "esbuild", NODE_MODULES / "@expo-google-fonts"),
        facts=(platform.system(), platform.machine()),
    )


def _assets() -> Step:
    return Step(
        "Stylesheet and scripts",
        STATE / "assets",
        lambda: command([system.program("node") or "node", "assets/build.mjs"], environment={**os.environ, "PYTHON": str(VENV_PYTHON)}),
        inputs=(ROOT / "assets", ROOT / "scripts" / "build_fonts.py", ROOT / "package-lock.json"),
        outputs=(ROOT / "charter" / "static" / "build" / "manifest.json",),
    )


def _territories() -> Step:
    return Step(
        "Territories",
        STATE / "territories",
        lambda: command([VENV_PYTHON, "scripts/build_territories.py"]),
        inputs=(ROOT / "scripts" / "build_territories.py", ROOT / "package-lock.json"),
        outputs=(ROOT / "charter" / "data" / "build" / "territories.json.gz",),
    )


def _translations() -> list[Step]:
    catalogues = sorted((ROOT / "charter" / "translations").glob("*/LC_MESSAGES/*.po"))
    compiled = Step(
        "Translations",
        STATE / "translations",
        lambda: command([VENV / "bin" / "pybabel", "-q", "compile", "--directory", "charter/translations"]),
        inputs=tuple(catalogues),
        outputs=tuple(catalogue.with_suffix(".mo") for catalogue in catalogues),
    )
    return [compiled] if catalogues else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
