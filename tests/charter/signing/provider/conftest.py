"""A provider that answers, the settings that name it, and an envelope it is chosen for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.config import Settings, SignatureProvider
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider import services as providing
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from tests.provider import KEY, SECRET, Provider
from tests.provider_hand import Hand, Identity, identity


@pytest.fixture(scope="session")
def root() -> Identity:
    """The provider's authority."""
    return identity("Prestataire de test, racine")


@pytest.fixture
def provider(clock: FixedClock, root: Identity) -> Iterator[Provider]:
    """Running, its hand telling the test's time."""
    made = Provider(hand=Hand(now=clock.now, root=root)).start()
    yield made
    made.stop()


@pytest.fixture
def level() -> str:
    """What the operator asks of it."""
    return "electronic_signature"


@pytest.fixture
def settings(settings: Settings, provider: Provider, level: str, tmp_path: Path) -> Settings:
    """With that provider."""
    roots = tmp_path / "provider-roots.pem"
    roots.write_bytes(provider.hand.roots_pem)
    return replace(
        settings,
        signature_provider=SignatureProvider(
            url=provider.url, roots=roots, api_key=KEY, webhook_secret=SECRET, links=provider.origin, name="Paraphe", level=level, seconds=5
        ),
    )


@pytest.fixture
def drain(engine: Engine, work: Work) -> Callable[[], int]:
    """Delivers everything due now, the test keeping nobody from writing."""

    def deliver() -> int:
        work.session.rollback()
        return outbox.drain(engine)

    return deliver


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """An envelope the provider is chosen for, sent, not handed over yet."""
    providing.choose(work.by(make.leader(envelope)), envelope, provider=True)
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope
