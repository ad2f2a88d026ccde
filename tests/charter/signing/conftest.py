"""Shared by the signature's tests: one authority for all (keys take a while), an envelope ready to send."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from charter.adapters.signer import LocalAuthority
from charter.alliances.announce import followers
from charter.config import Settings
from charter.signing.models import Envelope
from charter.work import Work
from tests.charter.signing import factories
from tests.conftest import START


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority's directory, made at the tests' START."""
    directory = tmp_path_factory.mktemp("authority") / "keys"
    LocalAuthority.open(directory, START)
    return directory


@pytest.fixture(autouse=True)
def authority(settings: Settings, keys: Path) -> None:
    """The same keys in each test's own directory."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(keys, settings.keys_dir)


@pytest.fixture(autouse=True)
def quiet_later_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What later rooms do when all is signed is theirs to test."""
    for name in ("evaluation.open_plan", "evaluation.cancel_remaining"):
        monkeypatch.setitem(followers, name, lambda *_: None)


@pytest.fixture
def envelope(work: Work) -> Envelope:
    """A draft envelope of three parties, committed."""
    made = factories.envelope(work)
    work.commit()
    return made
