"""What this stage tells of each alliance, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import selectinload

from charter.alliances.announce import leading_party
from charter.alliances.models import Alliance
from charter.drafting.models import CHARTER, Amendment, Article, Consent, DraftingCalendar, Round, Text
from charter.drafting.proposed import facts_of
from charter.drafting.voices import spokespersons_of
from charter.drafting.words import current_hashes
from charter.work import Work
from workflows.amendments import AmendmentFacts, AmendmentStatus
from workflows.drafting import ArticleFacts, ConsentFacts, DraftingFacts
from workflows.facts import TextState
from workflows.rounds import RoundFacts


def states(work: Work, alliances: Sequence[Alliance]) -> Mapping[int, TextState]:
    """By alliance id, the current version of its charter: articles with the hash of their words now, and each party's word on them."""
    texts = _current(work, [one.id for one in alliances])
    articles = [article for text in texts for article in text.present_articles]
    hashes = current_hashes(work.session, articles)
    said = _said(work, articles)
    calendars = _calendars(work, texts)
    proposed = _amendments(work, alliances, texts)
    rounds, speakers = _rounds(work, alliances, texts), _speakers(work, alliances)
    names = {party.id: party.name for one in alliances for party in one.accepted_parties}
    return {
        text.alliance_id: TextState(
            text.ref,
            text.status,
            tuple(ArticleFacts(one.ref, number, one.title, hashes[one.id]) for number, one in enumerate(text.present_articles, start=1)),
            tuple(consent_facts(one, article, names) for article in text.present_articles for one in said[article.id]),
            amendments_on=calendars[text.id].amendments_on if text.id in calendars else None,
            consents_on=calendars[text.id].consents_on if text.id in calendars else None,
            round=rounds.get(text.id),
            amendments=proposed.get(text.id, ()),
            speakers=speakers.get(text.alliance_id, {}),
        )
        for text in texts
    }


def of(alliance: Alliance, articles: Sequence[tuple[Article, str]], consents: Sequence[Consent]) -> DraftingFacts:
    """What the guard of `adopt` looks at: `articles` in order with the hash of their words, `consents` not ended."""
    names = {party.id: party.name for party in alliance.accepted_parties}
    by_id = {article.id: article for article, _hash in articles}
    leader = leading_party(alliance)
    return DraftingFacts(
        tuple(party.name for party in alliance.accepted_parties),
        tuple(ArticleFacts(article.ref, number, article.title, digest) for number, (article, digest) in enumerate(articles, start=1)),
        tuple(consent_facts(one, by_id[one.article_id], names) for one in consents if one.article_id in by_id),
        leader.name if leader else "",
    )


def consent_facts(consent: Consent, article: Article, names: Mapping[int, str]) -> ConsentFacts:
    """A word of a party, as the guards read it. `names` holds those that are in: one that left has no voice, though its name come back."""
    return ConsentFacts(names.get(consent.party_id, ""), article.ref, consent.kind, consent.sha256)


def _current(work: Work, ids: Sequence[int]) -> list[Text]:
    latest = (
        select(Text.alliance_id, func.max(Text.version).label("version"))
        .where(Text.kind == CHARTER, Text.alliance_id.in_(ids))
        .group_by(Text.alliance_id)
        .subquery()
    )
    on = and_(Text.alliance_id == latest.c.alliance_id, Text.version == latest.c.version)
    return list(work.session.scalars(select(Text).join(latest, on).where(Text.kind == CHARTER).options(selectinload(Text.articles))))


def _amendments(work: Work, alliances: Sequence[Alliance], texts: Sequence[Text]) -> dict[int, tuple[AmendmentFacts, ...]]:
    """The open amendments of each text and what parties say of them, by text id, oldest first."""
    by_id, found = {one.id: one for one in alliances}, defaultdict(list)
    query = select(Amendment).where(Amendment.text_id.in_([one.id for one in texts]), Amendment.status == AmendmentStatus.open)
    loading = (selectinload(Amendment.positions), selectinload(Amendment.text).selectinload(Text.articles))
    for one in work.session.scalars(query.order_by(Amendment.id).options(*loading)):
        found[one.text_id].append(facts_of(by_id[one.text.alliance_id], one))
    return {key: tuple(facts) for key, facts in found.items()}


def _calendars(work: Work, texts: Sequence[Text]) -> dict[int, DraftingCalendar]:
    """The deadlines of each text that has some, by text id."""
    query = select(DraftingCalendar).where(DraftingCalendar.text_id.in_([one.id for one in texts]))
    return {one.text_id: one for one in work.session.scalars(query)}


def _rounds(work: Work, alliances: Sequence[Alliance], texts: Sequence[Text]) -> dict[int, RoundFacts]:
    """The round open on each text that has one, by text id."""
    by_id, zones = {text.id: text for text in texts}, {one.id: ZoneInfo(one.zone) for one in alliances}
    found = {}
    for one in work.session.scalars(select(Round).where(Round.text_id.in_(list(by_id)), Round.closed_at.is_(None))):
        text = by_id[one.text_id]
        locked = frozenset(article.ref for article in text.present_articles if article.locked)
        found[text.id] = RoundFacts(one.number, one.opened_at.astimezone(zones[text.alliance_id]).date(), locked, one.closes_on)
    return found


def _speakers(work: Work, alliances: Sequence[Alliance]) -> dict[int, dict[str, frozenset[str]]]:
    """By alliance id, the people who speak for each party that chose some, by the party's name."""
    parties = [party for one in alliances for party in one.accepted_parties]
    chosen = spokespersons_of(work, parties)
    found: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for party in parties:
        if chosen[party.id]:
            found[party.alliance_id][party.name] = frozenset(str(one.member.person_id) for one in chosen[party.id])
    return found


def _said(work: Work, articles: Sequence[Article]) -> dict[int, list[Consent]]:
    said: dict[int, list[Consent]] = defaultdict(list)
    query = select(Consent).where(Consent.article_id.in_([one.id for one in articles]), Consent.ended_at.is_(None)).order_by(Consent.id)
    for consent in work.session.scalars(query):
        said[consent.article_id].append(consent)
    return said
