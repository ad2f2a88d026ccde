"""What `charte story` leaves, told once a session through the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from charter.config import ROOT


def charte(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line on an installation of its own."""
    environment = {**os.environ, "DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": "", "LOG_LEVEL": "WARNING"}
    return subprocess.run(
        [sys.executable, "-m", "charter", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="session")
def story_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation that told the story."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def story(story_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the story left. To be read only."""
    out = tmp_path_factory.mktemp("story") / "out"
    run = charte(story_data, "story", "--out", str(out))
    assert run.returncode == 0, run.stdout + run.stderr
    return out
