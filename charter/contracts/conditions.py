"""When a clause enters the contract: a small declarative language over typed facts.

A condition is one table with one key:

    { always = true }
    { model_in = [1, 2] }                # the partnership model, by its number 1 to 9
    { parties_at_least = 3 }
    { flag = "subsidy" }                 # one of `FLAGS`
    { any = [ … ] }  { all = [ … ] }  { not = { … } }

It is read once, when the library loads; nothing in it is ever executed as code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from charter.contracts.facts import AssemblyFacts

Condition = Callable[[AssemblyFacts], bool]

FLAGS: Mapping[str, Condition] = {
    "charter_adopted": lambda facts: facts.charter is not None,
    "different_profiles": lambda facts: len({party.kind for party in facts.parties}) > 1 or facts.asymmetries_declared,
    "parity_chosen": lambda facts: facts.parity_chosen,
    "facilitator_named": lambda facts: bool(facts.facilitator),
    "subsidy": lambda facts: bool(facts.subsidies),
    "subsidised_body": lambda facts: bool(facts.subsidised),
    "common_data": lambda facts: facts.common_data,
}


class ConditionError(ValueError):
    """A `when` that does not follow the language."""


def read_condition(table: object) -> Condition:
    """The predicate a `when` table stands for. Raises `ConditionError`."""
    if not isinstance(table, Mapping) or len(table) != 1:
        raise ConditionError("a condition is a table with exactly one key")
    ((word, argument),) = table.items()
    reader = _READERS.get(word)
    if reader is None:
        raise ConditionError(f"unknown condition {word!r}")
    return reader(argument)


def _always(argument: Any) -> Condition:
    if argument is not True:
        raise ConditionError("always takes true")
    return lambda facts: True


def _model_in(argument: Any) -> Condition:
    if not isinstance(argument, list) or not all(type(n) is int and 1 <= n <= 9 for n in argument):
        raise ConditionError("model_in takes a list of numbers from 1 to 9")
    models = frozenset(argument)
    return lambda facts: facts.model in models


def _parties_at_least(argument: Any) -> Condition:
    if type(argument) is not int or argument < 1:
        raise ConditionError("parties_at_least takes a number")
    count: int = argument
    return lambda facts: len(facts.parties) >= count


def _flag(argument: Any) -> Condition:
    if argument not in FLAGS:
        raise ConditionError(f"unknown flag {argument!r}")
    return FLAGS[argument]


def _any(argument: Any) -> Condition:
    parts = _several(argument)
    return lambda facts: any(part(facts) for part in parts)


def _all(argument: Any) -> Condition:
    parts = _several(argument)
    return lambda facts: all(part(facts) for part in parts)


def _not(argument: Any) -> Condition:
    part = read_condition(argument)
    return lambda facts: not part(facts)


def _several(argument: Any) -> tuple[Condition, ...]:
    if not isinstance(argument, list) or not argument:
        raise ConditionError("any and all take a list of conditions")
    return tuple(read_condition(item) for item in argument)


_READERS: Mapping[str, Callable[[Any], Condition]] = {
    "always": _always,
    "model_in": _model_in,
    "parties_at_least": _parties_at_least,
    "flag": _flag,
    "any": _any,
    "all": _all,
    "not": _not,
}
