"""Comments over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services
from charter.drafting.api.blueprint import api, article_here, words_of
from charter.drafting.schemas import CommentIn, CommentView, ThreadView
from charter.drafting.services import Thread


@api.get("/texts/<text_ref>/articles/<article_ref>/comments")
@api.response(200, ThreadView(many=True))
@inside("alliance.see")
def comments(alliance_ref: str, text_ref: str, article_ref: str) -> list[Thread]:
    """The threads about an article, open ones first."""
    found = article_here(text_ref, article_ref)
    return services.threads(current_work(), found, words_of(found).marked)


@api.post("/texts/<text_ref>/articles/<article_ref>/comments")
@api.arguments(CommentIn)
@api.response(201, CommentView)
@inside("drafting.comment")
def comment(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> Any:
    """Comments an article, some words of it, or answers in a thread."""
    work, found = current_work(), article_here(text_ref, article_ref)
    thread = services.thread_of(work, found, data["thread"]) if data["thread"] else None
    return services.post(work, found, me(), standing().party, data["body"], quote=data["quote"], thread=thread)


@api.post("/texts/<text_ref>/articles/<article_ref>/comments/<comment_ref>/resolve")
@api.response(204)
@inside("drafting.comment")
def resolve(alliance_ref: str, text_ref: str, article_ref: str, comment_ref: str) -> None:
    """Closes a thread."""
    work = current_work()
    services.resolve(work, services.thread_of(work, article_here(text_ref, article_ref), comment_ref), me())
