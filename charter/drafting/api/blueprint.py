"""The blueprint of the charter's API, and what its routes share."""

from __future__ import annotations

from flask_smorest import Blueprint

from charter.adapters.http import current_work, standing
from charter.drafting import services
from charter.drafting.models import Article, Text
from charter.drafting.services import ArticleWords

READERS = ("accepted", "left")

api = Blueprint(
    "api_drafting",
    __name__,
    url_prefix="/api/v1/alliances/<alliance_ref>",
    description="Co-drafting: the charter, its articles, what each party says of them, and its adoption.",
)


def text_here(ref: str) -> Text:
    """The text with that reference. Raises NotFound."""
    return services.text_of(current_work(), standing().alliance, ref)


def article_here(text_ref: str, ref: str) -> Article:
    """The article of that text. Raises NotFound."""
    return services.article_of(current_work(), text_here(text_ref), ref)


def words_of(article: Article) -> ArticleWords:
    """The article with its words."""
    return next(one for one in services.article_words(current_work(), article.text) if one.ref == article.ref)
