"""The strict statechart every other one builds on.

A chart says which *event* may happen in which *status*, and what must be true before it does. It is bound to any
object having a ``status`` attribute (a database row, a plain dataclass); only :func:`fire` writes that attribute.

    fire(PartyChart, party, "accept")                       # moves, or raises NotNow / Blocked
    blocking(AllianceChart, alliance, "begin_drafting", facts)   # what is missing, from whom
    possible(PartyChart, party)                             # the events this status knows

A guard is a small named function over frozen facts which yields one :class:`Missing` for each thing that lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from statemachine import State, StateChart
from statemachine.transition import Transition


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a French sentence for translation without translating it."""
    return text


@dataclass(frozen=True)
class Missing:
    """One thing that lacks: ``text`` is a French msgid with named placeholders filled by ``params``.

    ``who`` names those from whom it is awaited (parties or people), never empty when a guard yields it.
    """

    text: str
    who: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class WorkflowError(Exception):
    """Root of what a chart refuses: :class:`NotNow` or :class:`Blocked`."""


class NotNow(WorkflowError):
    """The event does not exist in this status (a party that has left cannot accept)."""

    def __init__(self, chart: str, status: StrEnum, event: str) -> None:
        super().__init__(f"{chart}: no '{event}' when '{status}'")
        self.chart, self.status, self.event = chart, status, event


class Blocked(WorkflowError):
    """The event exists in this status, yet something is missing."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__("; ".join(str(one) for one in missing))
        self.missing = missing


Guard = Callable[[Any], Iterable[Missing]]


class Requirements:
    """The guards of one transition, as a condition the statechart library can call."""

    def __init__(self, guards: tuple[Guard, ...]) -> None:
        self.guards = guards

    def missing(self, facts: object) -> tuple[Missing, ...]:
        if facts is None:
            raise TypeError(f"facts are needed by {', '.join(guard.__name__ for guard in self.guards)}")
        return tuple(lack for guard in self.guards for lack in guard(facts))

    def met(self, facts: object = None) -> bool:
        return not self.missing(facts)


def needs(*guards: Guard) -> Callable[..., bool]:
    """``cond=needs(a, b)``: the transition happens only when no guard finds anything missing."""
    return Requirements(guards).met


class Subject(Protocol):
    """What a chart can be bound to."""

    status: Any


class HasStatus(Protocol):
    """What can be asked where it stands; it may be frozen."""

    @property
    def status(self) -> Any: ...


class _Holder:
    """Shows the library the status of a subject and nothing else.

    Given the subject itself, the library would take any of its methods whose name happens to look like a
    hook (``on_enter_…``, ``after_…``) and call it.
    """

    __slots__ = ("_subject",)

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @property
    def status(self) -> Any:
        return self._subject.status

    @status.setter
    def status(self, value: Any) -> None:
        self._subject.status = value


class Chart(StateChart[Any]):
    """A strict statechart: an unknown event raises, an error in a guard is an error, the status changes at once.

    Binding a chart to a subject that has a status neither writes it nor runs anything; a subject whose status is
    None receives the initial one.
    """

    allow_event_without_transition = False
    catch_errors_as_events = False
    atomic_configuration_update = True
    enable_self_transition_entries = False

    def __init__(self, subject: Subject) -> None:
        super().__init__(model=_Holder(subject), state_field="status")


def public_name(event_id: str) -> str:
    """``send_`` → ``send``: some event names are taken by the library, the charts write them with a final underscore."""
    return event_id.rstrip("_")


def state_of(chart: type[Chart], subject: HasStatus) -> State:
    """The state the subject stands in.

    :raises ValueError: the subject's status is not one of the chart's.
    """
    state: State | None = chart.initial_state if subject.status is None else chart.states_map.get(subject.status)
    if state is None:
        raise ValueError(f"{chart.__name__} knows no status {subject.status!r}")
    return state


def event_names(transition: Transition) -> tuple[str, ...]:
    return tuple(public_name(str(event)) for event in transition.events)


def transitions_from(chart: type[Chart], subject: HasStatus) -> dict[str, Transition]:
    """Event → transition, in the order the chart declares them."""
    return {name: transition for transition in state_of(chart, subject).transitions for name in event_names(transition)}


def guards_of(transition: Transition) -> tuple[Guard, ...]:
    """The guards of a transition, in order."""
    owners = (getattr(spec.func, "__self__", None) for spec in transition.cond)
    return tuple(guard for owner in owners if isinstance(owner, Requirements) for guard in owner.guards)


def possible(chart: type[Chart], subject: HasStatus) -> tuple[str, ...]:
    """The events that exist in the subject's status, whether or not their guards are met."""
    return tuple(transitions_from(chart, subject))


def blocking(chart: type[Chart], subject: HasStatus, event: str, facts: object = None) -> tuple[Missing, ...]:
    """What is missing before ``event`` may happen; empty when it may.

    :raises NotNow: the event does not exist in this status.
    :raises TypeError: the transition is guarded and no facts were given.
    """
    transition = transitions_from(chart, subject).get(event)
    if transition is None:
        raise NotNow(chart.__name__, subject.status, event)
    guards = guards_of(transition)
    return Requirements(guards).missing(facts) if guards else ()


def fire(chart: type[Chart], subject: Subject, event: str, facts: object = None) -> None:
    """Send ``event`` and write the new status on the subject.

    :raises NotNow: the event does not exist in this status.
    :raises Blocked: something is missing.
    """
    missing = blocking(chart, subject, event, facts)
    if missing:
        raise Blocked(missing)
    machine = chart(subject)
    declared = next(one for one in machine.allowed_events if public_name(str(one)) == event)
    declared(facts=facts)
