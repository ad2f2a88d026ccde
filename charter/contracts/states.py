"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.alliances.models import Alliance
from charter.work import Work
from workflows.facts import ContractState


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, ContractState]:
    """By alliance id."""
    return {}
