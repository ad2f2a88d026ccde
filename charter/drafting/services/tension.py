"""Where a text blocks: its articles by tension, the parties nobody heard of, and what may be done next. In a number of queries that
depends neither on the articles nor on the parties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Executable, func, select

from charter.accounts.models import SignedSession
from charter.alliances import days
from charter.alliances.announce import announce
from charter.alliances.models import Alliance, Party
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Amendment, Article, Comment, Consent, Nudge, Text
from charter.drafting.services.consents import standing_consents, voices
from charter.drafting.services.texts import hold_draft
from charter.drafting.words import current_hashes
from charter.errors import Refused
from charter.work import Work
from workflows.amendments import AmendmentStatus
from workflows.base import N_, Missing
from workflows.events import PartyNudged
from workflows.proposals import PartyStatus

RECENT = timedelta(days=7)
WEIGHTS = {"objections": 8, "died": 3, "amendments": 3, "reservations": 2, "threads": 1, "writers": 1}


@dataclass(frozen=True, slots=True)
class ArticleTension:
    """An article and what weighs on it: standing `objections` and `reservations` (the parties' names), words that `died` because the
    text changed since, open `amendments` and `threads`, and how many people, the `writers`, changed it in the last seven days."""

    ref: str
    number: int
    title: str
    locked: bool
    objections: tuple[str, ...] = ()
    reservations: tuple[str, ...] = ()
    died: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    amendments: int = 0
    threads: int = 0
    writers: int = 0

    @property
    def weight(self) -> int:
        """What the articles are ranked by; shown to nobody."""
        counts = {name: getattr(self, name) for name in WEIGHTS}
        return sum(WEIGHTS[name] * (len(value) if isinstance(value, tuple) else value) for name, value in counts.items())


@dataclass(frozen=True, slots=True)
class PartySilence:
    """A party: when it last said a word (`spoke_at`), wrote, commented or came (`seen_at`, a sign of one of its members); how many
    articles await it; when it was last written to."""

    party: Party
    awaited: int
    spoke_at: datetime | None
    seen_at: datetime | None
    nudged_on: date | None

    def silent(self, now: datetime) -> bool:
        """True when it is awaited and nobody heard of it for seven days."""
        last = max((one for one in (self.spoke_at, self.seen_at) if one), default=None)
        return self.awaited > 0 and (last is None or now - last > RECENT)


@dataclass(frozen=True, slots=True)
class Tension:
    """`articles` by tension, the heaviest first; `parties` in the order of the alliance."""

    articles: tuple[ArticleTension, ...]
    parties: tuple[PartySilence, ...] = field(default=())


def tension(work: Work, text: Text) -> Tension:
    """Where the text blocks now."""
    alliance = work.get(Alliance, text.alliance_id)
    present = text.present_articles
    hashes, consents = current_hashes(work.session, present), standing_consents(work, text)
    facts = _Facts(work, text, [one.id for one in present])
    articles = [_article(alliance, one, number, hashes[one.id], consents, facts) for number, one in enumerate(present, start=1)]
    awaited = Counter(name for one in articles for name in one.awaited)
    return Tension(
        tuple(sorted(articles, key=lambda one: (-one.weight, one.number))),
        tuple(_silences(work, text, alliance, awaited)),
    )


def nudge(work: Work, text: Text, party: Party) -> Nudge:
    """Writes to those who speak for a party that is awaited. Raises Refused when it is awaited for nothing, or was written to today;
    Conflict when the text is not written any more."""
    alliance = hold_draft(work, text)
    today = days.today(alliance, work.now())
    found = next((one for one in tension(work, text).parties if one.party.id == party.id), None)
    if party.status != PartyStatus.accepted or found is None or not found.awaited:
        raise Refused(N_("%(party)s s’est prononcée sur tous les articles : il n’y a rien à lui rappeler."), party=party.name)
    if found.nudged_on == today:
        raise Refused(
            N_("%(party)s a déjà été relancée aujourd’hui."), [Missing(N_("Laissez-lui jusqu’à demain"), (party.name,))], party=party.name
        )
    made = work.add(Nudge(text_id=text.id, party_id=party.id, on=today, by_id=work.actor.person_id, at=work.now()))
    announce(work, alliance, PartyNudged(party=party.ref))
    return made


class _Facts:
    """What is counted by article id."""

    def __init__(self, work: Work, text: Text, ids: Sequence[int]) -> None:
        since = work.now() - RECENT
        self.threads = _by_id(
            work,
            select(Comment.article_id, func.count())
            .where(Comment.article_id.in_(ids), Comment.thread_id.is_(None), Comment.resolved_at.is_(None), Comment.deleted_at.is_(None))
            .group_by(Comment.article_id),
        )
        self.amendments = _by_id(
            work,
            select(Amendment.article_id, func.count())
            .where(Amendment.text_id == text.id, Amendment.status == AmendmentStatus.open, Amendment.article_id.is_not(None))
            .group_by(Amendment.article_id),
        )
        self.writers = _by_id(
            work,
            select(ArticleUpdate.article_id, func.count(func.distinct(ArticleUpdate.author_person_id)))
            .where(ArticleUpdate.article_id.in_(ids), ArticleUpdate.at > since, ArticleUpdate.author_person_id.is_not(None))
            .group_by(ArticleUpdate.article_id),
        )


def _article(alliance: Alliance, article: Article, number: int, digest: str, consents: Sequence[Consent], facts: _Facts) -> ArticleTension:
    said = voices(alliance, article, digest, consents)
    names: dict[str, list[str]] = defaultdict(list)
    for party in alliance.accepted_parties:
        names[said[party.ref].kind].append(party.name)
    return ArticleTension(
        article.ref,
        number,
        article.title,
        article.locked,
        objections=tuple(names["objection"]),
        reservations=tuple(names["reservation"]),
        died=tuple(names["stale"]),
        awaited=(*names["none"], *names["stale"]),
        amendments=facts.amendments.get(article.id, 0),
        threads=facts.threads.get(article.id, 0),
        writers=facts.writers.get(article.id, 0),
    )


def _silences(work: Work, text: Text, alliance: Alliance, awaited: Counter[str]) -> Iterable[PartySilence]:
    members = {one.person_id: party.id for party in alliance.accepted_parties for one in party.members if one.is_active}
    spoke = _by_id(work, _spoken(text))
    seen = _seen(work, text, members)
    nudged = _by_id(work, select(Nudge.party_id, func.max(Nudge.on)).where(Nudge.text_id == text.id).group_by(Nudge.party_id))
    for party in alliance.accepted_parties:
        yield PartySilence(party, awaited[party.name], spoke.get(party.id), seen.get(party.id), nudged.get(party.id))


def _spoken(text: Text) -> Executable:
    said = select(Consent.party_id, func.max(Consent.at)).join(Article).where(Article.text_id == text.id)
    return said.group_by(Consent.party_id)


def _seen(work: Work, text: Text, members: dict[int, int]) -> dict[int, datetime]:
    """By party id, the last sign of one of its members: an edit, a comment, a visit."""
    people = list(members)
    of_text = select(Article.id).where(Article.text_id == text.id)
    signs = (
        select(ArticleUpdate.author_person_id, func.max(ArticleUpdate.at))
        .where(ArticleUpdate.article_id.in_(of_text), ArticleUpdate.author_person_id.in_(people))
        .group_by(ArticleUpdate.author_person_id),
        select(Comment.person_id, func.max(Comment.at)).where(Comment.article_id.in_(of_text)).group_by(Comment.person_id),
        select(SignedSession.person_id, func.max(SignedSession.seen_at))
        .where(SignedSession.person_id.in_(people))
        .group_by(SignedSession.person_id),
    )
    found: dict[int, datetime] = {}
    for query in signs:
        for person, at in work.session.execute(query):
            party = members.get(person or 0)
            if party is not None:
                found[party] = max(at, found.get(party, at))
    return found


def _by_id(work: Work, query: Executable) -> dict[int, Any]:
    return {row[0]: row[1] for row in work.session.execute(query)}
