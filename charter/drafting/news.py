"""What a digest says: the journal's facts about the charter, article by article, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from charter.accounts.models import Person
from charter.alliances import days
from charter.alliances.models import Alliance
from charter.alliances.wording import LABELS, fact_label
from charter.drafting import services
from charter.drafting.models import Comment, Text
from charter.drafting.schemas import KIND_LABELS
from charter.i18n import format_day, format_relative, gettext, ngettext
from charter.journal.models import Fact
from charter.work import Work
from workflows.base import N_
from workflows.deadlines import TITLES
from workflows.drafting import ConsentKind

MOST, EXCERPT = 6, 160


@dataclass
class Section:
    """The news of one article, or of the whole text; `url` is where one reads on."""

    title: str
    url: str
    lines: list[str] = field(default_factory=list)


def sections(work: Work, alliance: Alliance, text: Text, facts: Sequence[Fact], person: Person) -> list[Section]:
    """What calls the person first, then each article in order, then the text; nothing is said twice."""
    base, told = f"{work.settings.public_url}/alliances/{alliance.ref}/charte", _Told(work, alliance, facts)
    calls = Section(gettext(N_("On vous appelle")), f"{base}/discussions")
    by_article: dict[str, Section] = {
        one.ref: Section(
            gettext(N_("Article %(number)s, « %(title)s »"), number=number, title=one.title), f"{base}/articles/{one.ref}#discussion"
        )
        for number, one in enumerate(text.present_articles, start=1)
    }
    whole = Section(gettext(N_("La charte")), base)
    for fact in facts:
        line, called = told.line(fact), fact.type == "comment.mentioned" and fact.payload.get("person") == str(person.id)
        place = calls if called else by_article.get(str(fact.payload.get("article", "")), whole)
        if line and line not in place.lines:
            place.lines.append(line)
    calls.url = _first_place(facts, by_article, person) or calls.url
    return [_short(one) for one in (calls, *by_article.values(), whole) if one.lines]


def deadlines(work: Work, alliance: Alliance, text: Text) -> list[dict[str, str]]:
    """The deadlines to come: what, when as people say it, and how far."""
    today = days.today(alliance, work.now())
    return [
        {"what": gettext(TITLES[one]), "day": format_day(day), "far": format_relative(day, work.now())}
        for one, day in services.days_of(work, text).items()
        if day is not None and day >= today
    ]


class _Told:
    """Says facts one by one, knowing the comments and the parties they name."""

    def __init__(self, work: Work, alliance: Alliance, facts: Sequence[Fact]) -> None:
        refs = {str(one.payload["comment"]) for one in facts if one.type in {"comment.posted", "comment.mentioned"}}
        query = select(Comment).where(Comment.ref.in_(refs)).options(selectinload(Comment.person))
        self.comments = {one.ref: one for one in work.session.scalars(query)}
        self.parties = {party.ref: party.name for party in alliance.parties}
        self.calling = {str(one.payload["comment"]) for one in facts if one.type == "comment.mentioned"}
        self.last = {(one.payload.get("party"), one.payload.get("article")): one.seq for one in facts if one.type.startswith("consent.")}

    def line(self, fact: Fact) -> str:
        """The fact in a sentence, empty when there is nothing to say of it any more."""
        if fact.type in {"comment.posted", "comment.mentioned"}:
            return self._comment(fact)
        if fact.type.startswith("consent.") and self.last[(fact.payload.get("party"), fact.payload.get("article"))] != fact.seq:
            return ""
        if fact.type == "consent.given":
            return self._consent(fact)
        if fact.type == "drafting.deadline_passed":
            title = TITLES[fact.payload["deadline"]]
            return gettext(N_("La date limite est passée : %(what)s."), what=gettext(title).lower())
        what = fact_label(fact, self.parties) if fact.type in LABELS else gettext(N_("a fait avancer la co-rédaction"))
        return gettext(N_("%(who)s %(what)s."), who=fact.actor.get("name", ""), what=what)

    def _comment(self, fact: Fact) -> str:
        ref = str(fact.payload["comment"])
        found = self.comments.get(ref)
        if found is None or found.deleted_at is not None or (fact.type == "comment.posted" and ref in self.calling):
            return ""
        return gettext(N_("%(who)s écrit : « %(words)s »"), who=found.person.display_name, words=excerpt(found.body))

    def _consent(self, fact: Fact) -> str:
        party = self.parties.get(str(fact.payload["party"]), "")
        given = ConsentKind(fact.payload["kind"])
        kind, reason = gettext(KIND_LABELS[given]), excerpt(str(fact.payload.get("reason", "")))
        if reason:
            return gettext(N_("%(party)s : %(kind)s (« %(reason)s »)"), party=party, kind=kind, reason=reason)
        return gettext(N_("%(party)s : %(kind)s"), party=party, kind=kind)


def excerpt(words: str) -> str:
    """The words in one line, cut at a space when they are long."""
    line = " ".join(words.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + "…"


def _first_place(facts: Sequence[Fact], by_article: dict[str, Section], person: Person) -> str:
    for fact in facts:
        if fact.type == "comment.mentioned" and fact.payload.get("person") == str(person.id) and fact.payload.get("article") in by_article:
            return by_article[str(fact.payload["article"])].url
    return ""


def _short(section: Section) -> Section:
    left = len(section.lines) - MOST
    if left > 0:
        section.lines[MOST:] = [ngettext("et %(n)s autre nouvelle", "et %(n)s autres nouvelles", left)]
    return section


def values(work: Work, alliance: Alliance, text: Text, facts: Sequence[Fact], person: Person) -> dict[str, Any]:
    """What the digest's templates read."""
    found = sections(work, alliance, text, facts, person)
    return {
        "sections": [{"title": one.title, "url": one.url, "lines": one.lines} for one in found],
        "deadlines": deadlines(work, alliance, text),
    }
