"""The contract assembled from the clause library: pure, and the same bytes for the same facts.

Articles are numbered at assembly; a clause names another by its key, never by a number. What is not yet known shows in
the text as « [à compléter : …] » and is listed in `AssembledContract.missing`, with those from whom it is awaited.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import rfc8785

from charter.alliances.models import KIND_LABELS, OrganisationKind
from charter.contracts.clauses import AskedOf, Clause, Parameter, ParameterType, ParameterValue, select
from charter.contracts.facts import AssemblyFacts, ContractParty, Flow
from charter.drafting.markdown import Node, SourceError, fill
from charter.i18n import format_date, format_money, format_number, speaking
from workflows.base import N_, Missing


@dataclass(frozen=True, slots=True)
class ContractArticle:
    """One numbered article. `content` are ProseMirror nodes; `key` and `clause` say where it comes from."""

    number: int
    clause: int
    key: str
    title: str
    title_en: str
    why: str
    why_en: str
    content: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AssembledContract:
    """The whole text. `missing` is empty when the contract may be frozen; `sha256` is over the RFC 8785 JSON of the articles."""

    articles: tuple[ContractArticle, ...]
    missing: tuple[Missing, ...]
    sha256: str


def assemble(clauses: Sequence[Clause], facts: AssemblyFacts, parameters: Mapping[str, ParameterValue]) -> AssembledContract:
    """Select, number and fill. Raises `ValueError` naming a parameter whose value is not one it accepts; unknown names are ignored."""
    chosen = select(clauses, facts)
    numbers = {clause.key: number for number, clause in enumerate(chosen, 1)}
    with speaking("fr"):
        common = _context(facts, numbers)
        articles = tuple(_article(clause, numbers[clause.key], common, parameters) for clause in chosen)
    missing = (*missing_facts(facts), *_missing_parameters(chosen, numbers, facts, parameters))
    return AssembledContract(articles=articles, missing=missing, sha256=_fingerprint(articles))


def missing_facts(facts: AssemblyFacts) -> tuple[Missing, ...]:
    """What the parties themselves still owe, whatever the parameters.

    Who signs; the deliberation a local authority's assembly takes before its executive signs (code général des collectivités
    territoriales); the amount of a subsidy, which the agreement must state (loi n° 2000-321, art. 10).
    """
    found: list[Missing] = []
    for party in facts.parties:
        if not party.signatory:
            found.append(Missing(N_("Désigner la personne qui signe pour %(party)s"), (party.name,), {"party": party.name}))
        if party.kind is OrganisationKind.local_authority and party.deliberation is None:
            text = N_("Indiquer la date et le numéro de la délibération qui autorise %(party)s à signer")
            found.append(Missing(text, (party.name,), {"party": party.name}))
    for flow in facts.subsidies:
        if flow.cents is None:
            text = N_("Indiquer le montant de la subvention que %(giver)s verse à %(receiver)s")
            found.append(Missing(text, (flow.giver,), {"giver": flow.giver, "receiver": flow.receiver}))
    return tuple(found)


def _article(clause: Clause, number: int, common: Mapping[str, Any], parameters: Mapping[str, ParameterValue]) -> ContractArticle:
    values = SimpleNamespace(**{p.name: _shown(p, parameters.get(p.name)) for p in clause.parameters})
    return ContractArticle(
        number=number,
        clause=clause.number,
        key=clause.key,
        title=clause.title,
        title_en=clause.title_en,
        why=clause.why,
        why_en=clause.why_en,
        content=tuple(fill(clause.source, {**common, "param": values})),
    )


def _value(parameter: Parameter, given: ParameterValue | None) -> ParameterValue | None:
    if given is None or (isinstance(given, str) and not given.strip()):
        return parameter.default
    if not parameter.accepts(given):
        raise ValueError(f"{parameter.name}: {given!r} is not a value this parameter accepts")
    return given


def _shown(parameter: Parameter, given: ParameterValue | None) -> str:
    value = _value(parameter, given)
    if value is None:
        return f"[à compléter : {parameter.label}]" if parameter.required else ""
    if isinstance(value, date):
        return _day(value)
    if parameter.type is ParameterType.money:
        return format_money(int(value))
    return format_number(value) if isinstance(value, int) else value


def _missing_parameters(
    chosen: Sequence[Clause], numbers: Mapping[str, int], facts: AssemblyFacts, parameters: Mapping[str, ParameterValue]
) -> tuple[Missing, ...]:
    return tuple(
        Missing(
            N_("Compléter l’article %(number)s : %(label)s"),
            _awaited(parameter.who, facts),
            {
                "number": numbers[clause.key],
                "label": parameter.label,
                "label_en": parameter.label_en,
                "parameter": parameter.name,
                "clause": clause.key,
            },
        )
        for clause in chosen
        for parameter in clause.parameters
        if parameter.required and _value(parameter, parameters.get(parameter.name)) is None
    )


def _awaited(who: AskedOf, facts: AssemblyFacts) -> tuple[str, ...]:
    if who is AskedOf.subsidy_givers:
        givers = {flow.giver for flow in facts.subsidies}
        return tuple(party.name for party in facts.parties if party.name in givers)
    return facts.subsidised if who is AskedOf.subsidy_receivers else tuple(party.name for party in facts.parties)


def _context(facts: AssemblyFacts, numbers: Mapping[str, int]) -> dict[str, Any]:
    """What a body may name. Values are already words; functions are ours."""

    def ref(key: str) -> str:
        if key not in numbers:
            raise SourceError(f"reference to {key}, which is not in this contract")
        return f"l’article {numbers[key]}"

    charter = facts.charter
    return {
        "alliance": SimpleNamespace(title=facts.title, need=facts.need, territory=facts.territory, goals=facts.goals),
        "parties": tuple(_party(party) for party in facts.parties),
        "facilitator": facts.facilitator,
        "charter": charter and SimpleNamespace(adopted_on=_day(charter.adopted_on), fingerprint=charter.fingerprint),
        "gifts": tuple(_flow(flow) for flow in facts.gifts),
        "subsidies": tuple(_flow(flow) for flow in facts.subsidies),
        "subsidised": facts.subsidised,
        "checkpoints": tuple(SimpleNamespace(label=c.label, date=_day(c.due)) for c in facts.checkpoints),
        "ref": ref,
        "has": lambda key: key in numbers,
        "stop": lambda last: "." if last else "\u202f;",
    }


def _party(party: ContractParty) -> SimpleNamespace:
    deliberation = party.deliberation
    return SimpleNamespace(
        name=party.name,
        kind=party.kind_label or KIND_LABELS[party.kind].lower(),
        address=party.address,
        siren=_grouped(party.siren),
        rna=party.rna,
        signatory=party.signatory or f"[à compléter : la personne qui signe pour {party.name}]",
        capacity=party.capacity,
        referent=party.referent,
        objectives=party.objectives,
        strengths=party.strengths,
        fragilities=party.fragilities,
        needs=party.needs,
        contributions=tuple(
            SimpleNamespace(kind=c.kind, label=c.label, value="" if c.cents is None else format_money(c.cents)) for c in party.contributions
        ),
        deliberation=deliberation and SimpleNamespace(number=deliberation.number, date=_day(deliberation.date)),
    )


def _flow(flow: Flow) -> SimpleNamespace:
    amount = "" if flow.cents is None else format_money(flow.cents)
    return SimpleNamespace(giver=flow.giver, receiver=flow.receiver, amount=amount, purpose=flow.purpose)


def _day(value: date) -> str:
    """« 1er mars 2027 »: the first of a month is an ordinal in French, which CLDR leaves out."""
    return re.sub(r"^1 ", "1er ", format_date(value))


def _grouped(siren: str) -> str:
    """« 552 081 317 », with spaces that do not break."""
    return "\u00a0".join(siren[start : start + 3] for start in range(0, len(siren), 3))


def _fingerprint(articles: Sequence[ContractArticle]) -> str:
    plain: Any = [{"number": a.number, "key": a.key, "title": a.title, "content": list(a.content)} for a in articles]
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()
