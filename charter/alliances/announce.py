"""Telling a fact: the journal records it, and what `workflows/reactions.py` says follows it follows, in the same transaction.

Rooms lend what the table names: `@follows("contracts.render")` for a Call, `@recipients("signatories")` for a Mail's audience.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from charter.accounts.models import Person
from charter.adapters import mail
from charter.alliances.models import Alliance, Member, Party
from charter.journal import services as journal
from charter.journal.models import Fact
from charter.work import Work
from workflows.base import fire
from workflows.events import Event
from workflows.lifecycle import AllianceChart
from workflows.proposals import PartyStatus
from workflows.reactions import Advance, Call, Mail, reactions_to
from workflows.roles import Role

Follower = Callable[[Work, Alliance, Event], None]
Audience = Callable[[Work, Alliance, Event], Iterable[Person]]
Listener = Callable[[Work, Alliance, Fact], None]
F = TypeVar("F", bound=Follower)
A = TypeVar("A", bound=Audience)
L = TypeVar("L", bound=Listener)

followers: dict[str, Follower] = {}
audiences: dict[str, Audience] = {}
listeners: list[Listener] = []


def follows(name: str) -> Callable[[F], F]:
    """Registers function(work, alliance, event) under the name a Call of the reactions' table uses."""

    def register(function: F) -> F:
        followers[name] = function
        return function

    return register


def recipients(name: str) -> Callable[[A], A]:
    """Registers function(work, alliance, event) -> people as an audience of the reactions' table."""

    def register(function: A) -> A:
        audiences[name] = function
        return function

    return register


def hears(function: L) -> L:
    """Registers function(work, alliance, fact), called for every fact as soon as it is recorded, in the same transaction."""
    listeners.append(function)
    return function


def announce(work: Work, alliance: Alliance, event: Event) -> None:
    """Records `event` and applies its reactions in order. The caller holds the alliance's lock."""
    fact = journal.record(work, alliance.id, event)
    for hear in listeners:
        hear(work, alliance, fact)
    told: set[tuple[str, int]] = set()
    for reaction in reactions_to(event):
        if isinstance(reaction, Call):
            followers[reaction.name](work, alliance, event)
        elif isinstance(reaction, Advance):
            fire(AllianceChart, alliance, reaction.event)
        else:
            _post(work, alliance, event, reaction, fact.seq, told)
    work.session.flush()


def _post(work: Work, alliance: Alliance, event: Event, reaction: Mail, seq: int, told: set[tuple[str, int]]) -> None:
    """`told`: which mail each person has had of this event already; somebody may be in two audiences."""
    for person in audiences[reaction.to](work, alliance, event):
        if (reaction.template, person.id) in told or (person.id == work.actor.person_id and reaction.to in {"others", "leaders"}):
            continue
        told.add((reaction.template, person.id))
        mail.post(
            work,
            reaction.template,
            to=person.email,
            subject=f"alliance:{alliance.id}:fact:{seq}",
            alliance_id=alliance.id,
            person_id=person.id,
            event={"type": event.type, **event.payload()},
        )


def _people(members: Iterable[Member]) -> list[Person]:
    return [member.person for member in members if member.is_active]


def _facilitators(alliance: Alliance) -> list[Person]:
    return [facilitator.person for facilitator in alliance.facilitators if facilitator.ended_at is None]


def _party_of(alliance: Alliance, event: Event) -> Party | None:
    ref = getattr(event, "party", None)
    return next((party for party in alliance.parties if party.ref == ref), None)


def leading_party(alliance: Alliance) -> Party | None:
    """The party that moves the alliance on: the proposer while it is in, else the first accepted one."""
    accepted = alliance.accepted_parties
    return next((party for party in accepted if party.id == alliance.proposer_id), accepted[0] if accepted else None)


@recipients("invitee")
def _invitee(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    party = _party_of(alliance, event)
    return _people(party.members) if party else []


@recipients("party")
def _party(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    return _invitee(work, alliance, event)


@recipients("others")
def _others(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    about = _party_of(alliance, event)
    return [person for party in alliance.accepted_parties if party is not about for person in _people(party.members)] + _facilitators(
        alliance
    )


@recipients("everyone")
def _everyone(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    return [person for party in alliance.accepted_parties for person in _people(party.members)] + _facilitators(alliance)


@recipients("leaders")
def _leaders(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    leading = leading_party(alliance)
    return (_people(leading.members_with(Role.referent)) if leading else []) + _facilitators(alliance)


@recipients("voices")
def _voices(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    parties = (party for party in alliance.parties if party.status == PartyStatus.accepted)
    return [person for party in parties for person in _people(party.members_with(Role.signatory, Role.referent))]


@recipients("newcomer")
def _newcomer(work: Work, alliance: Alliance, event: Event) -> list[Person]:
    person = getattr(event, "person", None)
    found = work.session.get(Person, int(person)) if person else None
    return [found] if found else []
