"""Cutting and joining articles, and the library, over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside
from charter.drafting import services
from charter.drafting.api.blueprint import api, article_here, text_here, words_of
from charter.drafting.library import OptionalArticle
from charter.drafting.live.moving import Place
from charter.drafting.schemas import ArticleView, MergeIn, OptionalIn, OptionalView, SplitIn
from charter.drafting.services import ArticleWords


@api.post("/texts/<text_ref>/articles/<article_ref>/split")
@api.arguments(SplitIn)
@api.response(201, ArticleView)
@inside("drafting.edit")
def split(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """Makes an article of the end of another; 409 when the place is not there any more. Gives the new one."""
    title = data.pop("title")
    return words_of(services.split_article(current_work(), article_here(text_ref, article_ref), Place(**data), title))


@api.post("/texts/<text_ref>/articles/<article_ref>/merge")
@api.arguments(MergeIn)
@api.response(200, ArticleView)
@inside("drafting.edit")
def merge(data: dict[str, Any], alliance_ref: str, text_ref: str, article_ref: str) -> ArticleWords:
    """Joins two neighbours; gives the one that stays."""
    other = article_here(text_ref, data["other"])
    return words_of(services.merge_articles(current_work(), article_here(text_ref, article_ref), other, heading=data["heading"]))


@api.get("/texts/<text_ref>/library")
@api.response(200, OptionalView(many=True))
@inside("alliance.see")
def library(alliance_ref: str, text_ref: str) -> list[OptionalArticle]:
    """The optional articles one may add."""
    text_here(text_ref)
    return list(services.optional_articles())


@api.post("/texts/<text_ref>/library")
@api.arguments(OptionalIn)
@api.response(201, ArticleView)
@inside("drafting.edit")
def take(data: dict[str, Any], alliance_ref: str, text_ref: str) -> ArticleWords:
    """Adds an article of the library."""
    after = article_here(text_ref, data["after"]) if data["after"] else None
    return words_of(services.add_optional(current_work(), text_here(text_ref), data["key"], after=after))
