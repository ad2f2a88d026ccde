"""The members each party chose to speak for it, as they are stored (`services/voice.py` says what follows from it)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.alliances.models import Member, Party
from charter.drafting.models import Spokesperson
from charter.work import Work
from workflows.roles import MAY


def spokespersons_of(work: Work, parties: Iterable[Party]) -> Mapping[int, list[Spokesperson]]:
    """Those each party chose and who can still speak, by party id, in the order they were named; one query and what it loads."""
    found: dict[int, list[Spokesperson]] = defaultdict(list)
    ids = [party.id for party in parties]
    query = select(Spokesperson).where(Spokesperson.party_id.in_(ids), Spokesperson.ended_at.is_(None)).order_by(Spokesperson.id)
    for one in work.session.scalars(query.options(selectinload(Spokesperson.member).selectinload(Member.person))):
        if can_be_chosen(one.member):
            found[one.party_id].append(one)
    return found


def can_be_chosen(member: Member) -> bool:
    """True for a member who is there and whose role lets them write for their party."""
    return member.is_active and bool(MAY["drafting.consent"].intersection(member.roles))
