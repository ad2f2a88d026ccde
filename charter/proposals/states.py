"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from charter.alliances.models import Alliance, Party
from charter.proposals.models import Declaration
from charter.work import Work
from workflows.proposals import PartyFacts, ProposalFacts


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, frozenset[int]]:
    """By alliance id, the ids of the parties whose declaration is made."""
    made: dict[int, set[int]] = {one.id: set() for one in alliances}
    query = select(Party.alliance_id, Party.id).join(Declaration, Declaration.party_id == Party.id)
    for alliance_id, party_id in work.session.execute(query.where(Party.alliance_id.in_(list(made)), Declaration.sha256 != "")):
        made[alliance_id].add(party_id)
    return {alliance_id: frozenset(parties) for alliance_id, parties in made.items()}


def of(work: Work, alliance: Alliance) -> ProposalFacts:
    """What the guard of `begin_drafting` looks at."""
    declared = states(work, [alliance])[alliance.id]
    parties = tuple(PartyFacts(party.name, party.status, party.id in declared, bool(party.signatories)) for party in alliance.parties)
    proposer = next((party.name for party in alliance.parties if party.id == alliance.proposer_id), "")
    return ProposalFacts(parties, bool(alliance.model), proposer)
