"""The statements of a group commit, put into words once: what runs many times a second does not pass through the building of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Row, bindparam, insert, select, update

from charter.adapters.db import UtcDateTime
from charter.alliances.models import Alliance
from charter.drafting.live.among import among, bound
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, Text

Values = Mapping[str, Any]


class Statements:
    """The hot statements in the words of one dialect. Each takes the connection of the transaction it is part of."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        instant: Any = UtcDateTime()
        self._instant = instant.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
        self._texts = self._word(_texts(dialect))
        self._articles = self._word(_articles(dialect))
        columns = ("article_id", "seq", "author_person_id", "author_session", "data", "at")
        self._insert = self._word(insert(ArticleUpdate).inline().values({name: bindparam(name) for name in columns}))
        the_article = update(Article).where(Article.id == bindparam("article"))
        self._heads = self._word(the_article.values(head_seq=bindparam("head")))
        self._hash = self._word(the_article.values(text_hash=bindparam("digest"), hashed_seq=bindparam("seq")))

    def texts(self, connection: Connection, ids: set[int]) -> dict[int, Row[Any]]:
        """Locks those texts and gives their status, owner_fence and their alliance's `stage`; one locked by somebody else is left out."""
        return {row.id: row for row in self._run(connection, self._texts, {"ids": bound(ids, self._dialect)})}

    def articles(self, connection: Connection, ids: set[int]) -> dict[int, Row[Any]]:
        """Those articles' head_seq, epoch, removed_at, title, text_hash and locked."""
        return {row.id: row for row in self._run(connection, self._articles, {"ids": bound(ids, self._dialect)})}

    def append(self, connection: Connection, rows: Sequence[Values], heads: Mapping[int, int], at: datetime) -> None:
        """Stores updates (their `at` left out) and moves the articles' last numbers on."""
        stored_at = self._instant(at)
        self._run(connection, self._insert, [{**row, "at": stored_at} for row in rows])
        self._run(connection, self._heads, [{"article": article, "head": head} for article, head in heads.items()])

    def keep_hash(self, connection: Connection, article: int, digest: str, seq: int) -> None:
        """Keeps the hash of an article's words as of number `seq`."""
        self._run(connection, self._hash, {"article": article, "digest": digest, "seq": seq})

    def _word(self, statement: Executable) -> tuple[str, Sequence[str] | None]:
        compiled: Any = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        return str(compiled), compiled.positiontup

    def _run(self, connection: Connection, worded: tuple[str, Sequence[str] | None], values: Values | Sequence[Values]) -> Any:
        words, order = worded
        if order is None:
            return connection.exec_driver_sql(words, values)
        if isinstance(values, Mapping):
            return connection.exec_driver_sql(words, tuple(values[name] for name in order))
        return connection.exec_driver_sql(words, [tuple(row[name] for name in order) for row in values])


@lru_cache(maxsize=4)
def of(dialect: Dialect) -> Statements:
    """The statements in the words of that dialect."""
    return Statements(dialect)


def _texts(dialect: Dialect) -> Executable:
    # SKIP LOCKED: a service that holds one text must not make the others wait. SQLite has one writer and ignores it.
    columns = (Text.id, Text.status, Text.owner_fence, Alliance.status.label("stage"))
    found = select(*columns).join(Alliance, Alliance.id == Text.alliance_id).where(among(Text.id, "ids", dialect)).order_by(Text.id)
    return found.with_for_update(of=Text, key_share=True, skip_locked=True)


def _articles(dialect: Dialect) -> Executable:
    columns = (Article.id, Article.head_seq, Article.epoch, Article.removed_at, Article.title, Article.text_hash, Article.locked)
    return select(*columns).where(among(Article.id, "ids", dialect))
