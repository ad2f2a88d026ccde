"""The charter over HTTP: texts, articles, adoption."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, standing
from charter.drafting import services
from charter.drafting.api.blueprint import READERS, api, article_here, text_here, words_of
from charter.drafting.models import Text
from charter.drafting.schemas import AdoptedView, ArticleIn, ArticleView, NewArticleIn, TextView
from charter.drafting.services import AdoptedCharter, ArticleWords
from charter.errors import NotFound


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
    return services.article_words(current_work(), text_here(text_ref))


@api.post("/texts/<text_ref>/articles")
@api.arguments(NewArticleIn)
@api.response(201, ArticleView)
@inside("drafting.edit")
def add_article(data: dict[str, Any], alliance_ref: str, text_ref: str) -> ArticleWords:
    """Adds an article, after the one named or at the end."""
    text = text_here(text_ref)
    after = services.article_of(current_work(), text, data["after"]) if data["after"] else None
    nodes = {"nodes": data["nodes"]} if data["nodes"] else {}
    return words_of(services.add_article(current_work(), text, data["title"], after=after, **nodes))


@api.get("/texts/<text_ref>/articles/<article_ref>")
@api.response(200, ArticleView)
@inside("alliance.see")
def article(alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """One article as it stands."""
    return words_of(article_here(text_ref, article_ref))


@api.patch("/texts/<text_ref>/articles/<article_ref>")
@api.arguments(ArticleIn)
@api.response(200, ArticleView)
@inside("drafting.edit")
def change_article(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """Renames, moves or rewrites an article; consents given to other words die."""
    work, found = current_work(), article_here(text_ref, article_ref)
    if "nodes" in data:  # first: the title is part of what was read
        services.write(work, found, data["nodes"], read=data["sha256"])
    if "title" in data:
        services.retitle_article(work, found, data["title"])
    if "number" in data:
        services.move_article(work, found, data["number"])
    return words_of(found)


@api.delete("/texts/<text_ref>/articles/<article_ref>")
@api.response(204)
@inside("drafting.edit")
def remove_article(alliance_ref: str, text_ref: str, article_ref: str) -> None:
    """Takes an article out of the text."""
    services.remove_article(current_work(), article_here(text_ref, article_ref))


@api.post("/texts/<text_ref>/adoption")
@api.response(200, AdoptedView)
@inside("drafting.adopt")
def adopt(alliance_ref: str, text_ref: str) -> AdoptedCharter:
    """Adopts the charter; 409 with what is missing and from whom."""
    return services.adopt(current_work(), text_here(text_ref))


@api.get("/texts/<text_ref>/adopted")
@api.response(200, AdoptedView)
@inside("alliance.see", parties=READERS)
def adopted(alliance_ref: str, text_ref: str) -> AdoptedCharter:
    """An adopted version: words, hashes, reservations."""
    text = text_here(text_ref)
    if not standing().may_read(text.frozen_at):
        raise NotFound
    return services.adopted_version(current_work(), text)
