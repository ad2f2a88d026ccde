"""Evaluation: checkpoints come due for years; each party answers, then all compare and decide.

    status    event   becomes    when
    --------  ------  ---------  ---------------------------------------------------
    planned   open    open       its date has come
    planned   cancel  cancelled  the parties change the plan
    open      close   reviewed   every party has answered, or the last day has passed
    open      cancel  cancelled  the parties change the plan

The answers of one party stay masked from the others until the same condition holds: see :func:`answers_are_shown`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class CheckpointStatus(StrEnum):
    planned = "planned"
    open = "open"
    reviewed = "reviewed"
    cancelled = "cancelled"


class Verdict(StrEnum):
    """« poursuivre / réorienter / arrêter »."""

    pursue = "pursue"
    redirect = "redirect"
    stop = "stop"


@dataclass(frozen=True)
class CheckpointFacts:
    """``answered``: names of the parties that sent their answers; ``closes_on``: the last day to answer, in the alliance's zone."""

    parties: tuple[str, ...]
    answered: tuple[str, ...]
    closes_on: date
    today: date


def awaited_parties(facts: CheckpointFacts) -> tuple[str, ...]:
    return tuple(party for party in facts.parties if party not in facts.answered)


def answers_are_shown(facts: CheckpointFacts) -> bool:
    """Whether the parties may see each other's answers: all have answered, or the last day has passed."""
    return not awaited_parties(facts) or facts.today > facts.closes_on


def everybody_answered_or_time_is_up(facts: CheckpointFacts) -> Iterator[Missing]:
    if answers_are_shown(facts):
        return
    for party in awaited_parties(facts):
        yield Missing(N_("Réponse attendue : %(party)s"), who=(party,), params={"party": party})


class CheckpointChart(Chart):
    planned = State(N_("Prévu"), value=CheckpointStatus.planned, initial=True)
    opened = State(N_("Ouvert aux réponses"), value=CheckpointStatus.open)
    reviewed = State(N_("Bilan publié"), value=CheckpointStatus.reviewed, final=True)
    cancelled = State(N_("Annulé"), value=CheckpointStatus.cancelled, final=True)

    open_ = planned.to(opened)
    close = opened.to(reviewed, cond=needs(everybody_answered_or_time_is_up))
    cancel = planned.to(cancelled) | opened.to(cancelled)
