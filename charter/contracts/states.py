"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from charter.alliances.models import Alliance
from charter.contracts import gathering
from charter.contracts.models import Contract
from charter.contracts.questions import blanks
from charter.proposals.models import Declaration
from charter.work import Work
from workflows.contracts import BlankFacts
from workflows.facts import ContractState
from workflows.lifecycle import AllianceStatus


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, ContractState]:
    """By alliance id: the current version and what is blank in it, two queries in all."""
    ids = [one.id for one in alliances]
    if not ids:
        return {}
    latest = select(func.max(Contract.id)).where(Contract.alliance_id.in_(ids)).group_by(Contract.alliance_id)
    contracts = {one.alliance_id: one for one in work.session.scalars(select(Contract).where(Contract.id.in_(latest)))}
    blank = _blanks(work, alliances, contracts)
    return {key: ContractState(one.ref, one.status, blank.get(key, ())) for key, one in contracts.items()}


def _blanks(work: Work, alliances: Sequence[Alliance], contracts: Mapping[int, Contract]) -> dict[int, tuple[BlankFacts, ...]]:
    """Only of the alliances whose contract is being prepared: elsewhere nothing is asked any more."""
    asked = [one for one in alliances if one.status == AllianceStatus.contract and one.id in contracts and contracts[one.id].is_open]
    declared = gathering.declarations(work, asked)
    return {one.id: _of(one, contracts[one.id], declared) for one in asked}


def _of(alliance: Alliance, contract: Contract, declared: Mapping[int, Declaration]) -> tuple[BlankFacts, ...]:
    facts = gathering.outline(alliance, contract, declared)
    return blanks(facts, alliance, contract.parameters, gathering.unpriced(alliance, declared))
