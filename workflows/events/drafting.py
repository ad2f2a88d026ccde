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
class ArticleSplit(Event, type="article.split"):
    """The end of ``article`` became an article of its own: ``made``, under ``title``."""

    text: str
    article: str
    made: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ArticlesMerged(Event, type="article.merged"):
    """The words of ``absorbed``, whose title was ``title``, went to the end of ``article``."""

    text: str
    article: str
    absorbed: str
    title: str


@dataclass(frozen=True, kw_only=True)
class TermDefined(Event, type="term.defined"):
    """The alliance says what it means by a word of its texts, for the first time or anew."""

    term: str
    definition: str


@dataclass(frozen=True, kw_only=True)
class TermRemoved(Event, type="term.removed"):
    term: str


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
class CommentReopened(Event, type="comment.reopened"):
    text: str
    article: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event, type="comment.edited"):
    text: str
    article: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class CommentDeleted(Event, type="comment.deleted"):
    text: str
    article: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class PersonMentioned(Event, type="comment.mentioned"):
    """``person``: opaque id of the one a comment calls."""

    text: str
    article: str
    comment: str
    person: str


@dataclass(frozen=True, kw_only=True)
class DeadlinesSet(Event, type="drafting.deadlines_set"):
    """ISO 8601 days, empty for a deadline nobody set."""

    text: str
    amendments: str = ""
    consents: str = ""
    adoption: str = ""


@dataclass(frozen=True, kw_only=True)
class DeadlinePassed(Event, type="drafting.deadline_passed"):
    """``deadline``: amendments, consents or adoption; ``day``: ISO 8601, the last day that counted."""

    text: str
    deadline: str
    day: str


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


@dataclass(frozen=True, kw_only=True)
class VersionNamed(Event, type="version.named"):
    """``number``: of the version within its text; ``sha256``: of the title and the articles' hashes."""

    text: str
    version: str
    number: int
    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class VersionRestored(Event, type="version.restored"):
    """``articles``: those whose words or title were taken from the version; ``returned`` and ``removed``: those that came back or went."""

    text: str
    version: str
    number: int
    articles: tuple[str, ...]
    returned: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
