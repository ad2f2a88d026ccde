"""The engine that seals: whose keys it uses, and from when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from charter.adapters.signer import SignerUnavailable
from charter.config import Settings
from charter.signing.sealer import sealer
from tests.conftest import START


def test_the_demonstration_authority_vouches_for_examples_told_in_the_past(settings: Settings, tmp_path: Path) -> None:
    demonstration = replace(settings, demonstration_keys=tmp_path / "demonstration")
    past = START - timedelta(days=5 * 365)
    assert sealer(demonstration, START).authority.credential("platform", past)


def test_our_own_authority_does_not_vouch_for_the_past(settings: Settings) -> None:
    with pytest.raises(SignerUnavailable):
        sealer(settings, START).authority.credential("platform", START - timedelta(days=30))
