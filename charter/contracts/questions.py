"""What the contract asks, of whom, and whether an answer can be taken.

An answer is kept as JSON: text, an integer (money in euro cents), a yes or no, a date as ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from charter.adapters.pdf.typography import french
from charter.alliances.announce import leading_party
from charter.alliances.models import Alliance, OrganisationKind
from charter.contracts.clauses import AskedOf, Clause, Parameter, ParameterType, ParameterValue, load_clauses, select
from charter.contracts.facts import AssemblyFacts
from charter.contracts.gathering import COMMON_DATA, PARITY, Unpriced
from charter.i18n import gettext, locale
from workflows.base import N_
from workflows.contracts import BlankFacts

YES_NO = "yes_no"
TEXT_LIMIT = 4000
MONEY_LIMIT = 10**13
NUMBER_LIMIT = 10_000
DELIBERATION = N_("Date et numéro de la délibération qui autorise à signer")


@dataclass(frozen=True)
class Question:
    """One thing asked. `label`, `clause` (its title) and `why` in the reader's language; `number` of the article, 0 before it is known.

    `value` is typed, None while there is none; `answered` when somebody gave it, rather than the clause's own default. `asked`: names of
    the parties whose people may answer; `shared` when all may.
    """

    name: str
    type: str
    label: str
    clause: str
    why: str
    asked: tuple[str, ...]
    value: Any = None
    answered: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    number: int = 0
    shared: bool = True

    @property
    def missing(self) -> bool:
        """True when the contract cannot be laid out without it."""
        return self.required and self.value is None


@lru_cache
def library() -> tuple[Clause, ...]:
    """The clause library, read once in a process."""
    return load_clauses()


def questions(facts: AssemblyFacts, answers: Mapping[str, Any], amounts: Sequence[Unpriced] = ()) -> tuple[Question, ...]:
    """Every question of this contract, in the order of its articles; those that decide which clauses enter come first."""
    names = tuple(party.name for party in facts.parties)
    asked = [*_choices(facts, answers, names)]
    for number, clause in enumerate(select(library(), facts), 1):
        asked += [_of_parameter(clause, number, parameter, facts, answers) for parameter in clause.parameters]
        if clause.key == "subsidy":
            asked += [_of_amount(clause, number, one, answers) for one in amounts]
    return tuple(asked)


def typed(answers: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """The answers as the assembly takes them; one the library would not take any more is left out, so it is asked again."""
    known = {parameter.name: parameter for clause in library() for parameter in clause.parameters}
    found = {name: _value(known[name], value) for name, value in answers.items() if name in known}
    return {name: value for name, value in found.items() if value is not None}


def blanks(
    facts: AssemblyFacts, alliance: Alliance, answers: Mapping[str, Any], amounts: Sequence[Unpriced] = ()
) -> tuple[BlankFacts, ...]:
    """What is still blank, each with the one party expected to fill it: the party asked, the leading one when all are."""
    leader = leading_party(alliance)
    lead = leader.name if leader else ""
    found = [
        BlankFacts(one.label, one.clause, lead if one.shared or not one.asked else one.asked[0])
        for one in questions(facts, answers, amounts)
        if one.missing
    ]
    first = gettext(library()[0].title)
    undecided = [party for party in facts.parties if party.kind is OrganisationKind.local_authority and party.deliberation is None]
    return (*found, *(BlankFacts(gettext(DELIBERATION), first, party.name) for party in undecided))


def check(question: Question, value: Any) -> tuple[Any, str]:
    """The answer as it is kept, or None and what to mend. None or an empty text takes an answer back."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None, gettext(N_("Cette réponse est nécessaire")) if question.required else ""
    if question.type == ParameterType.date:
        return _check_date(value)
    if question.type == YES_NO:
        return (value, "") if isinstance(value, bool) else (None, gettext(N_("Répondez par oui ou par non")))
    if question.type in (ParameterType.choice, ParameterType.party):
        return (value, "") if value in question.choices else (None, gettext(N_("Choisissez une réponse de la liste")))
    if question.type == ParameterType.text:
        return _check_text(value)
    return _check_number(question, value)


