"""Adding an article of the library, its words being ours until the parties change them."""

from __future__ import annotations

from charter.adapters.pdf.typography import french
from charter.drafting.library import OptionalArticle, library
from charter.drafting.live.canonical import Node
from charter.drafting.markdown import fill
from charter.drafting.models import Article, Text
from charter.drafting.services.articles import add_article
from charter.drafting.services.texts import typeset
from charter.errors import Invalid
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_


def optional_articles() -> tuple[OptionalArticle, ...]:
    """The library, in order."""
    return library()


def optional_words(one: OptionalArticle) -> tuple[str, list[Node]]:
    """Title and nodes as they would enter a text."""
    return french(one.article.title), typeset(fill(one.article.source, {}))


def add_optional(work: Work, text: Text, key: str, *, after: Article | None = None) -> Article:
    """Adds an article of the library after `after`, or at the end. Raises Invalid (unknown key) and like `add_article`."""
    found = next((one for one in library() if one.key == key), None)
    if found is None:
        raise Invalid({"key": [gettext(N_("Choisissez un article de la bibliothèque"))]})
    title, nodes = optional_words(found)
    return add_article(work, text, title, after=after, nodes=nodes)
