"""What the room that follows lends to ours while it is not there."""

from __future__ import annotations

import pytest

from charter.alliances.announce import followers


@pytest.fixture(autouse=True)
def contract_room() -> None:
    """An adopted charter calls the contract's room."""
    followers.setdefault("contracts.open_contract", lambda work, alliance, event: None)
