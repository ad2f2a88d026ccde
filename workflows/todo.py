"""« Où en est-on, qui attend quoi de qui, que dois-je faire ? »: the answer, for one viewer, from plain facts.

:func:`todo` returns a :class:`Situation`:

* ``line``: the five stages, which is done, which is current, who is awaited there and what blocks it;
* ``todos``: what the viewer is to do, in the imperative, with the page that does it;
* ``waiting``: who else is awaited, and for what;
* ``blocks``: all that is missing before the current stage can end.

Texts are French msgids with named placeholders. A viewer that belongs to nothing has no to-do and sees who is awaited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.base import N_, Missing, blocking
from workflows.contracts import ContractChart, ContractStatus
from workflows.drafting import TextChart, TextStatus
from workflows.evaluation import CheckpointChart, CheckpointStatus
from workflows.expectations import expectations
from workflows.expected import Expected
from workflows.facts import AllianceFacts, CheckpointState, ContractState, EnvelopeState, MemberState, PartyState, TextState
from workflows.lifecycle import AllianceChart, AllianceStatus
from workflows.roles import Role, may
from workflows.signing import EnvelopeChart, EnvelopeStatus, nobody_left

__all__ = [
    "AllianceFacts",
    "CheckpointState",
    "ContractState",
    "EnvelopeState",
    "MemberState",
    "PartyState",
    "Situation",
    "StageLine",
    "StageState",
    "TextState",
    "Todo",
    "Viewer",
    "Waiting",
    "todo",
]


@dataclass(frozen=True)
class Viewer:
    """Who looks. ``person``: opaque id; ``party``: name of its party in this alliance, None outside all."""

    person: str
    party: str | None = None
    roles: frozenset[Role] = frozenset()
    facilitator: bool = False


class StageState(StrEnum):
    done = "done"
    current = "current"
    coming = "coming"
    stopped = "stopped"


@dataclass(frozen=True)
class StageLine:
    """One stage of the line. ``label``: French msgid; ``who`` and ``blocks`` are filled for the current stage only."""

    key: AllianceStatus
    label: str
    state: StageState
    who: tuple[str, ...] = ()
    blocks: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Todo:
    """``text``: French msgid, imperative; ``endpoint`` and ``url``: the page that does it and the values of its address."""

    text: str
    endpoint: str
    url: Mapping[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)
    due: date | None = None
    action: str = ""


@dataclass(frozen=True)
class Waiting:
    """« On attend de ``who`` : ``text`` »; ``text``: French msgid, infinitive."""

    who: tuple[str, ...]
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    due: date | None = None


@dataclass(frozen=True)
class Situation:
    status: AllianceStatus
    line: tuple[StageLine, ...]
    todos: tuple[Todo, ...]
    waiting: tuple[Waiting, ...]
    blocks: tuple[Missing, ...]


STAGES: Mapping[AllianceStatus, str] = {
    AllianceStatus.proposal: N_("Proposition"),
    AllianceStatus.drafting: N_("Co-rédaction"),
    AllianceStatus.contract: N_("Contrat"),
    AllianceStatus.signature: N_("Signature"),
    AllianceStatus.evaluation: N_("Évaluation"),
}


def todo(facts: AllianceFacts, viewer: Viewer) -> Situation:
    """Where the alliance stands and what ``viewer`` has to do in it."""
    awaited, missing = expectations(facts), blocks(facts)
    mine = [one for one in awaited if is_mine(one, facts, viewer)]
    others = [one for one in awaited if one not in mine]
    todos = tuple(Todo(one.order, one.endpoint, one.url, one.params, one.due, one.action) for one in mine)
    waiting = tuple(Waiting((awaited_name(one, facts),), one.wait, one.params, one.due) for one in others)
    return Situation(facts.status, line(facts, awaited, missing), todos, waiting, missing)


def is_mine(expected: Expected, facts: AllianceFacts, viewer: Viewer) -> bool:
    """Whether the viewer may do what is expected, and is among those it is expected from."""
    if not expected.action:
        return False
    if expected.person is not None:
        return viewer.person == expected.person
    if expected.people and viewer.person not in expected.people:
        return False
    if expected.party is not None:
        return viewer.party == expected.party and may(expected.action, viewer.roles, leading=viewer.party == facts.leader)
    leads = viewer.party == facts.leader
    return (leads or viewer.facilitator) and may(expected.action, viewer.roles, facilitator=viewer.facilitator, leading=leads)


def awaited_name(expected: Expected, facts: AllianceFacts) -> str:
    """The name to show as awaited: a person, a party, the application or the calendar."""
    return expected.who or expected.party or facts.leader


def line(facts: AllianceFacts, awaited: tuple[Expected, ...], missing: tuple[Missing, ...]) -> tuple[StageLine, ...]:
    """The five stages in order."""
    keys = list(STAGES)
    if facts.status == AllianceStatus.closed:
        return tuple(StageLine(key, STAGES[key], StageState.done) for key in keys)
    abandoned = facts.status == AllianceStatus.abandoned
    here = keys.index((facts.abandoned_at or AllianceStatus.proposal) if abandoned else facts.status)
    who = tuple(dict.fromkeys(awaited_name(one, facts) for one in awaited))
    current = StageLine(keys[here], STAGES[keys[here]], StageState.stopped if abandoned else StageState.current, who, missing)
    return (
        *(StageLine(key, STAGES[key], StageState.done) for key in keys[:here]),
        current,
        *(StageLine(key, STAGES[key], StageState.coming) for key in keys[here + 1 :]),
    )


def blocks(facts: AllianceFacts) -> tuple[Missing, ...]:
    """All that is missing before the current stage can end, from whom."""
    match facts.status:
        case AllianceStatus.proposal:
            return blocking(AllianceChart, facts, "begin_drafting", facts.proposal)
        case AllianceStatus.drafting if facts.text and facts.text.status == TextStatus.drafting:
            return blocking(TextChart, facts.text, "adopt", facts.drafting)
        case AllianceStatus.contract if facts.contract:
            return _contract_blocks(facts, facts.contract)
        case AllianceStatus.signature if facts.envelope:
            return _envelope_blocks(facts, facts.envelope)
        case AllianceStatus.evaluation:
            return tuple(lack for one in facts.checkpoints for lack in _checkpoint_blocks(facts, one))
        case _:
            return ()


def _contract_blocks(facts: AllianceFacts, contract: ContractState) -> tuple[Missing, ...]:
    """What freezing will ask for, told from the first draft on rather than once the documents are made."""
    if contract.status not in (ContractStatus.draft, ContractStatus.ready):
        return ()
    return blocking(ContractChart, replace(contract, status=ContractStatus.ready), "freeze", facts.contracting)


def _envelope_blocks(facts: AllianceFacts, envelope: EnvelopeState) -> tuple[Missing, ...]:
    event = {EnvelopeStatus.draft: "send", EnvelopeStatus.sent: "complete"}.get(envelope.status)
    if event and envelope.departed:
        return tuple(nobody_left(facts.signing))  # nothing else is asked of anybody: the envelope is taken back
    return blocking(EnvelopeChart, envelope, event, facts.signing) if event else ()


def _checkpoint_blocks(facts: AllianceFacts, checkpoint: CheckpointState) -> tuple[Missing, ...]:
    if checkpoint.status != CheckpointStatus.open:
        return ()
    return blocking(CheckpointChart, checkpoint, "close", facts.checkpoint(checkpoint))
