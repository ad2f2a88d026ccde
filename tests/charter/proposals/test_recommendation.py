"""The recommendation: a table of situations, reasons in words, what would change it; and the bill's indicator."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from charter.alliances.models import OrganisationKind as Kind
from charter.proposals.bill_indicator import BillFacts, bill_indicator
from charter.proposals.catalogue import LEVERS, MEANS, MODELS, MONEY, OBJECTIVES, POSTURES
from charter.proposals.recommendation import Declaration, Money, Posture, Situation, advise, rank


def party(name: str, kind: Kind, objectives: str = "", levers: str = "", means: str = "") -> Declaration:
    return Declaration(name, kind, frozenset(objectives.split()), frozenset(levers.split()), frozenset(means.split()))


def two(first: Declaration, second: Declaration, money: Money | None, posture: Posture | None, *more: Declaration) -> Situation:
    return Situation((first, second, *more), money, posture)


A, C = Kind.association, Kind.company
SITUATIONS = {
    "classic_philanthropy": two(
        party("A", A, "solidarity", means="human"), party("C", C, "solidarity", "philanthropy", "financial"), Money.gift, Posture.exchange
    ),
    "active_engagement": two(
        party("A", A, "mobilisation", means="human"), party("C", C, "mobilisation", "philanthropy", "human"), Money.gift, Posture.exchange
    ),
    "social_rd": two(
        party("A", A, "innovation", "societal_innovation", "human"),
        party("C", C, "innovation", "societal_innovation", "human"),
        Money.subsidy,
        Posture.coconstruction,
        party("V", Kind.local_authority, "solidarity", "", "financial"),
    ),
    "shared_expertise": two(
        party("A", A, "performance", means="human"), party("C", C, "performance", "csr", "human"), Money.none, Posture.exchange
    ),
    "hybrid": two(
        party("A", A, "innovation", means="human material"),
        party("C", C, "innovation", means="financial material"),
        Money.pooled,
        Posture.coconstruction,
    ),
    "economic_cooperation": two(
        party("A", A, "performance", means="human material"),
        party("C", C, "performance", means="material"),
        Money.price,
        Posture.coconstruction,
    ),
    "public_interest_alternative": two(
        party("A", A, "solidarity", means="human"), party("C", C, "solidarity", "csr", "financial"), Money.price, Posture.exchange
    ),
    "practice_audit": two(party("A", A, means="human"), party("C", C, "performance", "csr"), None, Posture.exchange),
    "service": two(party("A", A, "performance", means="human"), party("C", C, means="financial"), Money.price, Posture.exchange),
}


@pytest.mark.parametrize("expected", [model.key for model in MODELS])
def test_each_model_has_its_situation(expected: str) -> None:
    advice = advise(SITUATIONS[expected])
    assert advice.first is not None
    assert advice.first.model.key == expected
    assert advice.first.reasons and advice.first.reasons[0].points > 0
    assert len({ranked.model.key for ranked in advice.ranking}) == 9


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS.keys())
def test_scores_are_the_sum_of_the_reasons_and_reasons_read_well(situation: Situation) -> None:
    for ranked in rank(situation):
        assert ranked.score == sum(reason.points for reason in ranked.reasons)
        for reason in ranked.reasons:
            assert "%(" not in reason.text % reason.params


def test_peers_share_what_they_know_and_are_told_to_read_with_care() -> None:
    advice = advise(
        two(party("A", A, "performance", means="human"), party("B", A, "performance", means="human"), Money.none, Posture.coconstruction)
    )
    assert advice.first is not None and advice.first.model.key == "shared_expertise"
    assert any("Sans entreprise" in caveat for caveat in advice.caveats)


def test_nothing_declared_advises_nothing_and_does_not_fail() -> None:
    advice = advise(Situation())
    assert advice.first is None and not advice.clear
    assert [ranked.score for ranked in advice.ranking] == [0] * 9


def test_what_would_change_it() -> None:
    changes = {change.model.key: change.text for change in advise(SITUATIONS["classic_philanthropy"]).changes}
    assert "classic_philanthropy" not in changes
    assert "service" in changes["public_interest_alternative"]


def test_the_order_of_the_parties_changes_nothing() -> None:
    for situation in SITUATIONS.values():
        scores = {
            tuple((r.model.key, r.score) for r in rank(Situation(order, situation.money, situation.posture)))
            for order in itertools.permutations(situation.declarations)
        }
        assert len(scores) == 1


def test_public_money_comes_with_its_warnings() -> None:
    pair = (party("A", A), party("V", Kind.local_authority))
    assert any("commande publique" in caveat for caveat in advise(Situation(pair, Money.price)).caveats)
    assert not any("commande publique" in caveat for caveat in advise(Situation(pair, Money.subsidy)).caveats)
    assert any("personne publique" in caveat for caveat in advise(Situation((party("A", A), party("C", C)), Money.subsidy)).caveats)


def test_rules_and_catalogue_use_the_same_keys() -> None:
    assert {entry.key for entry in MONEY} == set(Money) and {entry.key for entry in POSTURES} == set(Posture)
    reads: dict[str, Callable[[str], Situation]] = {
        "objectives": lambda key: Situation((party("A", C, objectives=key),)),
        "levers": lambda key: Situation((party("A", C, levers=key),)),
        "means": lambda key: Situation((party("A", C, means=key), party("B", C, means=key))),
    }
    bare = [ranked.score for ranked in rank(Situation((party("A", C), party("B", C))))]
    for name, entries in (("objectives", OBJECTIVES), ("levers", LEVERS), ("means", MEANS)):
        for entry in entries:
            assert [ranked.score for ranked in rank(reads[name](entry.key))] != bare, entry.key


def test_the_bill_s_five_points() -> None:
    peers = bill_indicator(BillFacts(frozenset({A}), innovative=True, single_votes=True, contract_disinterested=None, shares_profits=False))
    assert [point.met for point in peers] == [False, True, True, None, True]
    mixed = bill_indicator(BillFacts(frozenset({Kind.foundation, C}), shares_profits=True))
    assert [point.met for point in mixed] == [True, None, None, None, False]
