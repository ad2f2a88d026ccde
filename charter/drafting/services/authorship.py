"""Who wrote what, by party, down to the words: from the stored updates, whose authors the server authenticated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import load_only

from charter.alliances.models import Member, Party
from charter.drafting.comparison.blocks import WORD, Block, blocks_of
from charter.drafting.live.attribution import Attribution, Author, Drift
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, ArticleAuthors, Text, Version, VersionArticle
from charter.drafting.services.versions import version_articles
from charter.work import Work

log = structlog.get_logger()
Memberships = Mapping[int, Sequence[Member]]


@dataclass(frozen=True, slots=True)
class Authored:
    """An article as blocks whose spans say their `author` (person id, party id); `words`: how many words each party id wrote (None: text
    nobody of the alliance wrote, as the template)."""

    ref: str
    number: int
    title: str
    blocks: tuple[Block, ...]
    words: Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    article: Article
    number: int
    title: str
    seq: int


def authorship(work: Work, text: Text, version: Version | None = None) -> list[Authored]:
    """The articles of a text as they stand, or as they were in a version, with the author of every word. Changes nothing."""
    wanted = _wanted(work, text, version)
    found = _attributions(work, text, wanted)
    return [_authored(one, found[one.article.id]) for one in wanted]


def shares(articles: Iterable[Authored]) -> dict[int | None, int]:
    """Words by party id, over several articles."""
    total: Counter[int | None] = Counter()
    for one in articles:
        total.update(one.words)
    return dict(total)


def remember_authors(work: Work, text: Text) -> int:
    """Keeps who wrote what, so that the history up to now is replayed once. Returns how many articles had changed."""
    wanted = _wanted(work, text, None)
    ids = [one.article.id for one in wanted]
    places = select(ArticleAuthors.article_id, ArticleAuthors.seq).where(ArticleAuthors.article_id.in_(ids))
    known = {(row.article_id, row.seq) for row in work.session.execute(places)}
    news = [one for one in wanted if (one.article.id, one.seq) not in known]
    found = _attributions(work, text, news)
    for one in news:
        _remember(work, one, found[one.article.id])
    work.session.flush()
    return len(news)


def _wanted(work: Work, text: Text, version: Version | None) -> list[_Wanted]:
    if version is None:
        return [_Wanted(one, number, one.title, one.head_seq) for number, one in enumerate(text.present_articles, start=1)]
    return [_Wanted(one.article, one.number, one.wording.title, one.seq) for one in version_articles(work, version)]


def _attributions(work: Work, text: Text, wanted: Sequence[_Wanted], *, afresh: bool = False) -> dict[int, Attribution]:
    """By article id, going on from what was kept unless `afresh`; the number of queries does not grow with the articles."""
    if not wanted:
        return {}
    kept = {} if afresh else _kept(work, wanted)
    parties = _memberships(work, text.alliance_id)
    rows = _updates(work, wanted, {key: one.seq for key, one in kept.items() if one.state})
    found: dict[int, Attribution] = {}
    for one in wanted:
        try:
            found[one.article.id] = _attribution(kept.get(one.article.id), rows[one.article.id], parties)
        except Drift as drift:
            if afresh:
                raise
            log.warning("authors_forgotten", article=one.article.ref, seq=one.seq, why=str(drift))
    return found | _attributions(work, text, [one for one in wanted if one.article.id not in found], afresh=True)


def _attribution(kept: ArticleAuthors | None, rows: Sequence[ArticleUpdate], parties: Memberships) -> Attribution:
    """Raises Drift."""
    start = kept.seq if kept else 0
    base = [kept.state] if kept and kept.state else [row.data for row in rows if row.seq <= start]
    made = Attribution(base, kept.texts if kept else ())
    made.replay((row.data, _author(row, parties)) for row in rows if row.seq > start)
    return made


def _kept(work: Work, wanted: Sequence[_Wanted]) -> dict[int, ArticleAuthors]:
    """The newest attribution kept that is not newer than wanted, by article id."""
    before = or_(*(and_(ArticleAuthors.article_id == one.article.id, ArticleAuthors.seq <= one.seq) for one in wanted))
    return {one.article_id: one for one in work.session.scalars(select(ArticleAuthors).where(before).order_by(ArticleAuthors.seq))}


def _updates(work: Work, wanted: Sequence[_Wanted], starts: Mapping[int, int]) -> dict[int, list[ArticleUpdate]]:
    here = or_(*(_stretch(one.article.id, starts.get(one.article.id, 0), one.seq) for one in wanted))
    found: dict[int, list[ArticleUpdate]] = defaultdict(list)
    for row in work.session.scalars(select(ArticleUpdate).where(here).order_by(ArticleUpdate.article_id, ArticleUpdate.seq)):
        found[row.article_id].append(row)
    return found


def _stretch(article_id: int, after: int, until: int) -> ColumnElement[bool]:
    return and_(ArticleUpdate.article_id == article_id, ArticleUpdate.seq > after, ArticleUpdate.seq <= until)


def _memberships(work: Work, alliance_id: int) -> Memberships:
    columns = load_only(Member.person_id, Member.party_id, Member.joined_at, Member.ended_at)
    query = select(Member).join(Party, Party.id == Member.party_id).where(Party.alliance_id == alliance_id).options(columns)
    found: dict[int, list[Member]] = defaultdict(list)
    for one in work.session.scalars(query.order_by(Member.joined_at, Member.id)):
        found[one.person_id].append(one)
    return found


def _author(row: ArticleUpdate, parties: Memberships) -> Author:
    person = row.author_person_id
    return (person, _party(parties.get(person, ()), row.at)) if person is not None else (None, None)


def _party(memberships: Sequence[Member], at: datetime) -> int | None:
    """The party somebody acted for then; the one they belong to since, when that is later told than done."""
    then = [one for one in memberships if one.joined_at <= at and (one.ended_at is None or at < one.ended_at)]
    return (then or memberships)[-1].party_id if memberships else None


def _authored(one: _Wanted, found: Attribution) -> Authored:
    blocks = tuple(blocks_of(found.nodes()))
    words: Counter[int | None] = Counter()
    for block in blocks:
        words.update(_word_authors(block))
    return Authored(one.article.ref, one.number, one.title, blocks, dict(words))


def _word_authors(block: Block) -> Iterable[int | None]:
    """The party of each word: of its first character."""
    starts: list[tuple[int, int | None]] = []
    place = 0
    for span in block.spans:
        place += len(span.text)
        starts.append((place, span.author[1] if span.author else None))
    at = 0
    for match in WORD.finditer(block.text):
        while starts[at][0] <= match.start():
            at += 1
        yield starts[at][1]


def _remember(work: Work, one: _Wanted, found: Attribution) -> None:
    here = ArticleAuthors.article_id == one.article.id
    versions = select(VersionArticle.seq).where(VersionArticle.article_id == one.article.id)
    work.session.execute(update(ArticleAuthors).where(here).values(state=None))
    work.session.execute(delete(ArticleAuthors).where(here, ArticleAuthors.seq.not_in(versions)))
    work.session.add(ArticleAuthors(article_id=one.article.id, seq=one.seq, texts=found.texts(), state=found.doc.get_update()))
