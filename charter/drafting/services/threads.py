"""Where each discussion stands: a thread follows the words it is about, whichever article they are in, and outlives them.

The mark in the text bears the thread's ref, so words that were moved, split off, merged or restored bring their threads along; a thread
without marked words stays with the article it was opened on, and is an orphan once its quote is there no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from charter.alliances.models import Party
from charter.drafting.live.canonical import Node
from charter.drafting.models import Article, Comment, Mention, Text
from charter.drafting.services.texts import ArticleWords, article_words
from charter.work import Work


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread: `first` and its `replies`; `anchored` when its words are marked in the text, `orphan` when they are there no more.

    `article`: ref of the article it stands in now, empty when that one was removed."""

    first: Comment
    replies: tuple[Comment, ...]
    anchored: bool
    orphan: bool
    article: str = ""

    @property
    def closed(self) -> bool:
        """True once somebody closed it."""
        return self.first.resolved_at is not None


@dataclass(frozen=True, slots=True)
class Tally:
    """The refs of the threads that stand in an article, still open and closed."""

    open: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def all_threads(work: Work, text: Text, words: Sequence[ArticleWords]) -> list[Thread]:
    """Every thread of the text, open ones first, then in the order of the articles; `words` are all its articles."""
    marked, folded = _marked(words), {one.ref: _folded("".join(_texts(one.nodes))) for one in words}
    found = [_thread(first, marked, folded) for first in work.session.scalars(_query(text))]
    order = {one.ref: one.number for one in words}
    return sorted(found, key=lambda one: (one.closed, order.get(one.article, len(order) + 1)))


def threads(work: Work, article: Article, words: Sequence[ArticleWords]) -> list[Thread]:
    """The threads that stand in an article, open ones first, then in order; `words` are all the articles of its text."""
    return [one for one in all_threads(work, article.text, words) if one.article == article.ref]


def tally(work: Work, text: Text, words: Sequence[ArticleWords]) -> dict[str, Tally]:
    """What stands in each article, by article ref; `words` are all of them."""
    marked = _marked(words)
    made: dict[str, tuple[list[str], list[str]]] = {one.ref: ([], []) for one in words}
    query = (
        select(Comment.ref, Article.ref, Comment.resolved_at)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.text_id == text.id, Comment.thread_id.is_(None))
        .order_by(Comment.id)
    )
    for ref, opened_on, resolved_at in work.session.execute(query):
        place = made.get(marked.get(ref, opened_on))
        if place is not None:
            place[resolved_at is not None].append(ref)
    return {ref: Tally(tuple(still), tuple(closed)) for ref, (still, closed) in made.items()}


def open_counts(work: Work, text: Text) -> dict[int, int]:
    """How many open threads stand in each article, by article id; those without any are left out."""
    ids = {one.ref: one.id for one in text.present_articles}
    return {ids[ref]: len(one.open) for ref, one in tally(work, text, article_words(work, text)).items() if one.open}


def _thread(first: Comment, marked: dict[str, str], folded: dict[str, str]) -> Thread:
    home = marked.get(first.ref)
    if home is not None:
        return Thread(first, tuple(first.replies), True, False, home)
    opened_on, quote = first.article.ref if first.article.ref in folded else "", _folded(first.quote)
    # Words cut here and pasted there lose their mark; said nowhere else, they are still the words meant.
    found = [ref for ref, words in folded.items() if quote and quote in words]
    place = opened_on if opened_on in found or len(found) != 1 else found[0]
    orphan = place not in found if quote else not place
    return Thread(first, tuple(first.replies), False, orphan, place)


def _query(text: Text) -> Select[Comment]:
    people = (
        selectinload(Comment.person),
        selectinload(Comment.party).selectinload(Party.organisation),
        selectinload(Comment.mentions).selectinload(Mention.person),
    )
    return (
        select(Comment)
        .join(Article, Article.id == Comment.article_id)
        .where(Article.text_id == text.id, Comment.thread_id.is_(None))
        .options(*people, selectinload(Comment.article), selectinload(Comment.resolved_by))
        .options(selectinload(Comment.replies).options(*people))
        .order_by(Comment.id)
    )


def _marked(words: Sequence[ArticleWords]) -> dict[str, str]:
    """Thread ref → ref of the first article whose words bear its mark."""
    found: dict[str, str] = {}
    for article in words:
        for mark in _marks(article.marked):
            found.setdefault(mark, article.ref)
    return found


def _marks(nodes: Sequence[Node]) -> Iterator[str]:
    """The refs marked on words: a space that outlived the words around it holds no thread."""
    for node in nodes:
        if not str(node.get("text", "")).strip():
            yield from _marks(node.get("content", ()))
            continue
        yield from (str(mark.get("attrs", {}).get("id", "")) for mark in node.get("marks", ()) if mark["type"] == "comment")


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        yield str(node.get("text", ""))
        yield from _texts(node.get("content", ()))


def _folded(text: str) -> str:
    return "".join(text.split())
