"""What those connected may still do, from the database: a notice may be lost, a row is not.

The same answer as the page that signs tokens gives (`pages/writing.py`): a live session of an open account, a membership of an accepted
party or a facilitator's seat, and a role that writes while the alliance is in co-drafting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from charter.accounts.models import Person, SignedSession
from charter.alliances.models import Alliance, Facilitator, Member, Party
from charter.drafting.models import Text
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import may

Who = tuple[int, str]
"""A person and the session they connected from, as their token told them."""

Rights = Callable[[Session, int, Collection[Who], datetime], Mapping[Who, bool]]
"""function(session, text id, who, now): whether each of those who may still be here may write; the others are left out."""


def stored(session: Session, text_id: int, who: Collection[Who], now: datetime) -> dict[Who, bool]:
    """The `Rights` of the product."""
    alliance = session.execute(
        select(Alliance.id, Alliance.status).join(Text, Text.alliance_id == Alliance.id).where(Text.id == text_id)
    ).one()
    people = {person for person, _ in who}
    signed_in = _signed_in(session, who, now)
    roles, helping = _roles(session, alliance.id, people), _facilitators(session, alliance.id, people)
    open_ = alliance.status == AllianceStatus.drafting
    return {
        (person, given): open_ and may("drafting.edit", roles.get(person, frozenset()), facilitator=person in helping)
        for person, given in who
        if (person, given) in signed_in and (person in roles or person in helping)
    }


def _signed_in(session: Session, who: Collection[Who], now: datetime) -> set[Who]:
    numbers = {int(given) for _, given in who if given.isascii() and given.isdigit()}
    live = (SignedSession.id.in_(numbers), SignedSession.revoked_at.is_(None), SignedSession.expires_at > now, Person.closed_at.is_(None))
    rows = session.execute(select(SignedSession.person_id, SignedSession.id).join(Person).where(*live))
    return {(row.person_id, str(row.id)) for row in rows}


def _roles(session: Session, alliance_id: int, people: Collection[int]) -> dict[int, frozenset[str]]:
    here = (Party.alliance_id == alliance_id, Party.status == PartyStatus.accepted, Member.person_id.in_(people), Member.ended_at.is_(None))
    rows = session.execute(select(Member.person_id, Member.roles).join(Party).where(*here).order_by(Party.id.desc()))
    return {row.person_id: frozenset(map(str, row.roles)) for row in rows}


def _facilitators(session: Session, alliance_id: int, people: Collection[int]) -> set[int]:
    here = (Facilitator.alliance_id == alliance_id, Facilitator.person_id.in_(people), Facilitator.ended_at.is_(None))
    return set(session.scalars(select(Facilitator.person_id).where(*here)))
