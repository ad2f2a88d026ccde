"""The transaction of a group commit (runs in a thread)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from pycrdt import Doc, get_state
from sqlalchemy import Connection

from charter.adapters.db import Database
from charter.drafting.live import statements, store
from charter.drafting.live.canonical import content_hash
from charter.drafting.live.document import clocks
from charter.drafting.live.entries import Entry, HashEntry, Outcome, SnapshotEntry, UpdateEntry

log = structlog.get_logger()


def commit(database: Database, batch: Sequence[Entry], at: datetime) -> list[Outcome]:
    """Stores a batch in one transaction; gives the fate of each entry. Raises SQLAlchemyError, and then nothing is stored."""
    with database.writing() as connection:
        asked = statements.of(connection.dialect)
        texts = asked.texts(connection, {entry.text_id for entry in batch})
        articles = asked.articles(connection, {entry.article_id for entry in batch})
        outcomes = [_fate(entry, texts, articles) for entry in batch]
        heads = {key: row.head_seq for key, row in articles.items()}
        _store_updates(connection, batch, outcomes, heads, at)
        _store_rest(connection, batch, outcomes, articles, at)
        connection.commit()
    return outcomes


def _fate(entry: Entry, texts: dict[int, Any], articles: dict[int, Any]) -> Outcome:
    text, article = texts.get(entry.text_id), articles.get(entry.article_id)
    if text is None:
        return Outcome("later" if article is not None else "gone")
    if text.owner_fence != entry.fence:
        return Outcome("stale")
    if article is None or article.removed_at is not None or article.epoch != entry.epoch:
        return Outcome("gone")
    if not isinstance(entry, (SnapshotEntry, HashEntry)) and store.over(text.status, text.stage):
        return Outcome("frozen")
    if isinstance(entry, UpdateEntry) and article.locked:
        return Outcome("locked")
    return Outcome("stored")


def _store_updates(connection: Connection, batch: Sequence[Entry], outcomes: list[Outcome], heads: dict[int, int], at: datetime) -> None:
    rows, places = [], []
    for place, (entry, outcome) in enumerate(zip(batch, outcomes, strict=True)):
        if isinstance(entry, UpdateEntry) and outcome.fate == "stored":
            rows.append(store.Row(entry.article_id, entry.data, entry.author, entry.session))
            places.append(place)
    for place, number in zip(places, store.append(connection, rows, heads, at), strict=True):
        outcomes[place] = Outcome("stored", number)


def _store_rest(connection: Connection, batch: Sequence[Entry], outcomes: list[Outcome], articles: dict[int, Any], at: datetime) -> None:
    heads = {key: row.head_seq for key, row in articles.items()}
    for place, (entry, outcome) in enumerate(zip(batch, outcomes, strict=True)):
        if outcome.fate != "stored":
            continue
        if isinstance(entry, UpdateEntry):
            heads[entry.article_id] = outcome.seq
        elif isinstance(entry, (SnapshotEntry, HashEntry)) and heads[entry.article_id] != entry.seq:
            outcomes[place] = Outcome("gone")
        elif isinstance(entry, SnapshotEntry):
            _snapshot(connection, entry, at)
        elif isinstance(entry, HashEntry):
            outcomes[place] = _hash(connection, entry, articles[entry.article_id])


def _snapshot(connection: Connection, entry: SnapshotEntry, at: datetime) -> None:
    # A snapshot that could not be read back would hide the whole article: it is decoded before it is believed.
    doc: Doc[Any] = Doc()
    doc.apply_update(entry.data)
    if clocks(doc.get_state()) != clocks(get_state(entry.data)):
        log.error("live_snapshot_unreadable", article=entry.article_id, seq=entry.seq)
        return
    store.keep_snapshot(connection, entry.article_id, entry.seq, entry.data, at)


def _hash(connection: Connection, entry: HashEntry, article: Any) -> Outcome:
    digest = content_hash(article.title, entry.nodes)
    statements.of(connection.dialect).keep_hash(connection, entry.article_id, digest, entry.seq)
    return Outcome("stored", entry.seq) if digest != article.text_hash else Outcome("gone", entry.seq)
