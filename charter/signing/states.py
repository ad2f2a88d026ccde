"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from charter.alliances.models import Alliance, Party
from charter.signing.models import Envelope
from charter.signing.services.turns import entitled, told
from charter.work import Work
from workflows.facts import EnvelopeState
from workflows.proposals import PartyStatus


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, EnvelopeState]:
    """By alliance id, its newest envelope. Parties must be loaded: a party is told by its name of today."""
    parties = {party.id: party for one in alliances for party in one.parties}
    latest = select(func.max(Envelope.id)).where(Envelope.alliance_id.in_([one.id for one in alliances])).group_by(Envelope.alliance_id)
    found = work.session.scalars(
        select(Envelope).where(Envelope.id.in_(latest)).options(selectinload(Envelope.signatories), selectinload(Envelope.approvers))
    )
    return {one.alliance_id: _state(one, parties) for one in found}


def _state(envelope: Envelope, parties: Mapping[int, Party]) -> EnvelopeState:
    people = tuple(told(envelope, one, parties[one.party_id].name, may=entitled(one)) for one in envelope.signatories)
    gone = tuple(one.organisation for one in envelope.signatories if parties[one.party_id].status != PartyStatus.accepted)
    return EnvelopeState(envelope.ref, envelope.status, people, envelope.deadline, gone)
