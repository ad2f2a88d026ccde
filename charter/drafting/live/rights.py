"""What those connected may still do, from the database: a notice may be lost, a row is not.

The same answer as the page that signs tokens gives (`pages/writing.py`): a live session of an open account, a membership of an accepted
party or a facilitator's seat, and a role that writes while the alliance is in co-drafting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, bindparam, select
from sqlalchemy.orm import Session

from charter.accounts.models import Person, SignedSession
from charter.alliances.models import Alliance, Facilitator, Member, Party
from charter.drafting.live.among import among, bound
from charter.drafting.models import Text
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import may

Who = tuple[int, str]
"""A person and the session they connected from, as their token told them."""
_Seat = tuple[int, int]  # an alliance and a person

Rights = Callable[[Session, Mapping[int, Collection[Who]], datetime], Mapping[int, Mapping[Who, bool]]]
"""function(session, who is in each text by id, now): of each text, whether each of those who may still be here may write; the others are
left out."""


def stored(session: Session, asked: Mapping[int, Collection[Who]], now: datetime) -> dict[int, dict[Who, bool]]:
    """The `Rights` of the product, in four queries however many texts."""
    everybody = {one for who in asked.values() for one in who}
    dialect = session.connection().dialect
    worded, people = _worded(dialect), {"people": bound({person for person, _ in everybody}, dialect)}
    alliances = {row.id: row for row in session.execute(worded.alliances, {"texts": bound(asked.keys(), dialect)})}
    here = people | {"alliances": bound({row.alliance_id for row in alliances.values()}, dialect)}
    signed_in = _signed_in(session, worded.sessions, everybody, now)
    roles = {(row.alliance_id, row.person_id): frozenset(map(str, row.roles)) for row in session.execute(worded.roles, here)}
    helping = {(row.alliance_id, row.person_id) for row in session.execute(worded.facilitators, here)}
    return {
        text: _may(row.alliance_id, row.status == AllianceStatus.drafting, signed_in.intersection(asked[text]), roles, helping)
        for text, row in alliances.items()
    }


def _may(alliance: int, open_: bool, who: Collection[Who], roles: Mapping[_Seat, frozenset[str]], helping: Set[_Seat]) -> dict[Who, bool]:
    found = {}
    for person, given in who:
        seat = (alliance, person)
        if seat in roles or seat in helping:
            found[person, given] = open_ and may("drafting.edit", roles.get(seat, frozenset()), facilitator=seat in helping)
    return found


def _signed_in(session: Session, sessions: Executable, who: Collection[Who], now: datetime) -> set[Who]:
    numbers = {int(given) for _, given in who if given.isascii() and given.isdigit()}
    rows = session.execute(sessions, {"sessions": bound(numbers, session.connection().dialect), "now": now})
    return {(row.person_id, str(row.id)) for row in rows}


@dataclass(frozen=True, slots=True)
class _Worded:
    """What is asked, with `texts`; `sessions` and `now`; `alliances` and `people`."""

    alliances: Executable
    sessions: Executable
    roles: Executable
    facilitators: Executable


@lru_cache(maxsize=4)
def _worded(dialect: Dialect) -> _Worded:
    alliances = select(Text.id, Text.alliance_id, Alliance.status).join(Alliance, Text.alliance_id == Alliance.id)
    live = (SignedSession.revoked_at.is_(None), SignedSession.expires_at > bindparam("now"), Person.closed_at.is_(None))
    sessions = select(SignedSession.person_id, SignedSession.id).join(Person).where(among(SignedSession.id, "sessions", dialect), *live)
    roles = select(Party.alliance_id, Member.person_id, Member.roles).join(Party).where(Party.status == PartyStatus.accepted)
    members = roles.where(*_here(Party.alliance_id, Member, dialect)).order_by(Party.id.desc())
    seats = select(Facilitator.alliance_id, Facilitator.person_id).where(*_here(Facilitator.alliance_id, Facilitator, dialect))
    return _Worded(alliances.where(among(Text.id, "texts", dialect)), sessions, members, seats)


def _here(alliance: Any, seat: Any, dialect: Dialect) -> tuple[ColumnElement[bool], ...]:
    return among(alliance, "alliances", dialect), among(seat.person_id, "people", dialect), seat.ended_at.is_(None)
