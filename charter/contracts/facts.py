"""What the clause library knows of an alliance: plain frozen facts, gathered once, then never looked up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from charter.alliances.models import PUBLIC_KINDS, OrganisationKind

BENEFICIARY_KINDS = frozenset({OrganisationKind.association, OrganisationKind.foundation})


class FlowNature(StrEnum):
    """Why money or goods go from one party to another."""

    gift = "gift"
    subsidy = "subsidy"
    price = "price"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of a party's contributions. `kind` is a French label of the means; `cents` the party's own estimate."""

    kind: str
    label: str
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Deliberation:
    """The decision by which a public body's competent organ allows the signature."""

    number: str
    date: date


@dataclass(frozen=True, slots=True)
class ContractParty:
    """One accepted party. Empty strings mean « not said »; identifiers are digits without spaces."""

    name: str
    kind: OrganisationKind
    kind_label: str = ""
    address: str = ""
    siren: str = ""
    rna: str = ""
    signatory: str = ""
    capacity: str = ""
    referent: str = ""
    objectives: str = ""
    strengths: str = ""
    fragilities: str = ""
    needs: str = ""
    contributions: tuple[Contribution, ...] = ()
    deliberation: Deliberation | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """Money or goods that go from `giver` to `receiver` (names of parties). `cents` may be unknown."""

    giver: str
    receiver: str
    nature: FlowNature
    cents: int | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class AdoptedCharter:
    """The charter attached: day of adoption and SHA-256 of its canonical text, in hexadecimal."""

    adopted_on: date
    fingerprint: str


@dataclass(frozen=True, slots=True)
class PlannedCheckpoint:
    """A checkpoint already planned."""

    label: str
    due: date


@dataclass(frozen=True, slots=True)
class AssemblyFacts:
    """Everything conditions and placeholders may look at. `model` is the partnership model's number, 1 to 9."""

    title: str
    parties: tuple[ContractParty, ...]
    model: int
    need: str = ""
    territory: str = ""
    goals: tuple[str, ...] = ()
    charter: AdoptedCharter | None = None
    facilitator: str = ""
    flows: tuple[Flow, ...] = ()
    checkpoints: tuple[PlannedCheckpoint, ...] = ()
    parity_chosen: bool = False
    common_data: bool = False

    @property
    def asymmetries_declared(self) -> bool:
        """True when a party named a fragility or a need."""
        return any(party.fragilities or party.needs for party in self.parties)

    @property
    def gifts(self) -> tuple[Flow, ...]:
        """Flows declared as gifts."""
        return tuple(flow for flow in self.flows if flow.nature is FlowNature.gift)

    @property
    def subsidies(self) -> tuple[Flow, ...]:
        """Flows declared as subsidies from a public body to an association or a foundation (loi n° 2000-321, art. 9-1)."""
        kinds = {party.name: party.kind for party in self.parties}
        return tuple(
            flow
            for flow in self.flows
            if flow.nature is FlowNature.subsidy and kinds.get(flow.giver) in PUBLIC_KINDS and kinds.get(flow.receiver) in BENEFICIARY_KINDS
        )

    @property
    def subsidised(self) -> tuple[str, ...]:
        """Names of the associations and foundations that receive a subsidy, each once, in the order of the parties."""
        receivers = {flow.receiver for flow in self.subsidies}
        return tuple(party.name for party in self.parties if party.name in receivers)
