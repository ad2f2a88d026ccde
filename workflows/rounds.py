"""A round of consent, « tour d'accord »: a version of the text is put to the parties, and its articles are locked meanwhile.

    status  event   becomes   when
    ------  ------  --------  --------------------------------------------------------------------
    open    adopt   adopted   the text is adopted
    open    empty   reopened  an objection reopened the last article that was still locked
    open    close   closed    the leading party or the facilitator closes it

An article to which a party objects when the round opens stays out of it: it must be written again. In the round, an objection
reopens its own article and no other: the consents given to the rest live on. Rounds follow one another, numbered from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, Requirements
from workflows.drafting import ArticleFacts, DraftingFacts, it_has_articles, objections, two_parties_have_a_voice, voice


class RoundStatus(StrEnum):
    open = "open"
    adopted = "adopted"
    reopened = "reopened"
    closed = "closed"


@dataclass(frozen=True)
class RoundFacts:
    """A round that is open. ``locked``: ids of the articles still locked; ``closes_on``: the day by which answers are hoped for."""

    number: int
    opened_on: date
    locked: frozenset[str]
    closes_on: date | None = None


def to_lock(facts: DraftingFacts) -> tuple[ArticleFacts, ...]:
    """The articles a round opened now would lock: those nobody objects to as they stand."""
    opposed = {article.id for party in facts.parties for article in objections(facts, party)}
    return tuple(article for article in facts.articles if article.id not in opposed)


def something_to_lock(facts: DraftingFacts) -> Iterator[Missing]:
    if facts.articles and not to_lock(facts):
        who = tuple(party for party in facts.parties if objections(facts, party))
        yield Missing(N_("Chaque article porte une objection : cherchez d’abord une rédaction qui en lève au moins une"), who=who)


def before_opening(facts: DraftingFacts) -> tuple[Missing, ...]:
    """What is missing before a round may open, from whom."""
    return Requirements((it_has_articles, two_parties_have_a_voice, something_to_lock)).missing(facts)


@dataclass(frozen=True)
class Count:
    """How many words of consent a round has, of how many it awaits: one of each party on each article still locked."""

    given: int
    awaited: int


def count(facts: DraftingFacts, locked: frozenset[str]) -> Count:
    """« 7 accords sur 12 attendus »."""
    articles = [article for article in facts.articles if article.id in locked]
    given = sum(voice(facts, party, article) is not None for party in facts.parties for article in articles)
    return Count(given, len(articles) * len(facts.parties))


class RoundChart(Chart):
    open = State(N_("Ouvert"), value=RoundStatus.open, initial=True)
    adopted = State(N_("Conclu par l’adoption"), value=RoundStatus.adopted, final=True)
    reopened = State(N_("Tout a été rouvert"), value=RoundStatus.reopened, final=True)
    closed = State(N_("Clos"), value=RoundStatus.closed, final=True)

    adopt = open.to(adopted)
    empty = open.to(reopened)
    close = open.to(closed)
