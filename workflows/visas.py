"""A visa: somebody a party named approves the documents before the party's signatory may sign.

visa                          event    becomes   when
----------------------------  -------  --------  ---------------------------------------------------------
awaited, refused              approve  approved  the documents are out, the party has not signed yet
awaited, approved             refuse   refused   the same
awaited, approved, refused    remove   removed   the party has not signed yet

A refused visa ends nothing: it holds its own party's signature until the approver thinks again or the party withdraws its request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class ApproverStatus(StrEnum):
    awaited = "awaited"
    approved = "approved"
    refused = "refused"
    removed = "removed"


@dataclass(frozen=True)
class ApproverFacts:
    """``person``: opaque id; ``gone``: no longer acts for the party, which must then name somebody else or withdraw its request.

    ``unattended``: the party has no referent any more: its signatory, or those who lead, may withdraw the request.
    """

    name: str
    party: str
    status: ApproverStatus = ApproverStatus.awaited
    person: str = ""
    gone: bool = False
    unattended: bool = False

    @property
    def holds(self) -> bool:
        """True while it keeps the party's signatory from signing."""
        return self.status in (ApproverStatus.awaited, ApproverStatus.refused)


@dataclass(frozen=True)
class VisaFacts:
    """``sent``: the documents are out; ``leader``: the party expected to send them; ``signed``: who has said yes for the party, if any."""

    sent: bool
    party: str
    leader: str = ""
    signed: str = ""


def documents_sent(facts: VisaFacts) -> Iterator[Missing]:
    if not facts.sent:
        yield Missing(N_("Les documents ne sont pas encore envoyés à la signature"), who=(facts.leader or facts.party,))


def party_has_not_signed(facts: VisaFacts) -> Iterator[Missing]:
    if facts.signed:
        text = N_("%(name)s a déjà signé pour %(party)s : un visa n’y change plus rien")
        yield Missing(text, who=(facts.party,), params={"name": facts.signed, "party": facts.party})


class ApproverChart(Chart):
    awaited = State(N_("Visa attendu"), value=ApproverStatus.awaited, initial=True)
    approved = State(N_("Visa donné"), value=ApproverStatus.approved)
    refused = State(N_("Visa refusé"), value=ApproverStatus.refused)
    removed = State(N_("Demande de visa levée"), value=ApproverStatus.removed, final=True)

    _out = needs(documents_sent, party_has_not_signed)
    _unsigned = needs(party_has_not_signed)
    approve = awaited.to(approved, cond=_out) | refused.to(approved, cond=_out)
    refuse = awaited.to(refused, cond=_out) | approved.to(refused, cond=_out)
    remove = awaited.to(removed, cond=_unsigned) | refused.to(removed, cond=_unsigned) | approved.to(removed, cond=_unsigned)


def visa_missing(visa: ApproverFacts | None) -> tuple[Missing, ...]:
    """What a visa lacks before its party may sign; nothing without one."""
    if visa is None or not visa.holds:
        return ()
    text, who = N_("Visa de %(name)s attendu avant la signature de %(party)s"), (visa.name,)
    if visa.gone:
        text, who = (
            N_("%(name)s n’agit plus pour %(party)s : nommer une autre personne pour le visa, ou en lever la demande"),
            (visa.party,),
        )
    elif visa.status == ApproverStatus.refused:
        text = N_("%(name)s a refusé son visa à la signature de %(party)s : revenir sur ce refus, ou lever la demande de visa")
        return (Missing(text, who=(visa.name, visa.party), params={"name": visa.name, "party": visa.party}),)
    return (Missing(text, who=who, params={"name": visa.name, "party": visa.party}),)
