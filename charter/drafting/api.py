"""The charter over HTTP: texts, articles, consents, comments, adoption. The same services as the pages, in JSON."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services, shown
from charter.drafting.models import Article, Consent, Text
from charter.drafting.schemas import (
    AdoptedView,
    ArticleIn,
    ArticleView,
    BoardView,
    CommentIn,
    CommentView,
    ConsentIn,
    ConsentView,
    NewArticleIn,
    TextView,
    ThreadView,
)
from charter.drafting.services import AdoptedCharter, ArticleWords, Thread
from charter.errors import NotFound

READERS = ("accepted", "left")

api = Blueprint(
    "api_drafting",
    __name__,
    url_prefix="/api/v1/alliances/<alliance_ref>",
    description="Co-drafting: the charter, its articles, what each party says of them, and its adoption.",
)


@api.get("/texts")
@api.response(200, TextView(many=True))
@inside("alliance.see", parties=READERS)
def texts(alliance_ref: str) -> list[Text]:
    """Every version of the charter, newest first; those who left are told of the versions adopted before."""
    return [one for one in services.texts_of(current_work(), standing().alliance) if standing().may_read(one.frozen_at)]


@api.get("/texts/<text_ref>/articles")
@api.response(200, ArticleView(many=True))
@inside("alliance.see")
def articles(alliance_ref: str, text_ref: str) -> list[ArticleWords]:
    """The articles of a version as they stand, with the SHA-256 consents bind to."""
    return services.article_words(current_work(), _text(text_ref))


@api.post("/texts/<text_ref>/articles")
@api.arguments(NewArticleIn)
@api.response(201, ArticleView)
@inside("drafting.edit")
def add_article(data: dict[str, Any], alliance_ref: str, text_ref: str) -> ArticleWords:
    """Adds an article, after the one named or at the end."""
    text = _text(text_ref)
    after = services.article_of(current_work(), text, data["after"]) if data["after"] else None
    nodes = {"nodes": data["nodes"]} if data["nodes"] else {}
    return _words(services.add_article(current_work(), text, data["title"], after=after, **nodes))


@api.get("/texts/<text_ref>/articles/<article_ref>")
@api.response(200, ArticleView)
@inside("alliance.see")
def article(alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """One article as it stands."""
    return _words(_article(text_ref, article_ref))


@api.patch("/texts/<text_ref>/articles/<article_ref>")
@api.arguments(ArticleIn)
@api.response(200, ArticleView)
@inside("drafting.edit")
def change_article(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """Renames, moves or rewrites an article; consents given to other words die."""
    work, found = current_work(), _article(text_ref, article_ref)
    if "title" in data:
        services.retitle_article(work, found, data["title"])
    if "nodes" in data:
        services.write(work, found, data["nodes"])
    if "number" in data:
        services.move_article(work, found, data["number"])
    return _words(found)


@api.delete("/texts/<text_ref>/articles/<article_ref>")
@api.response(204)
@inside("drafting.edit")
def remove_article(alliance_ref: str, text_ref: str, article_ref: str) -> None:
    """Takes an article out of the text."""
    services.remove_article(current_work(), _article(text_ref, article_ref))


@api.get("/texts/<text_ref>/board")
@api.response(200, BoardView)
@inside("alliance.see")
def board(alliance_ref: str, text_ref: str) -> dict[str, Any]:
    """Each party's word on each article now, and what is missing before the charter is adopted."""
    work, text = current_work(), _text(text_ref)
    return {"articles": shown.rows(work, standing().alliance, text), "missing": shown.missing(services.missing(work, text))}


@api.get("/texts/<text_ref>/articles/<article_ref>/consents")
@api.response(200, ConsentView(many=True))
@inside("alliance.see")
def consents(alliance_ref: str, text_ref: str, article_ref: str) -> list[Consent]:
    """Every word ever said on an article, oldest first."""
    found = _article(text_ref, article_ref)
    return services.path(current_work(), [found])[found.id]


@api.put("/texts/<text_ref>/articles/<article_ref>/consent")
@api.arguments(ConsentIn)
@api.response(200, ConsentView)
@inside("drafting.consent")
def give_consent(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> Consent:
    """The word of the caller's party on the words whose SHA-256 is given; 409 when they are other ones by now."""
    return services.consent(current_work(), _article(text_ref, article_ref), standing().party, **data)


@api.delete("/texts/<text_ref>/articles/<article_ref>/consent")
@api.response(204)
@inside("drafting.consent")
def withdraw(alliance_ref: str, text_ref: str, article_ref: str) -> None:
    """The caller's party takes its word back."""
    services.withdraw(current_work(), _article(text_ref, article_ref), standing().party)


@api.get("/texts/<text_ref>/articles/<article_ref>/comments")
@api.response(200, ThreadView(many=True))
@inside("alliance.see")
def comments(alliance_ref: str, text_ref: str, article_ref: str) -> list[Thread]:
    """The threads about an article, open ones first."""
    found = _article(text_ref, article_ref)
    return services.threads(current_work(), found, _words(found).marked)


@api.post("/texts/<text_ref>/articles/<article_ref>/comments")
@api.arguments(CommentIn)
@api.response(201, CommentView)
@inside("drafting.comment")
def comment(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> Any:
    """Comments an article, some words of it, or answers in a thread."""
    work, found = current_work(), _article(text_ref, article_ref)
    thread = services.thread_of(work, found, data["thread"]) if data["thread"] else None
    return services.post(work, found, me(), standing().party, data["body"], quote=data["quote"], thread=thread)


@api.post("/texts/<text_ref>/articles/<article_ref>/comments/<comment_ref>/resolve")
@api.response(204)
@inside("drafting.comment")
def resolve(alliance_ref: str, text_ref: str, article_ref: str, comment_ref: str) -> None:
    """Closes a thread."""
    work = current_work()
    services.resolve(work, services.thread_of(work, _article(text_ref, article_ref), comment_ref), me())


@api.post("/texts/<text_ref>/adoption")
@api.response(200, AdoptedView)
@inside("drafting.adopt")
def adopt(alliance_ref: str, text_ref: str) -> AdoptedCharter:
    """Adopts the charter; 409 with what is missing and from whom."""
    return services.adopt(current_work(), _text(text_ref))


@api.get("/texts/<text_ref>/adopted")
@api.response(200, AdoptedView)
@inside("alliance.see", parties=READERS)
def adopted(alliance_ref: str, text_ref: str) -> AdoptedCharter:
    """An adopted version: words, hashes, reservations."""
    text = _text(text_ref)
    if not standing().may_read(text.frozen_at):
        raise NotFound
    return services.adopted_version(current_work(), text)


def _text(ref: str) -> Text:
    return services.text_of(current_work(), standing().alliance, ref)


def _article(text_ref: str, ref: str) -> Article:
    return services.article_of(current_work(), _text(text_ref), ref)


def _words(article: Article) -> ArticleWords:
    return next(one for one in services.article_words(current_work(), article.text) if one.ref == article.ref)
