"""The road of each article: how its words came to be, from the journal, the parties' words and the stored updates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from charter.alliances.models import Alliance, Party
from charter.alliances.wording import fact_label
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, Consent, Text
from charter.drafting.services.consents import path
from charter.i18n import gettext
from charter.journal.models import Fact
from charter.work import Work
from workflows.base import N_

ABOUT_ONE = (
    "article.added",
    "article.removed",
    "article.split",
    "article.merged",
    "amendment.proposed",
    "amendment.answered",
    "amendment.accepted",
    "amendment.refused",
    "amendment.withdrawn",
    "amendment.lapsed",
    "round.article_reopened",
    "version.restored",
)
ABOUT_ALL = ("version.named", "round.opened", "round.closed", "charter.adopted")
ARTICLE_KEYS = ("article", "made", "absorbed", "articles", "returned", "removed")
BEGINNING = N_("L’article vient de la trame de départ")
CARRIED_ON = N_("L’article vient de la charte adoptée auparavant (version %(version)s)")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an article. `kind`: the fact's type, « begun », or « consent »: then `said` is the word of a party.
    `reason`: what was given with it; `ref`: of the amendment or the version it is about."""

    at: datetime
    kind: str
    label: str
    actor: str = ""
    party: Party | None = None
    reason: str = ""
    ref: str = ""
    said: Consent | None = None


def roads(work: Work, text: Text, articles: Sequence[Article]) -> dict[int, list[Step]]:
    """By article id, oldest first; the number of queries does not grow with the articles."""
    alliance = work.get(Alliance, text.alliance_id)
    facts = _facts(work, text)
    spoken = path(work, articles)
    begun = _begun(work, articles)
    amended = {fact.payload["amendment"]: fact.payload.get("article", "") for fact in facts if fact.type == "amendment.proposed"}
    amended |= {fact.payload["amendment"]: fact.payload["article"] for fact in facts if fact.type == "amendment.accepted"}
    found = {}
    for one in articles:
        mine = [fact for fact in facts if _is_about(fact, one, amended)]
        steps = [*_start(text, begun.get(one.id), mine), *_told(mine, alliance), *(_word(said) for said in spoken[one.id])]
        found[one.id] = sorted(steps, key=lambda step: step.at)
    return found


def _facts(work: Work, text: Text) -> list[Fact]:
    query = select(Fact).where(Fact.alliance_id == text.alliance_id, Fact.type.in_([*ABOUT_ONE, *ABOUT_ALL]))
    return [fact for fact in work.session.scalars(query.order_by(Fact.seq)) if fact.payload.get("text") == text.ref]


def _is_about(fact: Fact, article: Article, amended: Mapping[str, str]) -> bool:
    if fact.type in ABOUT_ALL:
        return True
    if fact.payload.get("amendment") in amended:
        return amended[fact.payload["amendment"]] == article.ref
    return any(article.ref == value or article.ref in _listed(value) for value in map(fact.payload.get, ARTICLE_KEYS))


def _listed(value: Any) -> Collection[str]:
    return value if isinstance(value, (list, tuple)) else ()


def _begun(work: Work, articles: Sequence[Article]) -> dict[int, datetime]:
    first = select(ArticleUpdate.article_id, ArticleUpdate.at).where(
        ArticleUpdate.article_id.in_([one.id for one in articles]), ArticleUpdate.seq == 1
    )
    return {row.article_id: row.at for row in work.session.execute(first)}


def _start(text: Text, at: datetime | None, facts: Iterable[Fact]) -> list[Step]:
    """An article nobody is told to have added came with the text."""
    if at is None or any(fact.type in {"article.added", "article.split"} for fact in facts):
        return []
    label = gettext(BEGINNING) if text.version == 1 else gettext(CARRIED_ON, version=text.version - 1)
    return [Step(at, "begun", label)]


def _told(facts: Iterable[Fact], alliance: Alliance) -> Iterable[Step]:
    names = {party.ref: party.name for party in alliance.parties}
    by_ref = {party.ref: party for party in alliance.parties}
    for fact in facts:
        given = fact.payload
        yield Step(
            fact.at,
            fact.type,
            fact_label(fact, names),
            str(fact.actor.get("name", "")),
            by_ref.get(given.get("party", "")),
            str(given.get("reason", "")),
            str(given.get("amendment") or given.get("version") or "") if fact.type != "charter.adopted" else "",
        )


def _word(said: Consent) -> Step:
    name = said.person.display_name if said.person else ""
    return Step(said.at, "consent", "", name, said.party, said.reason, said=said)
