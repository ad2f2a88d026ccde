"""Rows of live editing. Functions on a Session: a service or the writer decides of the transaction.

Whoever stores an update locks the text's row first and finds it in `drafting`, its alliance too: a frozen
text never gets one (promise 4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, String, delete, insert, select, update
from sqlalchemy.orm import Session

from charter.alliances.models import Alliance
from charter.drafting.live import statements
from charter.drafting.live.among import among, bound
from charter.drafting.live.models import ArticleSnapshot, ArticleUpdate
from charter.drafting.live.protocol import EMPTY_UPDATE
from charter.drafting.models import Article, Round, Text
from workflows.drafting import TextStatus
from workflows.lifecycle import AllianceStatus

KEPT_SNAPSHOTS = 2


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What the live server knows of an article; `number` counts from 1 among those present; `locked`: the number of the round it
    is put to consent in and may not be written for, 0 when it may."""

    id: int
    ref: str
    title: str
    number: int
    epoch: int
    head_seq: int
    locked: int


@dataclass(frozen=True, slots=True)
class TextInfo:
    """What the live server knows of a text; `articles` in order, those removed left out."""

    id: int
    ref: str
    frozen: bool
    articles: tuple[ArticleInfo, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored document: `base` then `tail`, which together hold every update up to `seq`."""

    base: bytes
    tail: tuple[bytes, ...]
    seq: int
    snapshot_seq: int


@dataclass(frozen=True, slots=True)
class Row:
    """An update to store."""

    article_id: int
    data: bytes
    author: int | None
    session: str


def over(status: str, stage: str) -> bool:
    """True when a text of that status, in an alliance at that stage, may not be written in: it is adopted, or co-drafting ended."""
    return status != TextStatus.drafting or stage != AllianceStatus.drafting


def text_info(session: Session, ref: str) -> TextInfo | None:
    """The text with this ref and its articles, None when there is none."""
    return text_infos(session, [ref]).get(ref)


def text_infos(session: Session, refs: Collection[str]) -> dict[str, TextInfo]:
    """The texts with these refs and their articles, in three queries however many; those there are not are left out."""
    dialect = session.connection().dialect
    asked = _asked(dialect)
    texts = session.execute(asked.texts, {"refs": bound(refs, dialect)}).all()
    ids = {"ids": bound([text.id for text in texts], dialect)}
    rounds = {row.text_id: row.number for row in session.execute(asked.rounds, ids)}
    present: dict[int, list[ArticleInfo]] = {text.id: [] for text in texts}
    for row in session.execute(asked.articles, ids):
        before, locked = present[row.text_id], rounds.get(row.text_id, 0) if row.locked else 0
        before.append(ArticleInfo(row.id, row.ref, row.title, len(before) + 1, row.epoch, row.head_seq, locked))
    return {text.ref: TextInfo(text.id, text.ref, over(text.status, text.stage), tuple(present[text.id])) for text in texts}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of texts, with `refs`, then of their open rounds and articles, with `ids`."""

    texts: Executable
    rounds: Executable
    articles: Executable


@lru_cache(maxsize=4)
def _asked(dialect: Dialect) -> _Asked:
    texts = select(Text.id, Text.ref, Text.status, Alliance.status.label("stage")).join(Alliance, Alliance.id == Text.alliance_id)
    rounds = select(Round.text_id, Round.number).where(among(Round.text_id, "ids", dialect), Round.closed_at.is_(None))
    columns = (Article.text_id, Article.id, Article.ref, Article.title, Article.epoch, Article.head_seq, Article.locked)
    present = select(*columns).where(among(Article.text_id, "ids", dialect), Article.removed_at.is_(None))
    return _Asked(texts.where(among(Text.ref, "refs", dialect, String())), rounds, present.order_by(Article.position, Article.id))


def take(session: Session, text_id: int) -> int:
    """Makes the caller the text's owner; gives its fencing number. Whoever held a smaller one can store nothing any more."""
    session.execute(update(Text).where(Text.id == text_id).values(owner_fence=Text.owner_fence + 1))
    return session.execute(select(Text.owner_fence).where(Text.id == text_id)).scalar_one()


def load(session: Session, article_id: int) -> Stored:
    """The last snapshot and what came after it, read in the session's one transaction."""
    snapshots = select(ArticleSnapshot.data, ArticleSnapshot.seq).where(ArticleSnapshot.article_id == article_id)
    snapshot = session.execute(snapshots.order_by(ArticleSnapshot.seq.desc()).limit(1)).one_or_none()
    start = snapshot.seq if snapshot else 0
    rows = tail(session, article_id, start)
    return Stored(snapshot.data if snapshot else EMPTY_UPDATE, tuple(data for _, data in rows), rows[-1][0] if rows else start, start)


def tail(session: Session, article_id: int, after: int) -> Sequence[tuple[int, bytes]]:
    """(number, update) of every update stored after number `after`, in order."""
    rows = select(ArticleUpdate.seq, ArticleUpdate.data).where(ArticleUpdate.article_id == article_id, ArticleUpdate.seq > after)
    return [(row.seq, row.data) for row in session.execute(rows.order_by(ArticleUpdate.seq))]


def append(connection: Connection, rows: Iterable[Row], heads: dict[int, int], at: datetime) -> list[int]:
    """Stores updates after the `heads` (article id to last number), which it moves on; gives each one's number.

    The caller holds the locks of the texts."""
    values: list[dict[str, Any]] = []
    numbers, moved = [], {}
    for row in rows:
        heads[row.article_id] += 1
        moved[row.article_id] = heads[row.article_id]
        numbers.append(heads[row.article_id])
        values.append(
            {
                "article_id": row.article_id,
                "seq": heads[row.article_id],
                "author_person_id": row.author,
                "author_session": row.session[:64],
                "data": row.data,
            }
        )
    if values:
        statements.of(connection.dialect).append(connection, values, moved, at)
    return numbers


def keep_snapshot(connection: Connection, article_id: int, seq: int, data: bytes, at: datetime) -> None:
    """Stores a whole document; only the last ones are kept, the updates are all kept for ever."""
    here = ArticleSnapshot.article_id == article_id
    connection.execute(delete(ArticleSnapshot).where(here, ArticleSnapshot.seq == seq))
    connection.execute(insert(ArticleSnapshot).values(article_id=article_id, seq=seq, data=data, at=at))
    kept = connection.scalars(select(ArticleSnapshot.seq).where(here).order_by(ArticleSnapshot.seq.desc()).limit(KEPT_SNAPSHOTS)).all()
    connection.execute(delete(ArticleSnapshot).where(here, ArticleSnapshot.seq < kept[-1]))


def next_epoch(session: Session, article_id: int) -> int:
    """Declares every copy held by browsers stale; gives the new epoch."""
    session.execute(update(Article).where(Article.id == article_id).values(epoch=Article.epoch + 1))
    return session.execute(select(Article.epoch).where(Article.id == article_id)).scalar_one()
