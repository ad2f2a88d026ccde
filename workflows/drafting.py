"""Co-drafting: a text made of articles, adopted when every party consents to its exact words.

    status     event      becomes     when
    ---------  ---------  ----------  --------------------------------------------------------------------------
    drafting   adopt      adopted     it has articles, no objection stands, every party consents to every article
    adopted    supersede  superseded  a new version is adopted

A consent holds the hash of the article's words. It is *live* while the article still has that hash; when the text changes
it dies by itself, and so does an objection. A reservation is a consent that says what to watch. One party has one voice:
its latest word on an article is the one that counts, and a voice that belongs to no party counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class TextStatus(StrEnum):
    drafting = "drafting"
    adopted = "adopted"
    superseded = "superseded"


class ConsentKind(StrEnum):
    agree = "agree"
    reservation = "reservation"
    objection = "objection"


@dataclass(frozen=True)
class ArticleFacts:
    """``hash``: SHA-256 (hexadecimal) of the article's canonical text."""

    id: str
    number: int
    title: str
    hash: str


@dataclass(frozen=True)
class ConsentFacts:
    """What a party said of an article; ``hash`` is that of the words it read."""

    party: str
    article: str
    kind: ConsentKind
    hash: str


@dataclass(frozen=True)
class DraftingFacts:
    """``parties``: names of those who have a voice. ``consents``: oldest first. ``leader``: the party that moves things on."""

    parties: tuple[str, ...]
    articles: tuple[ArticleFacts, ...]
    consents: tuple[ConsentFacts, ...] = ()
    leader: str = ""

    @cached_property
    def latest(self) -> Mapping[tuple[str, str], ConsentFacts]:
        """(party, article id) → the latest word of that party on it, live or dead."""
        return {(one.party, one.article): one for one in self.consents}


def voice(facts: DraftingFacts, party: str, article: ArticleFacts) -> ConsentKind | None:
    """The live word of a party on an article, None when it has none (never given, withdrawn, or the text changed since)."""
    said = facts.latest.get((party, article.id))
    return said.kind if said and said.hash == article.hash else None


def awaited_articles(facts: DraftingFacts, party: str) -> tuple[ArticleFacts, ...]:
    """The articles on which the party has no live word."""
    return tuple(article for article in facts.articles if voice(facts, party, article) is None)


def objections(facts: DraftingFacts, party: str) -> tuple[ArticleFacts, ...]:
    """The articles to which the party objects as they stand."""
    return tuple(article for article in facts.articles if voice(facts, party, article) == ConsentKind.objection)


def numbers(articles: tuple[ArticleFacts, ...]) -> str:
    """« 1, 3, 4 »."""
    return ", ".join(str(article.number) for article in sorted(articles, key=lambda article: article.number))


def it_has_articles(facts: DraftingFacts) -> Iterator[Missing]:
    if not facts.articles:
        yield Missing(N_("Le texte n’a encore aucun article"), who=facts.parties or (facts.leader or N_("Les parties"),))


def two_parties_have_a_voice(facts: DraftingFacts) -> Iterator[Missing]:
    if len(set(facts.parties)) < 2:
        yield Missing(N_("Il faut au moins deux parties pour adopter un texte"), who=facts.parties or (facts.leader or N_("Les parties"),))


def no_objection_stands(facts: DraftingFacts) -> Iterator[Missing]:
    for party in facts.parties:
        opposed = objections(facts, party)
        if opposed:
            yield Missing(
                N_("%(party)s maintient une objection (art. %(articles)s)"),
                who=(party,),
                params={"party": party, "articles": numbers(opposed), "n": len(opposed)},
            )


def every_party_consents(facts: DraftingFacts) -> Iterator[Missing]:
    for party in facts.parties:
        awaited = awaited_articles(facts, party)
        if awaited:
            yield Missing(
                N_("Accord attendu : %(party)s (art. %(articles)s)"),
                who=(party,),
                params={"party": party, "articles": numbers(awaited), "n": len(awaited)},
            )


class TextChart(Chart):
    drafting = State(N_("En écriture"), value=TextStatus.drafting, initial=True)
    adopted = State(N_("Adopté"), value=TextStatus.adopted)
    superseded = State(N_("Remplacé"), value=TextStatus.superseded, final=True)

    adopt = drafting.to(adopted, cond=needs(it_has_articles, two_parties_have_a_voice, no_objection_stands, every_party_consents))
    supersede = adopted.to(superseded)