def _check_date(value: Any) -> tuple[Any, str]:
    try:
        day = value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        return None, gettext(N_("Indiquez une date, par exemple 15/09/2026"))
    return day.isoformat(), ""


def _check_text(value: Any) -> tuple[Any, str]:
    if not isinstance(value, str):
        return None, gettext(N_("Écrivez votre réponse en toutes lettres"))
    text = value.replace("\r\n", "\n").strip()
    if len(text) > TEXT_LIMIT:
        return None, gettext(N_("Écrivez %(most)s caractères au plus"), most=TEXT_LIMIT)
    return text, ""


def _check_number(question: Question, value: Any) -> tuple[Any, str]:
    money = question.type == ParameterType.money
    low, high = question.minimum or 0, question.maximum or (MONEY_LIMIT if money else NUMBER_LIMIT)
    if type(value) is int and low <= value <= high:
        return value, ""
    if money:
        return None, gettext(N_("Indiquez un montant en euros, par exemple 12 500"))
    return None, gettext(N_("Indiquez un nombre entre %(low)s et %(high)s"), low=low, high=high)


def _choices(facts: AssemblyFacts, answers: Mapping[str, Any], names: tuple[str, ...]) -> list[Question]:
    """The two questions whose answer brings a clause in."""
    keys = {clause.key: clause for clause in library()}
    asked = []
    if len(facts.parties) < 3:
        label = N_("Voulez-vous fixer des règles de décision et de vote ?")
        asked.append(_choice(PARITY, label, keys["voting"], answers, names))
    label = N_("Allez-vous utiliser en commun des données sur des personnes, par exemple une liste de bénéficiaires ?")
    asked.append(_choice(COMMON_DATA, label, keys["personal_data"], answers, names))
    return asked


def _choice(name: str, label: str, clause: Clause, answers: Mapping[str, Any], names: tuple[str, ...]) -> Question:
    given = answers.get(name)
    return Question(name, YES_NO, _typo(gettext(label)), *_told(clause), names, bool(given), given is not None)


def _of_parameter(clause: Clause, number: int, parameter: Parameter, facts: AssemblyFacts, answers: Mapping[str, Any]) -> Question:
    given, names = _value(parameter, answers.get(parameter.name)), tuple(party.name for party in facts.parties)
    among = names if parameter.type is ParameterType.party else parameter.choices
    if parameter.type is ParameterType.party and given not in names:
        given = None  # that party has left
    return Question(
        parameter.name,
        parameter.type.value,
        parameter.label_en if locale() == "en" else _typo(parameter.label),
        *_told(clause),
        asked_of(parameter.who, facts),
        parameter.default if given is None else given,
        given is not None,
        parameter.required,
        among,
        parameter.minimum,
        parameter.maximum,
        number,
        shared=parameter.who is AskedOf.parties,
    )


def _of_amount(clause: Clause, number: int, one: Unpriced, answers: Mapping[str, Any]) -> Question:
    label = gettext(N_("Le montant de la subvention que %(giver)s verse à %(receiver)s"), giver=one.giver.name, receiver=one.receiver.name)
    given, kind = answers.get(one.name), ParameterType.money.value
    return Question(one.name, kind, label, *_told(clause), (one.giver.name,), given, given is not None, True, number=number, shared=False)


def asked_of(who: AskedOf, facts: AssemblyFacts) -> tuple[str, ...]:
    """Names of the parties whose people may give the answer."""
    if who is AskedOf.subsidy_givers:
        givers = {flow.giver for flow in facts.subsidies}
        return tuple(party.name for party in facts.parties if party.name in givers)
    return facts.subsidised if who is AskedOf.subsidy_receivers else tuple(party.name for party in facts.parties)


def _told(clause: Clause) -> tuple[str, str]:
    return (clause.title_en, clause.why_en) if locale() == "en" else (_typo(clause.title), _typo(clause.why))


def _typo(text: str) -> str:
    return french(text) if locale() == "fr" else text


def _value(parameter: Parameter, stored: Any) -> ParameterValue | None:
    if stored is None:
        return None
    if parameter.type is ParameterType.date and isinstance(stored, str):
        try:
            stored = date.fromisoformat(stored)
        except ValueError:
            return None
    value: ParameterValue = stored
    return value if parameter.accepts(value) else None
