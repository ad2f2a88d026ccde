"""The clause library: one Markdown file a clause, with its purpose, its condition and its parameters.

The wording is this product's own; it helps to write a contract and is no legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from charter.contracts.conditions import Condition, ConditionError, read_condition
from charter.contracts.facts import AssemblyFacts
from charter.drafting.markdown import Source, SourceError, parse_source
from workflows.base import N_

LIBRARY_DIRECTORY = Path(__file__).resolve().parents[2] / "templates" / "clauses"
LIBRARY_VERSION = "1"
NOT_LEGAL_ADVICE = N_(
    "Ce texte aide à préparer un contrat. Ce n’est pas un conseil juridique : faites-le relire par une personne compétente avant de signer."
)

ParameterValue = str | int | date


class ParameterType(StrEnum):
    """`money` is an integer of euro cents; `choice` one of the parameter's choices; `party` the name of a party of the contract."""

    date = "date"
    int = "int"
    money = "money"
    text = "text"
    choice = "choice"
    party = "party"


class AskedOf(StrEnum):
    """Who is asked for a parameter."""

    parties = "parties"
    subsidy_givers = "subsidy_givers"
    subsidy_receivers = "subsidy_receivers"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a clause needs. `minimum` and `maximum` bound numbers, both included."""

    name: str
    type: ParameterType
    label: str
    label_en: str
    required: bool = False
    default: ParameterValue | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    who: AskedOf = AskedOf.parties

    def accepts(self, value: object) -> bool:
        """True when `value` has the parameter's type and stands within its bounds."""
        if self.type is ParameterType.date:
            return type(value) is date
        if self.type in (ParameterType.text, ParameterType.party):
            return isinstance(value, str)
        if self.type is ParameterType.choice:
            return value in self.choices
        return type(value) is int and self._within(value)

    def _within(self, value: int) -> bool:
        low = 0 if self.minimum is None else self.minimum
        return value >= low and (self.maximum is None or value <= self.maximum)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the library. `number` is its rank in the library; its article number is given at assembly."""

    number: int
    key: str
    title: str
    title_en: str
    purpose: str
    why: str
    why_en: str
    when: Condition
    parameters: tuple[Parameter, ...]
    source: Source


def read_clause(name: str, text: str) -> Clause:
    """Parse one file. Raises `SourceError` on a missing or wrong field."""
    source = parse_source(name, text)
    meta = source.meta
    try:
        return Clause(
            number=int(meta["number"]),
            **{field: _words(meta[field]) for field in ("key", "title", "title_en", "purpose", "why", "why_en")},
            when=read_condition(meta["when"]),
            parameters=tuple(_parameter(table) for table in meta.get("parameters", ())),
            source=source,
        )
    except (KeyError, TypeError, ValueError, ConditionError) as error:
        raise SourceError(f"{name}: {error!r}") from error


def load_clauses(directory: Path = LIBRARY_DIRECTORY) -> tuple[Clause, ...]:
    """The library in the order of the clauses' numbers. Raises `SourceError` on a repeated number, key or parameter."""
    clauses = sorted((read_clause(path.name, path.read_text("utf-8")) for path in directory.glob("*.md")), key=lambda c: c.number)
    names = [parameter.name for clause in clauses for parameter in clause.parameters]
    for values in ([c.number for c in clauses], [c.key for c in clauses], names):
        if not clauses or len(set(values)) != len(values):
            raise SourceError(f"{directory}: empty library, or a repeated number, key or parameter")
    return tuple(clauses)


def select(clauses: Sequence[Clause], facts: AssemblyFacts) -> tuple[Clause, ...]:
    """The clauses that apply to these facts, in the library's order."""
    return tuple(clause for clause in clauses if clause.when(facts))


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("expected words")
    return value.strip()


def _parameter(table: Mapping[str, Any]) -> Parameter:
    unknown = set(table) - set(Parameter.__slots__)
    if unknown:
        raise ValueError(f"unknown fields of a parameter: {sorted(unknown)}")
    parameter = Parameter(
        name=_words(table["name"]),
        type=ParameterType(table["type"]),
        label=_words(table["label"]),
        label_en=_words(table["label_en"]),
        required=bool(table.get("required", False)),
        default=table.get("default"),
        choices=tuple(table.get("choices", ())),
        minimum=table.get("minimum"),
        maximum=table.get("maximum"),
        who=AskedOf(table.get("who", "parties")),
    )
    if parameter.default is not None and not parameter.accepts(parameter.default):
        raise ValueError(f"the default of {parameter.name} is not one of its values")
    return parameter
