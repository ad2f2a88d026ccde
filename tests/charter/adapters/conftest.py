"""One authority a module, the service that signs under it, and a document three people signed."""

from __future__ import annotations

import pytest

from charter.adapters.signer import LocalAuthority, SealingService
from tests.charter.adapters.signer_samples import NOW, font, signed


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority.open(tmp_path_factory.mktemp("data") / "keys", NOW)


@pytest.fixture(scope="module")
def service(authority: LocalAuthority) -> SealingService:
    return SealingService(authority, font())


@pytest.fixture(scope="module")
def final(service: SealingService) -> bytes:
    return signed(service).pdf
