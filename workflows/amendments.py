"""An amendment: a party proposes another wording of an article, a new article, or the removal of one; the others say for or against.

    status  event     becomes    when
    ------  --------  ---------  -----------------------------------------------------------------------------------
    open    accept    accepted   every other party is for it and its article is not locked: it happens by itself
    open    settle    accepted   by hand: another party is for it, none is against, its article is not locked
    open    refuse    refused    a party is against it: by hand with a reason, or by itself when every other one is
    open    withdraw  withdrawn  the party that proposed it takes it back
    open    lapse     lapsed     its article was removed, the text was adopted, or drafting stopped

One party, one voice: the proposing party is for its own amendment and is not asked, the facilitator has no voice, and a party may
change its word while the amendment is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State

from workflows.base import N_, Chart, Missing, needs


class AmendmentStatus(StrEnum):
    open = "open"
    accepted = "accepted"
    refused = "refused"
    withdrawn = "withdrawn"
    lapsed = "lapsed"


class AmendmentKind(StrEnum):
    wording = "wording"
    insertion = "insertion"
    removal = "removal"


class Opinion(StrEnum):
    favour = "favour"
    against = "against"


@dataclass(frozen=True)
class AmendmentFacts:
    """``parties``: names of those who have a voice; ``proposer``: who proposes; ``favour`` and ``against``: who said so.

    ``article``: number of the article it is about, 0 when there is none; ``locked``: put to consent in a round, so its words
    may not move; ``leader``: the party that moves things on.
    """

    ref: str
    parties: tuple[str, ...]
    proposer: str
    favour: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    article: int = 0
    locked: bool = False
    leader: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The parties whose word is asked."""
        return tuple(name for name in self.parties if name != self.proposer)

    @property
    def silent(self) -> tuple[str, ...]:
        """Those who have said nothing yet."""
        return tuple(name for name in self.others if name not in self.favour | self.against)

    @property
    def pleased(self) -> tuple[str, ...]:
        """The other parties that are for it."""
        return tuple(name for name in self.others if name in self.favour)

    @property
    def opposed(self) -> tuple[str, ...]:
        """The other parties that are against it."""
        return tuple(name for name in self.others if name in self.against)


def another_party_has_a_voice(facts: AmendmentFacts) -> Iterator[Missing]:
    if not facts.others:
        yield Missing(N_("Il faut une autre partie pour se prononcer"), who=(facts.leader or facts.proposer,))


def every_other_party_is_for(facts: AmendmentFacts) -> Iterator[Missing]:
    for name in facts.silent:
        yield Missing(N_("Avis attendu : %(party)s"), who=(name,), params={"party": name})
    yield from nobody_is_against(facts)


def somebody_is_for(facts: AmendmentFacts) -> Iterator[Missing]:
    if facts.others and not facts.pleased:
        yield Missing(N_("Aucune autre partie n’est encore pour"), who=facts.others)


def nobody_is_against(facts: AmendmentFacts) -> Iterator[Missing]:
    for name in facts.opposed:
        yield Missing(N_("%(party)s est contre"), who=(name,), params={"party": name})


def somebody_is_against(facts: AmendmentFacts) -> Iterator[Missing]:
    if not facts.opposed:
        yield Missing(
            N_("Aucune partie n’est contre : un amendement que personne ne refuse reste ouvert"), who=facts.others or (facts.proposer,)
        )


def its_article_is_free(facts: AmendmentFacts) -> Iterator[Missing]:
    if facts.locked:
        who = (facts.leader or facts.proposer,)
        yield Missing(N_("Un tour d’accord est ouvert : le texte ne bouge pas avant sa fin"), who=who, params={"article": facts.article})


def refused_by_all(facts: AmendmentFacts) -> bool:
    """True when every other party is against it."""
    return bool(facts.others) and facts.opposed == facts.others


class AmendmentChart(Chart):
    open = State(N_("En discussion"), value=AmendmentStatus.open, initial=True)
    accepted = State(N_("Accepté"), value=AmendmentStatus.accepted, final=True)
    refused = State(N_("Refusé"), value=AmendmentStatus.refused, final=True)
    withdrawn = State(N_("Retiré"), value=AmendmentStatus.withdrawn, final=True)
    lapsed = State(N_("Devenu sans objet"), value=AmendmentStatus.lapsed, final=True)

    accept = open.to(accepted, cond=needs(another_party_has_a_voice, every_other_party_is_for, its_article_is_free))
    settle = open.to(accepted, cond=needs(another_party_has_a_voice, somebody_is_for, nobody_is_against, its_article_is_free))
    refuse = open.to(refused, cond=needs(somebody_is_against))
    withdraw = open.to(withdrawn)
    lapse = open.to(lapsed)
