"""Alliances at work on their charter: `drafting(work)`, `consents(work, text)`, `adopted(work)`, `rewrite(work, article, words)`."""

from __future__ import annotations

from collections.abc import Sequence

from charter.alliances.models import Alliance, OrganisationKind
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.models import Article, Text
from charter.work import Actor, Work
from tests import factories
from workflows.drafting import ConsentKind
from workflows.lifecycle import AllianceStatus

TWO = (OrganisationKind.association, OrganisationKind.company)


def paragraph(words: str) -> dict[str, object]:
    """A paragraph node."""
    return {"type": "paragraph", "content": [{"type": "text", "text": words}]}


def drafting(work: Work, kinds: Sequence[OrganisationKind] = TWO, *, articles: int | None = 2) -> Alliance:
    """An alliance in co-drafting whose charter keeps the first `articles` articles of the template (None: all)."""
    alliance = factories.alliance(work, kinds)
    alliance.status = AllianceStatus.drafting
    work.session.flush()
    text = services.open_charter(work, alliance)
    for article in text.present_articles[articles:] if articles is not None else ():
        article.removed_at = work.now()
    work.session.flush()
    return alliance


def charter(work: Work, alliance: Alliance) -> Text:
    """The alliance's charter."""
    return services.charter_of(work, alliance)


def consents(work: Work, text: Text, kind: ConsentKind = ConsentKind.agree, reason: str = "") -> None:
    """Every party says `kind` on every article as it stands."""
    alliance = work.get(Alliance, text.alliance_id)
    for words in services.article_words(work, text):
        article = services.article_of(work, text, words.ref)
        for party in alliance.accepted_parties:
            speaker = factories.speaker(party)
            services.consent(work.by(Actor(speaker.id, speaker.display_name)), article, party, kind, words.sha256, reason)


def adopted(work: Work, kinds: Sequence[OrganisationKind] = TWO) -> Alliance:
    """An alliance whose charter has just been adopted (its contract then opens)."""
    alliance = drafting(work, kinds)
    text = charter(work, alliance)
    consents(work, text)
    services.adopt(work, text)
    return alliance


def rewrite(work: Work, article: Article, words: str) -> None:
    """Somebody writes in the article: one more stored update."""
    content.replace(work.session, article, [paragraph(words)], at=work.now())
