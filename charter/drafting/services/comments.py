"""Talking about an article: threads on a passage or on the whole article. A comment moves no word of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Party
from charter.drafting.live import notices
from charter.drafting.live.canonical import Node
from charter.drafting.models import Article, Comment, Text
from charter.drafting.services.texts import hold_draft, tell
from charter.errors import Invalid, NotFound
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import CommentPosted, CommentResolved

BODY = 4000
QUOTE = 500


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread: `first` and its `replies`; `anchored` when its words are marked in the text, `orphan` when they are there no more."""

    first: Comment
    replies: tuple[Comment, ...]
    anchored: bool
    orphan: bool


def post(
    work: Work, article: Article, person: Person, party: Party | None, body: str, *, quote: str = "", thread: Comment | None = None
) -> Comment:
    """A comment of `person`, for `party` (None for the facilitator), on `quote` or on the whole article, or in answer to `thread`.

    An answer reopens a resolved thread. Raises Invalid (body), Conflict when the text is not written any more.
    """
    alliance = hold_draft(work, article.text)
    clean = body.strip()
    if not 1 <= len(clean) <= BODY:
        raise Invalid({"body": [gettext(N_("Écrivez votre commentaire, en %(most)s caractères au plus"), most=BODY)]})
    made = work.add(
        Comment(
            article_id=article.id,
            thread_id=thread.id if thread else None,
            person_id=person.id,
            party_id=party.id if party else None,
            body=clean,
            quote="" if thread else quote.strip()[:QUOTE],
            at=work.now(),
        )
    )
    if thread is not None:
        thread.resolved_at = thread.resolved_by_id = None
        work.session.flush()
        work.session.expire(thread, ["replies"])
    announce(
        work, alliance, CommentPosted(text=article.text.ref, article=article.ref, comment=made.ref, thread=thread.ref if thread else "")
    )
    tell(work, notices.changed(article.text.ref, article.ref))
    return made


def resolve(work: Work, thread: Comment, person: Person) -> None:
    """Closes a thread; nothing happens when it is closed already. Raises Conflict when the text is not written any more."""
    article = thread.article
    alliance = hold_draft(work, article.text)
    if thread.resolved_at is not None:
        return
    thread.resolved_at, thread.resolved_by_id = work.now(), person.id
    work.session.flush()
    work.session.expire(thread, ["resolved_by"])
    announce(work, alliance, CommentResolved(text=article.text.ref, article=article.ref, comment=thread.ref))
    tell(work, notices.changed(article.text.ref, article.ref))


def thread_of(work: Work, article: Article, ref: str) -> Comment:
    """The first comment of a thread of the article. Raises NotFound."""
    found = work.session.scalar(select(Comment).where(Comment.article_id == article.id, Comment.ref == ref, Comment.thread_id.is_(None)))
    if found is None:
        raise NotFound(N_("Cette discussion n’existe pas."))
    return found


def threads(work: Work, article: Article, nodes: Sequence[Node]) -> list[Thread]:
    """The article's threads, open ones first, then in order; `nodes` are its words with comment marks."""
    query = (
        select(Comment)
        .where(Comment.article_id == article.id, Comment.thread_id.is_(None))
        .options(
            selectinload(Comment.person),
            selectinload(Comment.party).selectinload(Party.organisation),
            selectinload(Comment.resolved_by),
            selectinload(Comment.replies).options(
                selectinload(Comment.person), selectinload(Comment.party).selectinload(Party.organisation)
            ),
        )
        .order_by(Comment.id)
    )
    marks, text = set(_marks(nodes)), _folded("".join(_texts(nodes)))
    found = []
    for first in work.session.scalars(query):
        anchored = first.ref in marks
        orphan = bool(first.quote) and not anchored and _folded(first.quote) not in text
        found.append(Thread(first, tuple(first.replies), anchored, orphan))
    return sorted(found, key=lambda thread: thread.first.resolved_at is not None)


def open_counts(work: Work, text: Text) -> dict[int, int]:
    """How many open threads each article has, by article id."""
    query = (
        select(Comment.article_id, func.count())
        .join(Article, Article.id == Comment.article_id)
        .where(Article.text_id == text.id, Comment.thread_id.is_(None), Comment.resolved_at.is_(None))
        .group_by(Comment.article_id)
    )
    return {row[0]: row[1] for row in work.session.execute(query)}


def _marks(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        yield from (str(mark.get("attrs", {}).get("id", "")) for mark in node.get("marks", ()) if mark["type"] == "comment")
        yield from _marks(node.get("content", ()))


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        yield str(node.get("text", ""))
        yield from _texts(node.get("content", ()))


def _folded(text: str) -> str:
    return "".join(text.split())
