"""What the machine itself must have: shared libraries and programs, looked for by what they do rather than by package name."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.steps import StepFailed, command, told

EXTRA_PATH = "/usr/sbin:/usr/local/sbin:/sbin:/opt/homebrew/bin:/usr/local/bin"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_APPS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
JAVA_ARCHIVES = Path("/usr/share/java")
JAVA_PLACES = ("/opt/homebrew/opt/openjdk/bin/java", "/usr/local/opt/openjdk/bin/java")
POSTGRES_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


def program(*names: str) -> Path | None:
    """The first of these programs found, also where plain users' PATH does not look."""
    path = os.environ.get("PATH", os.defpath) + os.pathsep + EXTRA_PATH
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return Path(found)
    return None


def chromium() -> Path | None:
    """The browser the tests drive: $CHROMIUM, or Debian's Chromium, or Chrome."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named)
    return program(*CHROMIUM_NAMES) or next((Path(app) for app in CHROMIUM_APPS if Path(app).exists()), None)


def java() -> Path | None:
    """A Java runtime that starts, for veraPDF. macOS has a `java` that only says where to buy one; Homebrew's is off the PATH."""
    places = (program("java"), *(Path(place) for place in JAVA_PLACES))
    return next((path for path in places if path and path.exists() and _answers([path, "-version"])), None)


def jaxb() -> bool:
    """True when Java's XML binding is installed, which left Java itself in version 11."""
    return (JAVA_ARCHIVES / "jaxb-runtime.jar").exists()


def _answers(words: Sequence[str | Path]) -> bool:
    try:
        return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def postgres_bin() -> Path | None:
    """The directory of initdb and pg_ctl, the newest version first; None when PostgreSQL's server is not installed."""
    found = [path for place in POSTGRES_PLACES for path in Path("/").glob(place[1:]) if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", path.as_posix())])
    initdb = program("initdb")
    return initdb.resolve().parent if initdb else None


def _library(name: str, version: str) -> bool:
    mac = f"lib{name}.{version}.dylib"
    for candidate in (f"lib{name}.so.{version}", mac, f"/opt/homebrew/lib/{mac}", f"/usr/local/lib/{mac}"):
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


@dataclass(frozen=True)
class Need:
    """Something the machine must have, how to see it, and the packages that bring it."""

    present: Callable[[], object]
    apt: str
    brew: str


RUN_NEEDS = (
    Need(lambda: importlib.util.find_spec("ensurepip"), f"python3.{sys.version_info.minor}-venv", "python"),
    Need(lambda: _library("pangoft2-1.0", "0"), "libpangoft2-1.0-0", "pango"),
    Need(lambda: _library("harfbuzz-subset", "0"), "libharfbuzz-subset0", "harfbuzz"),
)
TEST_NEEDS = (
    Need(postgres_bin, "postgresql", "postgresql"),
    Need(lambda: program("redis-server"), "redis-server", "redis"),
    Need(lambda: program("nginx"), "nginx-light", "nginx"),
    Need(chromium, "chromium", "--cask chromium"),
    Need(lambda: program("pdftoppm"), "poppler-utils", "poppler"),
    Need(lambda: program("openssl"), "openssl", "openssl"),
    Need(lambda: program("softhsm2-util"), "softhsm2", "softhsm"),
    Need(java, "default-jre-headless", "openjdk"),
    Need(lambda: jaxb() or platform.system() == "Darwin", "libjaxb-java", ""),  # nowhere in Homebrew: conformity is looked at elsewhere
)


def provide(needs: Sequence[Need]) -> None:
    """Installs what is missing when it may (Debian or Ubuntu, root or password-less sudo).

    Raises StepFailed with the one line to type when it may not.
    """
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    if platform.system() == "Darwin":
        raise StepFailed("Please install what is missing:  brew install " + " ".join(need.brew for need in missing))
    packages = [_apt_name(need.apt) for need in missing]
    line = "apt-get install --yes --no-install-recommends " + " ".join(packages)
    prefix = _as_root()
    if not shutil.which("apt-get"):
        raise StepFailed("Please install what these Debian packages hold: " + " ".join(packages))
    if prefix is None:
        raise StepFailed(f"Please install what is missing:  sudo {line}")
    with told("System packages: " + " ".join(packages)):
        _apt([*prefix, *line.split()], [*prefix, "apt-get", "update"])
    still = [need.apt for need in missing if not need.present()]
    if still:
        raise StepFailed(f"{' '.join(still)}: installed, yet not found")


def _apt_name(name: str) -> str:
    ubuntu = "ID=ubuntu" in Path("/etc/os-release").read_text() if Path("/etc/os-release").exists() else False
    return "chromium-browser" if name == "chromium" and ubuntu else name


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def _apt(install: list[str], update: list[str]) -> None:
    """Installs; when the package lists are missing or old, refreshes them once and tries again."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        command(install, environment=environment)
    except StepFailed:
        command(update, environment=environment)
        command(install, environment=environment)
