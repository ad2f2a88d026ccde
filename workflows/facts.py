"""An alliance as it stands: plain frozen facts of every stage, gathered by the caller, read by the guards and by ``todo.py``.

References (``ref``) are what the pages' addresses take; they are opaque here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from workflows.amendments import AmendmentFacts
from workflows.contracts import BlankFacts, ContractFacts, ContractStatus
from workflows.drafting import ArticleFacts, ConsentFacts, DraftingFacts, TextStatus
from workflows.evaluation import CheckpointFacts, CheckpointStatus, Verdict
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyFacts, PartyStatus, ProposalFacts
from workflows.roles import Role
from workflows.rounds import RoundFacts
from workflows.signing import EnvelopeFacts, EnvelopeStatus, SignatoryFacts


@dataclass(frozen=True)
class MemberState:
    """``person``: opaque id; ``name``: as shown."""

    person: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class PartyState:
    name: str
    status: PartyStatus
    declared: bool = False
    members: tuple[MemberState, ...] = ()

    @property
    def has_signatory(self) -> bool:
        return any(Role.signatory in member.roles for member in self.members)


@dataclass(frozen=True)
class TextState:
    """``amendments_on``, ``consents_on``: the last day to propose amendments and to say one's word, None when none is set.

    ``amendments``: those that are open. ``round``: the round that is open. ``speakers``: of each party that chose, the people who speak
    for it.
    """

    ref: str
    status: TextStatus
    articles: tuple[ArticleFacts, ...] = ()
    consents: tuple[ConsentFacts, ...] = ()
    amendments_on: date | None = None
    consents_on: date | None = None
    round: RoundFacts | None = None
    amendments: tuple[AmendmentFacts, ...] = ()
    speakers: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class ContractState:
    ref: str
    status: ContractStatus
    missing: tuple[BlankFacts, ...] = ()


@dataclass(frozen=True)
class EnvelopeState:
    """``departed``: names of the parties it names that have left since; nobody then signs it, it is taken back."""

    ref: str
    status: EnvelopeStatus
    signatories: tuple[SignatoryFacts, ...] = ()
    due: date | None = None
    departed: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckpointState:
    """``due``: the day it opens; ``closes_on``: the last day to answer; ``followed``: its verdict has been acted upon."""

    ref: str
    title: str
    status: CheckpointStatus
    due: date
    closes_on: date
    answered: tuple[str, ...] = ()
    verdict: Verdict | None = None
    followed: bool = False


@dataclass(frozen=True)
class AllianceFacts:
    """``today``: in the alliance's zone. ``text``, ``contract``, ``envelope``: the current version of each, None before it exists.

    ``proposer``: name of the party that proposed the alliance; ``facilitator``: opaque id of the person, None without one;
    ``abandoned_at``: the stage it was abandoned in.
    """

    ref: str
    status: AllianceStatus
    today: date
    parties: tuple[PartyState, ...] = ()
    proposer: str = ""
    facilitator: str | None = None
    model_chosen: bool = False
    text: TextState | None = None
    contract: ContractState | None = None
    envelope: EnvelopeState | None = None
    checkpoints: tuple[CheckpointState, ...] = ()
    abandoned_at: AllianceStatus | None = None

    @cached_property
    def accepted(self) -> tuple[PartyState, ...]:
        return tuple(party for party in self.parties if party.status == PartyStatus.accepted)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the parties that have a voice."""
        return tuple(party.name for party in self.accepted)

    @cached_property
    def leader(self) -> str:
        """The party expected to move the alliance on."""
        return self.proposal.leader

    @cached_property
    def proposal(self) -> ProposalFacts:
        parties = tuple(PartyFacts(party.name, party.status, party.declared, party.has_signatory) for party in self.parties)
        return ProposalFacts(parties, self.model_chosen, self.proposer)

    @cached_property
    def drafting(self) -> DraftingFacts:
        articles, consents = (self.text.articles, self.text.consents) if self.text else ((), ())
        return DraftingFacts(self.names, articles, consents, self.leader)

    def speakers(self, name: str) -> frozenset[str]:
        """The people who speak for a party: those it chose, else its signatories and referents."""
        chosen = self.text.speakers.get(name) if self.text else None
        members = next((party.members for party in self.accepted if party.name == name), ())
        return chosen or frozenset(one.person for one in members if one.roles & {Role.signatory, Role.referent})

    @cached_property
    def contracting(self) -> ContractFacts:
        """What a party no longer in had to fill falls to the leading one."""
        signatories = tuple(party.name for party in self.accepted if party.has_signatory)
        adopted = self.text is None or self.text.status == TextStatus.adopted
        blanks = self.contract.missing if self.contract else ()
        held = tuple(blank if blank.who in self.names else replace(blank, who=self.leader) for blank in blanks)
        return ContractFacts(self.names, signatories, held, adopted)

    @cached_property
    def signing(self) -> EnvelopeFacts:
        if self.envelope is None:
            return EnvelopeFacts(self.names, ())
        return EnvelopeFacts(self.names, self.envelope.signatories, departed=self.envelope.departed, leader=self.leader)

    def checkpoint(self, checkpoint: CheckpointState) -> CheckpointFacts:
        return CheckpointFacts(self.names, checkpoint.answered, checkpoint.closes_on, self.today)
