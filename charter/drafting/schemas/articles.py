"""Texts and articles: forms and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from charter.adapters.http.forms import REQUIRED
from charter.adapters.richtext import to_html, to_text
from charter.drafting.live.canonical import Node
from charter.i18n import lazy_gettext as _l
from workflows.base import N_


class TitleForm(Schema):
    """An article's title."""

    title = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Titre de l’article"))})


class NewArticleForm(TitleForm):
    """A new article, after the one with that reference or at the end."""

    after = fields.Str(load_default="", metadata={"label": _l(N_("Place")), "empty": True})


class MoveForm(Schema):
    """The number an article goes to, from 1, or how many places it moves `by`."""

    to = fields.Int(metadata={"label": _l(N_("Nouveau numéro"))})
    by = fields.Int(metadata={"label": _l(N_("Places"))})


class NewArticleIn(Schema):
    """API: a new article, with its first words as ProseMirror nodes."""

    title = fields.Str(required=True)
    after = fields.Str(load_default="")
    nodes = fields.List(fields.Dict(), load_default=list)


class ArticleIn(Schema):
    """API: what to change of an article; what is left out stays. `number`: the place it goes to, from 1. With `nodes` comes `sha256`, that
    of the article as it was read: when others wrote since, 409 and nothing is changed."""

    title = fields.Str()
    number = fields.Int(validate=validate.Range(min=1))
    nodes = fields.List(fields.Dict())
    sha256 = fields.Str(validate=validate.Length(equal=64))

    @validates_schema
    def check_read(self, data: dict[str, Any], **_: Any) -> None:
        """New words are written over words that were read."""
        if "nodes" in data and "sha256" not in data:
            raise ValidationError(str(REQUIRED["required"]), "sha256")


class TextView(Schema):
    """A version of a text."""

    ref = fields.Str()
    kind = fields.Str()
    version = fields.Int()
    title = fields.Str()
    status = fields.Function(lambda text: text.status.value)
    adopted_at = fields.DateTime(attribute="frozen_at")


class ArticleView(Schema):
    """An article as it stands: ProseMirror nodes, plain text, and the SHA-256 of the canonical text consents bind to."""

    ref = fields.Str()
    number = fields.Int()
    title = fields.Str()
    sha256 = fields.Str()
    nodes = fields.List(fields.Dict())
    text = fields.Function(lambda article: to_text(article.nodes))


class AdoptedArticleView(Schema):
    """An article as it was adopted."""

    number = fields.Int()
    title = fields.Str()
    nodes = fields.List(fields.Dict())
    text = fields.Function(lambda article: to_text(article.nodes))
    sha256 = fields.Str()
    reservations = fields.List(fields.Dict())


class AdoptedView(Schema):
    """An adopted charter. `sha256`: of the RFC 8785 JSON of {"title", "version", "articles": [sha256, in order]}."""

    ref = fields.Str(attribute="text_ref")
    title = fields.Str()
    version = fields.Int()
    adopted_at = fields.DateTime()
    sha256 = fields.Str()
    articles = fields.List(fields.Nested(AdoptedArticleView))


def html(nodes: list[Node], ref: str = "") -> Any:
    """An article's words as HTML; `ref` begins the anchors of its notes."""
    return to_html(nodes, notes=ref)
