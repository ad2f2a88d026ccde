"""Versions, comparisons, authors and roads, over HTTP."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from marshmallow import Schema, fields

from charter.adapters.http import current_work, inside, standing
from charter.drafting import remembered, services
from charter.drafting.api.blueprint import api, article_here, text_here, words_of
from charter.drafting.models import Text, Version
from charter.drafting.schemas.versions import (
    ArticleChangeOut,
    AuthoredOut,
    RestoredOut,
    RestoreIn,
    StepOut,
    VersionIn,
    VersionOut,
    VersionWordsOut,
)
from charter.drafting.services import ArticleChange, Restored
from charter.errors import NotFound


class ChangesQuery(Schema):
    """The refs of two versions; `after` left out means the text as it stands."""

    before = fields.Str(required=True)
    after = fields.Str(load_default="")


class AuthorsQuery(Schema):
    """The ref of a version; left out, the text as it stands."""

    version = fields.Str(load_default="")


@api.get("/texts/<text_ref>/versions")
@api.response(200, VersionOut(many=True))
@inside("alliance.see")
def versions(alliance_ref: str, text_ref: str) -> list[Version]:
    """Every version kept of a text, newest first."""
    return services.versions(current_work(), text_here(text_ref))


@api.post("/texts/<text_ref>/versions")
@api.arguments(VersionIn)
@api.response(201, VersionOut)
@inside("drafting.comment")
def name_version(data: dict[str, Any], alliance_ref: str, text_ref: str) -> Version:
    """Keeps the text as it stands under a name."""
    return services.name_version(current_work(), text_here(text_ref), **data)


@api.get("/versions/<version_ref>")
@api.response(200, VersionWordsOut)
@inside("alliance.see")
def version(alliance_ref: str, version_ref: str) -> SimpleNamespace:
    """A version with its articles' words and hashes."""
    found = _version(version_ref)
    words = services.version_words(current_work(), found)
    names = ("ref", "number", "why", "name", "note", "at", "person", "sha256")
    return SimpleNamespace(**{name: getattr(found, name) for name in names}, articles=words)


@api.post("/versions/<version_ref>/restoration")
@api.arguments(RestoreIn)
@api.response(200, RestoredOut)
@inside("drafting.edit")
def restore(data: dict[str, Any], alliance_ref: str, version_ref: str) -> Restored:
    """Restores a version, or some of its articles, as new edits; 409 when the text is adopted or an article is locked."""
    return services.restore(current_work(), _version(version_ref), only=data["articles"], remove_added=data["remove_added"])


@api.get("/texts/<text_ref>/changes")
@api.arguments(ChangesQuery, location="query")
@api.response(200, ArticleChangeOut(many=True))
@inside("alliance.see")
def changes(data: dict[str, str], alliance_ref: str, text_ref: str) -> list[ArticleChange]:
    """What changed between two versions, article by article, word by word."""
    work, text = current_work(), text_here(text_ref)
    before, after = _version(data["before"], text), _version(data["after"], text) if data["after"] else None
    return services.compare(services.version_words(work, before), services.words_of_version(work, text, after))


@api.get("/texts/<text_ref>/authors")
@api.arguments(AuthorsQuery, location="query")
@api.response(200, AuthoredOut(many=True))
@inside("alliance.see")
def authors(data: dict[str, str], alliance_ref: str, text_ref: str) -> list[dict[str, Any]]:
    """Who wrote each word, as the server knows it, and each party's share."""
    work, text = current_work(), text_here(text_ref)
    found = services.authorship(work, text, _version(data["version"], text) if data["version"] else None)
    return [_authored(one) for one in remembered.authored(work, standing().alliance, found)["articles"]]


@api.get("/texts/<text_ref>/articles/<article_ref>/road")
@api.response(200, StepOut(many=True))
@inside("alliance.see")
def road(alliance_ref: str, text_ref: str, article_ref: str) -> list[dict[str, Any]]:
    """How an article came to its present words, oldest first."""
    found = article_here(text_ref, article_ref)
    return remembered.road(current_work(), found.text, [found], {found.id: words_of(found).sha256})[found.id]


def _version(ref: str, text: Text | None = None) -> Version:
    """The version with that reference, of `text` when the address names one. Raises NotFound."""
    found = services.version_of(current_work(), standing().alliance, ref)
    if text is not None and found.text_id != text.id:
        raise NotFound
    return found


def _authored(one: dict[str, Any]) -> dict[str, Any]:
    def ref(party: dict[str, Any] | None) -> str:
        return party["ref"] if party else ""

    return {
        **one,
        "shares": [{"party": ref(share["party"]), "words": share["words"]} for share in one["shares"]],
        "runs": [
            [
                {"text": "".join(span["text"] for span in run["spans"]), "party": ref(run["party"]), "person": run["person"]}
                for run in block["runs"]
            ]
            for block in one["blocks"]
        ],
    }
