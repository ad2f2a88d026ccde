"""« Qui a écrit quoi » and each article's road."""

from __future__ import annotations

from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, page, standing
from charter.drafting import remembered, services
from charter.drafting.models import Text, Version
from charter.drafting.pages.blueprint import here, not_begun, pages
from charter.drafting.schemas import TextView
from charter.drafting.schemas.versions import VersionView


@pages.get("/auteurs")
@inside("alliance.see")
def authors(alliance_ref: str) -> Response:
    """The text with who wrote each of its words."""
    text = services.find_charter(current_work(), standing().alliance)
    return not_begun() if text is None else _authors(text, None)


@pages.get("/versions/<version_ref>/auteurs")
@inside("alliance.see")
def version_authors(alliance_ref: str, version_ref: str) -> Response:
    """The same, for a version."""
    found = services.version_of(current_work(), standing().alliance, version_ref)
    return _authors(found.text, found)


@pages.get("/articles/<article_ref>/chemin")
@inside("alliance.see")
def road(alliance_ref: str, article_ref: str) -> Response:
    """How an article came to its present words."""
    work, article = current_work(), here(article_ref)
    words = next(one for one in services.article_words(work, article.text) if one.ref == article_ref)
    steps = remembered.road(work, article.text, [article], {article.id: words.sha256})[article.id]
    return page(
        "drafting/road.html", article={"ref": words.ref, "number": words.number, "title": words.title, "sha256": words.sha256}, steps=steps
    )


def _authors(text: Text, version: Version | None) -> Response:
    work = current_work()
    return page(
        "drafting/authors.html",
        text=TextView().dump(text),
        version=VersionView().dump(version) if version else None,
        title=remembered.title(version),
        **remembered.authored(work, standing().alliance, services.authorship(work, text, version)),
    )
