"""What each guard of an amendment asks, from whom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from workflows.amendments import AmendmentChart, AmendmentFacts, AmendmentStatus, refused_by_all
from workflows.base import Blocked, blocking, fire

PARTIES = ("Les Jardins", "Ville de Metz", "Fonderie Martin")


@dataclass
class Subject:
    status: AmendmentStatus = AmendmentStatus.open


def facts(*said: str, **more: object) -> AmendmentFacts:
    """What the second and third parties said: « + », « - » or nothing."""
    words = dict(zip(PARTIES[1:], said, strict=True))
    favour = frozenset(name for name, one in words.items() if one == "+")
    against = frozenset(name for name, one in words.items() if one == "-")
    return AmendmentFacts("m", PARTIES, PARTIES[0], favour, against, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("second", "third"), list(product("+- ", repeat=2)))
def test_who_may_do_what_for_every_pair_of_words(second: str, third: str) -> None:
    said, now = {second, third}, facts(second, third)
    may = {event for event in ("accept", "settle", "refuse") if not blocking(AmendmentChart, Subject(), event, now)}
    expected = {"accept"} if said == {"+"} else set()
    expected |= {"settle"} if "+" in said and "-" not in said else set()
    expected |= {"refuse"} if "-" in said else set()
    assert may == expected
    assert refused_by_all(now) == (said == {"-"})


def test_a_refusal_names_those_awaited_and_those_opposed() -> None:
    with pytest.raises(Blocked) as refusal:
        fire(AmendmentChart, Subject(), "accept", facts("-", " "))
    assert [one.who for one in refusal.value.missing] == [("Fonderie Martin",), ("Ville de Metz",)]


def test_a_locked_article_makes_acceptance_wait_and_nothing_else() -> None:
    for event in ("accept", "settle"):
        (lack,) = blocking(AmendmentChart, Subject(), event, facts("+", "+", locked=True, leader="Les Jardins"))
        assert lack.who == ("Les Jardins",) and "tour d’accord" in str(lack)
    assert not blocking(AmendmentChart, Subject(), "refuse", facts("-", "+", locked=True))


def test_a_party_alone_accepts_nothing() -> None:
    alone = AmendmentFacts("m", PARTIES[:1], PARTIES[0])
    assert not refused_by_all(alone)
    for event in ("accept", "settle"):
        assert blocking(AmendmentChart, Subject(), event, alone)


def test_the_voice_of_a_party_that_left_counts_no_more() -> None:
    left = AmendmentFacts("m", PARTIES[:2], PARTIES[0], frozenset({PARTIES[1]}), frozenset({PARTIES[2]}))
    assert not blocking(AmendmentChart, Subject(), "accept", left)
