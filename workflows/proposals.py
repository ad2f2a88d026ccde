"""Proposal: who is in, and is everything said that must be said before writing together.

    status     event     becomes    when
    ---------  --------  ---------  ----------------------------
    invited    accept    accepted
    invited    decline   declined   a reason is given
    invited    cancel    cancelled  the invitation is withdrawn
    accepted   leave     left

A party that declined, left or was cancelled is never brought back: it is invited anew, as a new party.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class PartyStatus(StrEnum):
    invited = "invited"
    accepted = "accepted"
    declined = "declined"
    left = "left"
    cancelled = "cancelled"


@dataclass(frozen=True)
class PartyFacts:
    """One party as the guards see it. ``declared``: its declaration (objectives, levers, means, constraints) is made."""

    name: str
    status: PartyStatus
    declared: bool = False
    has_signatory: bool = False


@dataclass(frozen=True)
class ProposalFacts:
    """What ``begin_drafting`` looks at. ``proposer`` names the proposing party (else the first accepted one leads)."""

    parties: tuple[PartyFacts, ...]
    model_chosen: bool = False
    proposer: str = ""

    @property
    def accepted(self) -> tuple[PartyFacts, ...]:
        return tuple(party for party in self.parties if party.status == PartyStatus.accepted)

    @property
    def leader(self) -> str:
        """The party expected to move things on: the proposer while it is in, else the first one accepted."""
        names = [party.name for party in self.accepted]
        if self.proposer in names or not names:
            return self.proposer or N_("Partie à l’initiative")
        return names[0]


@dataclass(frozen=True)
class RefusalFacts:
    """A party says no. ``reason`` is what it wrote."""

    party: str
    reason: str = ""


def two_parties_accepted(facts: ProposalFacts) -> Iterator[Missing]:
    if len(facts.accepted) < 2:
        invited = tuple(party.name for party in facts.parties if party.status == PartyStatus.invited)
        enough = len(facts.accepted) + len(invited) >= 2
        who = invited if enough else (facts.leader,)
        yield Missing(N_("Il faut au moins deux parties ayant accepté pour commencer à écrire"), who=who)


def everybody_answered(facts: ProposalFacts) -> Iterator[Missing]:
    for party in facts.parties:
        if party.status == PartyStatus.invited:
            yield Missing(N_("%(party)s n’a pas encore répondu à l’invitation"), who=(party.name,), params={"party": party.name})


def everybody_declared(facts: ProposalFacts) -> Iterator[Missing]:
    for party in facts.accepted:
        if not party.declared:
            yield Missing(N_("%(party)s n’a pas encore fait sa déclaration"), who=(party.name,), params={"party": party.name})


def everybody_has_a_signatory(facts: ProposalFacts) -> Iterator[Missing]:
    for party in facts.accepted:
        if not party.has_signatory:
            yield Missing(N_("%(party)s n’a pas désigné de personne habilitée à signer"), who=(party.name,), params={"party": party.name})


def model_is_chosen(facts: ProposalFacts) -> Iterator[Missing]:
    if not facts.model_chosen:
        yield Missing(N_("Le modèle de partenariat n’est pas encore choisi"), who=(facts.leader,))


def a_reason_is_given(facts: RefusalFacts) -> Iterator[Missing]:
    if not facts.reason.strip():
        yield Missing(N_("%(party)s doit dire pourquoi elle refuse"), who=(facts.party,), params={"party": facts.party})


class PartyChart(Chart):
    invited = State(N_("Invitée"), value=PartyStatus.invited, initial=True)
    accepted = State(N_("Engagée"), value=PartyStatus.accepted)
    declined = State(N_("A décliné"), value=PartyStatus.declined, final=True)
    left = State(N_("S’est retirée"), value=PartyStatus.left, final=True)
    cancelled = State(N_("Invitation retirée"), value=PartyStatus.cancelled, final=True)

    accept = invited.to(accepted)
    decline = invited.to(declined, cond=needs(a_reason_is_given))
    cancel = invited.to(cancelled)
    leave = accepted.to(left)
