"""What co-drafting's forms and API read and show."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.adapters.http.schemas import MissingOut
from charter.adapters.richtext import to_html, to_text
from charter.drafting.live.canonical import Node
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_
from workflows.drafting import ConsentKind

COMMENT_REQUIRED: dict[str, Any] = {"required": _l(N_("Écrivez votre commentaire"))}
KIND_LABELS = {
    ConsentKind.agree: N_("D’accord"),
    ConsentKind.reservation: N_("D’accord, avec une réserve"),
    ConsentKind.objection: N_("Objection"),
}
KIND_NOTES = {
    ConsentKind.agree: N_("Nous pouvons vivre avec ce texte et le soutenir."),
    ConsentKind.reservation: N_("Nous consentons, et nous demandons que notre réserve soit notée à côté de l’article."),
    ConsentKind.objection: N_("Nous ne pouvons pas vivre avec ce texte. La charte attend une nouvelle rédaction."),
}


class ConsentForm(Schema):
    """A party's word on an article; `sha256` is that of the words shown."""

    kind = fields.Enum(
        ConsentKind,
        by_value=True,
        required=True,
        error_messages={"required": _l(N_("Choisissez une des trois réponses")), "unknown": _l(N_("Choisissez une des trois réponses"))},
        metadata={"label": _l(N_("Votre réponse"))},
    )
    sha256 = fields.Str(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), metadata={"label": _l(N_("Empreinte du texte lu"))})
    reason = fields.Str(load_default="", metadata={"label": _l(N_("Votre réserve ou votre objection")), "empty": True})


class CommentForm(Schema):
    """A comment: on `quote`, or on the whole article, or in answer to `thread`. `anchor` is the browser's own name for the passage."""

    body = fields.Str(required=True, error_messages=COMMENT_REQUIRED, metadata={"label": _l(N_("Votre commentaire"))})
    quote = fields.Str(load_default="", metadata={"label": _l(N_("Passage")), "empty": True})
    anchor = fields.Str(load_default="", metadata={"empty": True})
    thread = fields.Str(load_default="", metadata={"empty": True})


class TitleForm(Schema):
    """An article's title."""

    title = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Titre de l’article"))})


class NewArticleForm(TitleForm):
    """A new article, after the one with that reference or at the end."""

    after = fields.Str(load_default="", metadata={"label": _l(N_("Place")), "empty": True})


class MoveForm(Schema):
    """The number an article goes to, from 1."""

    to = fields.Int(required=True, metadata={"label": _l(N_("Nouveau numéro"))})


class ConsentIn(Schema):
    """API: a party's word on the words whose SHA-256 is given; `reason` is needed with a reservation or an objection."""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    sha256 = fields.Str(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    reason = fields.Str(load_default="")


class NewArticleIn(Schema):
    """API: a new article, with its first words as ProseMirror nodes."""

    title = fields.Str(required=True)
    after = fields.Str(load_default="")
    nodes = fields.List(fields.Dict(), load_default=list)


class ArticleIn(Schema):
    """API: what to change of an article; what is left out stays. `number`: the place it goes to, from 1."""

    title = fields.Str()
    number = fields.Int(validate=validate.Range(min=1))
    nodes = fields.List(fields.Dict())


class CommentIn(Schema):
    """API: a comment, on the words of `quote` or in answer to `thread`."""

    body = fields.Str(required=True)
    quote = fields.Str(load_default="")
    thread = fields.Str(load_default="")


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


class ConsentView(Schema):
    """A party's word, now or before. `live` in the board says whether it counts."""

    party = fields.Function(lambda one: one.party.ref)
    party_name = fields.Function(lambda one: one.party.name)
    person = fields.Function(lambda one: one.person.display_name if one.person else "")
    kind = fields.Function(lambda one: one.kind.value)
    sha256 = fields.Str()
    reason = fields.Str()
    at = fields.DateTime()
    ended_at = fields.DateTime()
    withdrawn = fields.Bool()


class CommentView(Schema):
    """A comment as people read it."""

    ref = fields.Str()
    body = fields.Str()
    quote = fields.Str()
    at = fields.DateTime()
    person = fields.Function(lambda one: one.person.display_name)
    party = fields.Function(lambda one: one.party.ref if one.party else None)
    party_name = fields.Function(lambda one: one.party.name if one.party else "")
    resolved_at = fields.DateTime()


class ThreadView(Schema):
    """A thread: its first comment, its answers, and what became of the words it is about."""

    first = fields.Nested(CommentView)
    replies = fields.List(fields.Nested(CommentView))
    anchored = fields.Bool()
    orphan = fields.Bool()


class VoiceView(Schema):
    """A cell of the board: `kind` in agree, reservation, objection, stale, none."""

    party = fields.Str()
    kind = fields.Str()
    reason = fields.Str()


class BoardRow(Schema):
    """An article and each party's word on it."""

    ref = fields.Str()
    number = fields.Int()
    title = fields.Str()
    sha256 = fields.Str()
    voices = fields.List(fields.Nested(VoiceView))


class BoardView(Schema):
    """Who consents to what, and what is missing before the charter is adopted."""

    articles = fields.List(fields.Nested(BoardRow))
    missing = fields.List(fields.Nested(MissingOut))


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


def html(nodes: list[Node]) -> Any:
    """An article's words as HTML."""
    return to_html(nodes)


def kind_options() -> list[tuple[str, str, str]]:
    """The three answers: value, label, what it means."""
    return [(kind.value, gettext(KIND_LABELS[kind]), gettext(KIND_NOTES[kind])) for kind in ConsentKind]
