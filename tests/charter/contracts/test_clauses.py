"""The clause library and its assembly: every clause enters and leaves, nothing is left unresolved, hostile words stay words."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from charter.alliances.models import OrganisationKind as Kind
from charter.contracts.assembly import AssembledContract, assemble
from charter.contracts.clauses import Clause, ParameterType, ParameterValue, load_clauses, read_clause, select
from charter.contracts.conditions import ConditionError, read_condition
from charter.contracts.facts import (
    AdoptedCharter,
    AssemblyFacts,
    ContractParty,
    Contribution,
    Deliberation,
    Flow,
    FlowNature,
    PlannedCheckpoint,
)
from charter.drafting.markdown import Node, SourceError, text_of

CLAUSES = load_clauses()
ALWAYS = {1, 2, 3, 4, 6, 7, 9, 12, 36, 38, 39, 40, 42, 43}
AMIS = ContractParty("Les Amis", Kind.association, siren="552081317", signatory="Anne Durand", capacity="présidente")
VOISINS = replace(AMIS, name="Les Voisins")
VILLE = ContractParty("Ville de Cèdre", Kind.local_authority, signatory="Paul Roi", deliberation=Deliberation("2027-12", date(2027, 1, 4)))
USINE = ContractParty("Usine", Kind.company, signatory="Zoé Lin", contributions=(Contribution("Moyens financiers", "un don", 100_000),))
PEERS = AssemblyFacts("Bien vieillir", (AMIS, VOISINS), model=4, need="l'isolement", territory="Cèdre")
SUBSIDY = Flow("Ville de Cèdre", "Les Amis", FlowNature.subsidy, 2_500_000, "le projet")
FULL = AssemblyFacts(
    "Bien vieillir",
    (AMIS, VILLE, USINE),
    model=1,
    need="l'isolement",
    territory="Cèdre",
    goals=("ODD 3", "ODD 17"),
    charter=AdoptedCharter(date(2027, 2, 1), "ab" * 32),
    facilitator="Léa Nour",
    flows=(SUBSIDY, Flow("Usine", "Les Amis", FlowNature.gift, 100_000)),
    checkpoints=(PlannedCheckpoint("Mi-parcours", date(2028, 1, 4)),),
    parity_chosen=True,
    common_data=True,
)


def every_situation() -> Iterator[AssemblyFacts]:
    """All combinations of what conditions look at."""
    switches: tuple[tuple[dict[str, Any], ...], ...] = (
        ({"model": 1}, {"model": 4}),
        ({"parties": (AMIS, VOISINS)}, {"parties": (AMIS, VILLE)}, {"parties": (AMIS, VILLE, USINE)}),
        ({}, {"charter": FULL.charter}),
        ({}, {"facilitator": "Léa Nour"}),
        ({}, {"flows": FULL.flows}),
        ({}, {"parity_chosen": True}, {"common_data": True, "checkpoints": FULL.checkpoints}),
    )
    for choices in itertools.product(*switches):
        yield replace(PEERS, **{name: value for choice in choices for name, value in choice.items()})


def values_for(clauses: tuple[Clause, ...]) -> dict[str, ParameterValue]:
    """A value for every parameter."""
    sample: dict[ParameterType, ParameterValue] = {
        ParameterType.date: date(2027, 3, 1),
        ParameterType.money: 150_000,
        ParameterType.text: "des mots",
        ParameterType.party: "Les Amis",
    }
    return {
        p.name: p.default or (p.choices[0] if p.type is ParameterType.choice else sample.get(p.type, p.minimum or 1))
        for clause in clauses
        for p in clause.parameters
    }


def said(contract: AssembledContract) -> str:
    return "\n".join(text_of(article.content) for article in contract.articles)


def numbers(facts: AssemblyFacts) -> set[int]:
    return {clause.number for clause in select(CLAUSES, facts)}


def test_the_first_set_is_there() -> None:
    assert ALWAYS | {5, 8, 11, 13, 14, 19, 20, 21, 24, 25, 26, 37, 41} <= {clause.number for clause in CLAUSES}
    for clause in CLAUSES:
        assert clause.why != clause.why_en and clause.title != clause.title_en
        assert all(p.label and p.label_en for p in clause.parameters)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.key)
def test_every_condition_can_hold_and_fail(clause: Clause) -> None:
    held = {clause.when(facts) for facts in every_situation()}
    assert held == ({True} if clause.number in ALWAYS else {True, False})


@pytest.mark.parametrize(
    ("facts", "added"),
    [
        (PEERS, set()),
        (replace(PEERS, model=2), {19, 20, 21}),
        (replace(PEERS, charter=FULL.charter), {5}),
        (replace(PEERS, facilitator="Léa"), {14}),
        (replace(PEERS, parity_chosen=True), {13}),
        (replace(PEERS, common_data=True), {37}),
        (replace(PEERS, parties=(AMIS, USINE)), {8}),
        (replace(PEERS, parties=(AMIS, replace(VOISINS, needs="du temps"))), {8}),
        (replace(PEERS, parties=(AMIS, VOISINS, replace(AMIS, name="Tiers"))), {11, 13, 41}),
        (replace(PEERS, parties=(AMIS, VILLE), flows=(SUBSIDY,)), {8, 24, 25, 26}),
        (replace(PEERS, parties=(USINE, VILLE), flows=(replace(SUBSIDY, receiver="Usine"),)), {8}),
        (replace(PEERS, parties=(AMIS, VILLE), flows=(replace(SUBSIDY, nature=FlowNature.price),)), {8}),
    ],
)
def test_which_clauses_enter(facts: AssemblyFacts, added: set[int]) -> None:
    assert numbers(facts) == ALWAYS | added


def test_every_situation_assembles_whole() -> None:
    for facts in every_situation():
        contract = assemble(CLAUSES, facts, values_for(CLAUSES))
        text = said(contract)
        assert contract.missing == ()
        assert [article.number for article in contract.articles] == list(range(1, len(contract.articles) + 1))
        assert not re.search(r"\{\{|\}\}|\{%|\bNone\b|à compléter|[\ue000-\uf8ff]| ,|\.\.|\u202f;\.|'article\b(?! \d)", text), text
        # Articles of laws are cited too, always with « de la loi », « du code », « du RGPD »…
        for cited in re.findall(r"l’article (\d+)\b(?! (?:bis|de|du|,)|-)", text):
            assert 1 <= int(cited) <= len(contract.articles)


def test_a_reference_names_the_article_it_means() -> None:
    for facts in (PEERS, FULL):
        contract = assemble(CLAUSES, facts, values_for(CLAUSES))
        by_key = {article.key: article for article in contract.articles}
        assert f"décrite à l’article {by_key['governance'].number}" in text_of(by_key["definitions"].content)


def test_what_is_missing_is_listed_with_who() -> None:
    facts = replace(
        FULL, parties=(AMIS, replace(VILLE, deliberation=None), replace(USINE, signatory="")), flows=(replace(SUBSIDY, cents=None),)
    )
    contract = assemble(CLAUSES, facts, {})
    missing = {str(one): one.who for one in contract.missing}
    assert missing["Désigner la personne qui signe pour Usine"] == ("Usine",)
    assert missing["Indiquer la date et le numéro de la délibération qui autorise Ville de Cèdre à signer"] == ("Ville de Cèdre",)
    assert missing["Indiquer le montant de la subvention que Ville de Cèdre verse à Les Amis"] == ("Ville de Cèdre",)
    by_parameter = {one.params.get("parameter"): one.who for one in contract.missing}
    assert not {"out_of_scope", "indicators", "review_days"} & set(by_parameter)  # optional, or with a default
    assert by_parameter["subsidy_schedule"] == ("Ville de Cèdre",)
    assert by_parameter["subsidy_project"] == ("Les Amis",)
    assert by_parameter["start_date"] == ("Les Amis", "Ville de Cèdre", "Usine")
    assert "[à compléter : La date de début du contrat]" in said(contract).replace("\u00a0", " ")


def test_values_are_said_in_french() -> None:
    text = said(assemble(CLAUSES, FULL, {**values_for(CLAUSES), "start_date": date(2027, 3, 1)}))
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    for words in ("le 1er mars 2027", "25 000,00 €", "SIREN 552 081 317", "n° 2027-12 du 4 janvier 2027", "23 000 €"):
        assert words in plain


def test_same_facts_same_hash_other_words_other_hash() -> None:
    values = values_for(CLAUSES)
    first, again = (assemble(CLAUSES, FULL, dict(reversed(values.items()) if turn else values)) for turn in (0, 1))
    assert first.sha256 == again.sha256 and json.dumps(first.articles[0].content) == json.dumps(again.articles[0].content)
    assert assemble(CLAUSES, FULL, {**values, "scope_actions": "autre chose"}).sha256 != first.sha256


def test_hostile_words_stay_words() -> None:
    evil = "## x\n- y **z** [a](javascript:b) <img src=x onerror=b> {{ ref('x') }} {% for %}"
    party = replace(AMIS, name=evil, objectives=evil, needs=evil, contributions=(Contribution(evil, evil, 1),))
    clean = assemble(CLAUSES, replace(PEERS, parties=(replace(party, name="x"), VOISINS)), values_for(CLAUSES))
    dirty = assemble(
        CLAUSES, replace(PEERS, title=evil, need=evil, parties=(party, VOISINS)), {**values_for(CLAUSES), "scope_actions": evil}
    )
    assert [[n["type"] for n in a.content] for a in clean.articles] == [[n["type"] for n in a.content] for a in dirty.articles]
    assert "<img src=x onerror=b> {{ ref('x') }} {% for %}" in said(dirty)
    assert not any(mark["type"] == "link" for a in dirty.articles for n in _walk(a.content) for mark in n.get("marks", ()))


def _walk(content: Any) -> Iterator[Node]:
    for node in content or ():
        yield node
        yield from _walk(node.get("content"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start_date", "demain"),
        ("quorum_percent", 49),
        ("quorum_percent", 101),
        ("majority", "au hasard"),
        ("keep_years", True),
        ("payment_days", -1),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        assemble(CLAUSES, FULL, {name: value})


@pytest.mark.parametrize(
    "table",
    [
        None,
        {},
        {"always": False},
        {"eval": "1"},
        {"flag": "unknown"},
        {"model_in": [0]},
        {"model_in": [True]},
        {"parties_at_least": "3"},
        {"any": []},
        {"always": True, "flag": "subsidy"},
    ],
)
def test_a_wrong_condition_is_refused(table: object) -> None:
    with pytest.raises(ConditionError):
        read_condition(table)


def test_conditions_combine() -> None:
    condition = read_condition({"all": [{"not": {"flag": "subsidy"}}, {"any": [{"model_in": [1]}, {"parties_at_least": 3}]}]})
    assert [condition(facts) for facts in (PEERS, replace(PEERS, model=1), FULL)] == [False, True, False]


def test_a_wrong_clause_is_refused() -> None:
    with pytest.raises(SourceError):
        read_clause("x", '+++\nnumber = 1\nkey = "x"\n+++\ncorps\n')


def test_a_reference_to_an_absent_clause_is_refused() -> None:
    lone = tuple(clause for clause in CLAUSES if clause.key in {"definitions"})
    with pytest.raises(SourceError, match="governance"):
        assemble(lone, PEERS, {})
