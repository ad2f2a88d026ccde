"""Facts of the co-drafting of a text."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class ArticleAdded(Event, type="article.added"):
    text: str
    article: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticleRemoved(Event, type="article.removed"):
    text: str
    article: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticlesReordered(Event, type="article.reordered"):
    """``articles``: all the ids in their new order."""

    text: str
    articles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CommentPosted(Event, type="comment.posted"):
    text: str
    article: str
    comment: str
    thread: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentResolved(Event, type="comment.resolved"):
    text: str
    article: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event, type="consent.given"):
    """``kind``: agree, reservation or objection; ``sha256``: of the article's canonical text."""

    text: str
    article: str
    party: str
    kind: str
    sha256: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event, type="consent.withdrawn"):
    text: str
    article: str
    party: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class CharterAdopted(Event, type="charter.adopted"):
    """``articles``: the SHA-256 of each article's canonical text, in order."""

    text: str
    version: int
    articles: tuple[str, ...]
