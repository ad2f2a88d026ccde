"""Comments over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services
from charter.drafting.api.blueprint import api, article_here, text_here
from charter.drafting.models import Comment
from charter.drafting.schemas import CommentIn, CommentPatch, CommentView, ReachableView, ThreadsQuery, ThreadView
from charter.drafting.services import Reachable, Thread


@api.get("/people")
@api.response(200, ReachableView(many=True))
@inside("alliance.see")
def people(alliance_ref: str) -> list[Reachable]:
    """Everybody a comment may mention."""
    return services.people(standing().alliance)


@api.get("/texts/<text_ref>/comments")
@api.arguments(ThreadsQuery, location="query")
@api.response(200, ThreadView(many=True))
@inside("alliance.see")
def text_comments(query: dict[str, Any], alliance_ref: str, text_ref: str) -> list[Thread]:
    """Every thread of a text, open ones first, with those whose article was removed."""
    work, text = current_work(), text_here(text_ref)
    return _only(services.all_threads(work, text, services.article_words(work, text)), query["state"])


@api.get("/texts/<text_ref>/articles/<article_ref>/comments")
@api.arguments(ThreadsQuery, location="query")
@api.response(200, ThreadView(many=True))
@inside("alliance.see")
def comments(query: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> list[Thread]:
    """The threads that stand in an article, open ones first."""
    work, found = current_work(), article_here(text_ref, article_ref)
    return _only(services.threads(work, found, services.article_words(work, found.text)), query["state"])


@api.post("/texts/<text_ref>/articles/<article_ref>/comments")
@api.arguments(CommentIn)
@api.response(201, CommentView)
@inside("drafting.comment")
def comment(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> Any:
    """Comments an article, some words of it, or answers in a thread; those mentioned are told."""
    work, found = current_work(), article_here(text_ref, article_ref)
    thread = services.thread_of(work, found, data["thread"]) if data["thread"] else None
    return services.post(work, found, me(), standing().party, data["body"], quote=data["quote"], thread=thread, call=data["mentions"])


@api.patch("/texts/<text_ref>/comments/<comment_ref>")
@api.arguments(CommentPatch)
@api.response(200, CommentView)
@inside("drafting.comment")
def edit_comment(data: dict[str, Any], alliance_ref: str, text_ref: str, comment_ref: str) -> Comment:
    """Other words for one's own comment."""
    work, text = current_work(), text_here(text_ref)
    found = services.comment_of(work, text, comment_ref)
    services.edit(work, found, me(), data["body"], call=data["mentions"])
    return found


@api.delete("/texts/<text_ref>/comments/<comment_ref>")
@api.response(204)
@inside("drafting.comment")
def delete_comment(alliance_ref: str, text_ref: str, comment_ref: str) -> None:
    """Takes one's own comment back: its words go for good, its place in the thread stays."""
    work = current_work()
    services.delete(work, services.comment_of(work, text_here(text_ref), comment_ref), me())


@api.post("/texts/<text_ref>/articles/<article_ref>/comments/<comment_ref>/resolve")
@api.response(204)
@inside("drafting.comment")
def resolve(alliance_ref: str, text_ref: str, article_ref: str, comment_ref: str) -> None:
    """Closes a thread."""
    work = current_work()
    services.resolve(work, services.thread_of(work, article_here(text_ref, article_ref), comment_ref), me())


@api.post("/texts/<text_ref>/articles/<article_ref>/comments/<comment_ref>/reopen")
@api.response(204)
@inside("drafting.comment")
def reopen(alliance_ref: str, text_ref: str, article_ref: str, comment_ref: str) -> None:
    """Opens a closed thread again."""
    work = current_work()
    services.reopen(work, services.thread_of(work, article_here(text_ref, article_ref), comment_ref))


def _only(threads: Sequence[Thread], state: str) -> list[Thread]:
    return [one for one in threads if state == "all" or one.closed == (state == "closed")]
