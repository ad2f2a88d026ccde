"""Parties around a text, and what they do with amendments."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from charter.alliances.models import Alliance, OrganisationKind, Party
from charter.drafting import services
from charter.drafting.models import Amendment, Article, Text
from charter.journal import services as journal
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.amendments import AmendmentKind, AmendmentStatus, Opinion

THREE = (OrganisationKind.association, OrganisationKind.company, OrganisationKind.foundation)
WHY = "Plus clair pour nos équipes."
LONG = "Nous plantons douze haies vives chaque année, et nous en prenons soin ensemble."


@dataclass
class Table:
    """Three parties around a text whose first article says LONG."""

    work: Work
    alliance: Alliance
    text: Text

    @property
    def article(self) -> Article:
        return self.text.present_articles[0]

    @property
    def parties(self) -> list[Party]:
        return self.alliance.accepted_parties

    def acting(self, party: Party) -> Work:
        person = factories.speaker(party)
        return self.work.by(Actor(person.id, person.display_name))

    def propose(
        self, kind: AmendmentKind = AmendmentKind.wording, *, words: str = LONG.replace("douze", "quinze"), **more: object
    ) -> Amendment:
        party = self.parties[0]
        where = self.text if kind == AmendmentKind.insertion else self.article
        given = {"title": self.article.title, "nodes": [made.paragraph(words)], "reason": WHY, **more}
        return services.propose_amendment(self.acting(party), where, factories.speaker(party), party, kind, **given)  # type: ignore[arg-type]

    def say(self, amendment: Amendment, index: int, kind: Opinion = Opinion.favour, reason: str = "") -> None:
        party = self.parties[index]
        services.answer_amendment(self.acting(party), amendment, party, kind, reason)

    def words(self, article: Article | None = None) -> str:
        ref = (article or self.article).ref
        found = next(one for one in services.article_words(self.work, self.text) if one.ref == ref)
        return "\n".join("".join(run.get("text", "") for run in node.get("content", [])) for node in found.nodes)

    def told(self) -> list[str]:
        return [fact.type for fact in journal.facts(self.work, self.alliance.id)]


def status(amendment: Amendment) -> AmendmentStatus:
    """Read anew."""
    return amendment.status


@pytest.fixture
def table(work: Work) -> Table:
    alliance = made.drafting(work, THREE, articles=2)
    text = made.charter(work, alliance)
    made.rewrite(work, text.present_articles[0], LONG)
    return Table(work, alliance, text)
