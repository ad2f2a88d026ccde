"""Talking about an article: threads on a passage or on the whole article. A comment moves no word of the text."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from charter.accounts.models import Person
from charter.alliances.announce import announce
from charter.alliances.models import Party
from charter.drafting.live import notices
from charter.drafting.models import Article, Comment, Text
from charter.drafting.services import mentions
from charter.drafting.services.texts import hold_draft, tell
from charter.errors import Conflict, Forbidden, Invalid, NotFound
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_
from workflows.events import CommentDeleted, CommentEdited, CommentPosted, CommentReopened, CommentResolved

BODY = 4000
QUOTE = 500


def post(
    work: Work,
    article: Article,
    person: Person,
    party: Party | None,
    body: str,
    *,
    quote: str = "",
    thread: Comment | None = None,
    call: Sequence[int] = (),
) -> Comment:
    """A comment of `person`, for `party` (None for the facilitator), on `quote` or on the whole article, or in answer to `thread`.

    An answer reopens a resolved thread. `call`: ids of the people it mentions. Raises Invalid (body, call), Conflict when the text is not
    written any more.
    """
    alliance = hold_draft(work, article.text)
    clean, called = _clean(body), mentions.check(work, alliance, person, call)
    made = work.add(
        Comment(
            article_id=thread.article_id if thread else article.id,
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
    mentions.call(work, alliance, made, called)
    tell(work, notices.changed(article.text.ref, article.ref))
    return made


def edit(work: Work, comment: Comment, person: Person, body: str, *, call: Sequence[int] | None = None) -> None:
    """Other words for one's own comment; people mentioned for the first time are told, None keeps those mentioned.

    Raises Invalid (body, call), Forbidden for another's, Conflict when it was deleted or the text is not written any more.
    """
    alliance = hold_draft(work, comment.article.text)
    _own(work, comment, person)
    clean = _clean(body)
    called = None if call is None else mentions.check(work, alliance, person, call)
    if clean != comment.body:
        comment.body, comment.edited_at = clean, work.now()
        work.session.flush()
        announce(work, alliance, CommentEdited(**_names(comment)))
    if called is not None:
        mentions.call(work, alliance, comment, called)
    _told(work, comment)


def delete(work: Work, comment: Comment, person: Person) -> None:
    """Takes one's own comment back: its words go for good, its place in the thread stays. Nothing happens the second time.

    Raises Forbidden for another's, Conflict when the text is not written any more.
    """
    alliance = hold_draft(work, comment.article.text)
    work.session.refresh(comment)
    if comment.deleted_at is not None and comment.person_id == person.id:
        return
    _own(work, comment, person)
    comment.body, comment.deleted_at = "", work.now()
    mentions.call(work, alliance, comment, ())
    work.session.flush()
    announce(work, alliance, CommentDeleted(**_names(comment)))
    _told(work, comment)


def resolve(work: Work, thread: Comment, person: Person) -> None:
    """Closes a thread; nothing happens when it is closed already. Raises Conflict when the text is not written any more."""
    alliance = hold_draft(work, thread.article.text)
    work.session.refresh(thread)
    if thread.resolved_at is not None:
        return
    thread.resolved_at, thread.resolved_by_id = work.now(), person.id
    work.session.flush()
    work.session.expire(thread, ["resolved_by"])
    announce(work, alliance, CommentResolved(**_names(thread)))
    _told(work, thread)


def reopen(work: Work, thread: Comment) -> None:
    """Opens a closed thread again; nothing happens when it is open. Raises Conflict when the text is not written any more."""
    alliance = hold_draft(work, thread.article.text)
    work.session.refresh(thread)
    if thread.resolved_at is None:
        return
    thread.resolved_at = thread.resolved_by_id = None
    work.session.flush()
    work.session.expire(thread, ["resolved_by"])
    announce(work, alliance, CommentReopened(**_names(thread)))
    _told(work, thread)


def comment_of(work: Work, text: Text, ref: str) -> Comment:
    """A comment of the text, wherever its thread now stands. Raises NotFound."""
    query = select(Comment).join(Article, Article.id == Comment.article_id).where(Article.text_id == text.id, Comment.ref == ref)
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(N_("Ce commentaire n’existe pas."))
    return found


def thread_of(work: Work, article: Article, ref: str) -> Comment:
    """The first comment of a thread of the article's text: words move from an article to another, and their thread with them.

    Raises NotFound."""
    query = select(Comment).join(Article, Article.id == Comment.article_id)
    found = work.session.scalar(query.where(Article.text_id == article.text_id, Comment.ref == ref, Comment.thread_id.is_(None)))
    if found is None:
        raise NotFound(N_("Cette discussion n’existe pas."))
    return found


def carry(work: Work, source: Article, target: Article) -> None:
    """Gives `target` the threads of `source`, which is being merged into it: those on its words follow them anyway, the others must."""
    for thread in work.session.scalars(select(Comment).where(Comment.article_id == source.id)):
        thread.article_id = target.id
    work.session.flush()


def _clean(body: str) -> str:
    clean = body.strip()
    if not 1 <= len(clean) <= BODY:
        raise Invalid({"body": [gettext(N_("Écrivez votre commentaire, en %(most)s caractères au plus"), most=BODY)]})
    return clean


def _own(work: Work, comment: Comment, person: Person) -> None:
    if comment.person_id != person.id:
        raise Forbidden(N_("On ne change et on ne retire que ses propres commentaires."))
    work.session.refresh(comment)
    if comment.deleted_at is not None:
        raise Conflict(N_("Ce commentaire a été retiré."))


def _names(comment: Comment) -> dict[str, str]:
    return {"text": comment.article.text.ref, "article": comment.article.ref, "comment": comment.ref}


def _told(work: Work, comment: Comment) -> None:
    tell(work, notices.changed(comment.article.text.ref, comment.article.ref))
