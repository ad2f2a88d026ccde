"""The stored words of many articles at once, in two queries however many they are."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import rfc8785
from pycrdt import Doc
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from charter.drafting.live.canonical import Node, content_hash, fragment, nodes_from_doc, normalise
from charter.drafting.live.content import Content
from charter.drafting.live.models import ArticleSnapshot, ArticleUpdate
from charter.drafting.models import Article


def read_all(session: Session, articles: Sequence[Article]) -> dict[int, Content]:
    """The words of each article by id, rebuilt from the stored updates, whether or not somebody is writing."""
    ids = [article.id for article in articles]
    bases = _snapshots(session, ids)
    tails = _tails(session, ids)
    return {article.id: _content(article, bases.get(article.id), tails[article.id]) for article in articles}


def current_hashes(session: Session, articles: Iterable[Article]) -> dict[int, str]:
    """SHA-256 of each article's canonical text now, by id; only those that changed since it was last computed are read."""
    found: dict[int, str] = {}
    stale = []
    for article in articles:
        if article.text_hash and article.hashed_seq == article.head_seq:
            found[article.id] = article.text_hash
        else:
            stale.append(article)
    if stale:
        found |= {key: content.hash for key, content in read_all(session, stale).items()}
    return found


def whole_hash(title: str, version: int, hashes: Sequence[str]) -> str:
    """SHA-256 of a whole text: of the RFC 8785 JSON of {"title", "version", "articles": [hash of each article, in order]}."""
    return hashlib.sha256(rfc8785.dumps({"title": title, "version": version, "articles": list(hashes)})).hexdigest()


def words_at(session: Session, article_id: int, seq: int) -> list[Node]:
    """The normalised nodes of an article as they were at its update `seq`: updates are kept for ever, replayed since the last snapshot."""
    snapshots = select(ArticleSnapshot.seq, ArticleSnapshot.data).where(
        ArticleSnapshot.article_id == article_id, ArticleSnapshot.seq <= seq
    )
    base = session.execute(snapshots.order_by(ArticleSnapshot.seq.desc()).limit(1)).one_or_none()
    after, upto = ArticleUpdate.seq > (base.seq if base else 0), ArticleUpdate.seq <= seq
    rows = select(ArticleUpdate.data).where(ArticleUpdate.article_id == article_id, after, upto).order_by(ArticleUpdate.seq)
    doc: Doc[Any] = Doc()
    fragment(doc)
    with doc.transaction():
        for update in ([base.data] if base else []) + list(session.scalars(rows)):
            doc.apply_update(update)
    return normalise(nodes_from_doc(doc))


def _snapshots(session: Session, ids: list[int]) -> dict[int, tuple[int, bytes]]:
    last = select(ArticleSnapshot.article_id, func.max(ArticleSnapshot.seq).label("seq")).where(ArticleSnapshot.article_id.in_(ids))
    latest = last.group_by(ArticleSnapshot.article_id).subquery()
    on = and_(ArticleSnapshot.article_id == latest.c.article_id, ArticleSnapshot.seq == latest.c.seq)
    rows = session.execute(select(ArticleSnapshot.article_id, ArticleSnapshot.seq, ArticleSnapshot.data).join(latest, on))
    return {row.article_id: (row.seq, row.data) for row in rows}


def _tails(session: Session, ids: list[int]) -> dict[int, list[tuple[int, bytes]]]:
    last = (
        select(func.coalesce(func.max(ArticleSnapshot.seq), 0))
        .where(ArticleSnapshot.article_id == ArticleUpdate.article_id)
        .scalar_subquery()
    )
    rows = select(ArticleUpdate.article_id, ArticleUpdate.seq, ArticleUpdate.data).where(
        ArticleUpdate.article_id.in_(ids), ArticleUpdate.seq > last
    )
    tails: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for row in session.execute(rows.order_by(ArticleUpdate.article_id, ArticleUpdate.seq)):
        tails[row.article_id].append((row.seq, row.data))
    return tails


def _content(article: Article, base: tuple[int, bytes] | None, tail: list[tuple[int, bytes]]) -> Content:
    doc: Doc[Any] = Doc()
    fragment(doc)
    seq, data = base or (0, b"")
    for update in ([data] if data else []) + [update for _, update in tail]:
        doc.apply_update(update)
    nodes = nodes_from_doc(doc)
    return Content(nodes, normalise(nodes), content_hash(article.title, nodes), tail[-1][0] if tail else seq)
