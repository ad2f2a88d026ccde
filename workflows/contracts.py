"""Contract: the « contrat type » assembled, rendered as documents, frozen.

status      event          becomes     when
---------   -------------  ----------  --------------------------------------------------------------
draft       render         rendering   two parties at least, every blank of every clause is filled,
                                       each party has a signatory
rendering   rendered       ready       the documents are made
rendering   render_failed  draft       they could not be made
ready       revise         draft       somebody changes the contract: the documents are no longer it
ready       freeze         frozen      the charter is adopted, two parties at least, nothing is blank,
                                       each party has a signatory
frozen      supersede      superseded  a new version is prepared
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class ContractStatus(StrEnum):
    draft = "draft"
    rendering = "rendering"
    ready = "ready"
    frozen = "frozen"
    superseded = "superseded"


@dataclass(frozen=True)
class BlankFacts:
    """A blank left in the contract: its label, the title of its clause, the name of the party who fills it."""

    label: str
    clause: str
    who: str


@dataclass(frozen=True)
class ContractFacts:
    """``parties``: names of all; ``signatories``: names of the parties that have named a signatory."""

    parties: tuple[str, ...]
    signatories: tuple[str, ...] = ()
    missing: tuple[BlankFacts, ...] = ()
    charter_adopted: bool = True


def nothing_is_blank(facts: ContractFacts) -> Iterator[Missing]:
    for blank in facts.missing:
        params = {"label": blank.label, "clause": blank.clause}
        yield Missing(N_("« %(label)s » reste à remplir (clause « %(clause)s »)"), who=(blank.who,), params=params)


def two_parties_are_in(facts: ContractFacts) -> Iterator[Missing]:
    if len(set(facts.parties)) < 2:
        who = facts.parties or (N_("Les parties"),)
        told = N_("Il faut au moins deux parties pour faire un contrat : mettez fin à cette alliance, ou proposez-en une autre")
        yield Missing(told, who=who)


def each_party_has_a_signatory(facts: ContractFacts) -> Iterator[Missing]:
    for party in facts.parties:
        if party not in facts.signatories:
            yield Missing(N_("%(party)s n’a pas désigné de personne habilitée à signer"), who=(party,), params={"party": party})


def charter_is_adopted(facts: ContractFacts) -> Iterator[Missing]:
    if not facts.charter_adopted:
        yield Missing(N_("La charte n’est pas encore adoptée"), who=facts.parties)


class ContractChart(Chart):
    draft = State(N_("En préparation"), value=ContractStatus.draft, initial=True)
    rendering = State(N_("Mise en page en cours"), value=ContractStatus.rendering)
    ready = State(N_("À relire"), value=ContractStatus.ready)
    frozen = State(N_("Figé"), value=ContractStatus.frozen)
    superseded = State(N_("Remplacé"), value=ContractStatus.superseded, final=True)

    render = draft.to(rendering, cond=needs(two_parties_are_in, nothing_is_blank, each_party_has_a_signatory))
    rendered = rendering.to(ready)
    render_failed = rendering.to(draft)
    revise = ready.to(draft)
    freeze = ready.to(frozen, cond=needs(charter_is_adopted, two_parties_are_in, nothing_is_blank, each_party_has_a_signatory))
    supersede = frozen.to(superseded)
