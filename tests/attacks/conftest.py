"""One installation's keys and one really signed charter for all attacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.signer import LocalAuthority, SealingService, Trust
from tests.attacks import originals
from tests.attacks.originals import LATER, NOW
from tests.charter.adapters.signer_samples import font
from tests.charter.signing.conftest import authority, keys, quiet_later_stages

__all__ = ["authority", "keys", "quiet_later_stages"]


@pytest.fixture(scope="session")
def local(keys: Path) -> LocalAuthority:
    """The installation's authority."""
    return LocalAuthority.open(keys, NOW)


@pytest.fixture(scope="session")
def service(local: LocalAuthority) -> SealingService:
    return SealingService(local, font())


@pytest.fixture(scope="session")
def states(service: SealingService) -> list[bytes]:
    """A charter of three parties: certified, signed by one, by two, by all and archived."""
    return originals.signed(service, 3)


@pytest.fixture(scope="session")
def final(states: list[bytes]) -> bytes:
    return states[-1]


@pytest.fixture(scope="session")
def trust(local: LocalAuthority) -> Trust:
    return local.trust(LATER)


@pytest.fixture
def clock() -> FixedClock:
    """A month after the signatures."""
    return FixedClock(LATER)
