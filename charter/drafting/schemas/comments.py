"""Comments: form and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from charter.i18n import lazy_gettext as _l
from workflows.base import N_

COMMENT_REQUIRED: dict[str, Any] = {"required": _l(N_("Écrivez votre commentaire"))}


class CommentForm(Schema):
    """A comment: on `quote`, or on the whole article, or in answer to `thread`. `anchor` is the browser's own name for the passage."""

    body = fields.Str(required=True, error_messages=COMMENT_REQUIRED, metadata={"label": _l(N_("Votre commentaire"))})
    quote = fields.Str(load_default="", metadata={"label": _l(N_("Passage")), "empty": True})
    anchor = fields.Str(load_default="", metadata={"empty": True})
    thread = fields.Str(load_default="", metadata={"empty": True})


class CommentIn(Schema):
    """API: a comment, on the words of `quote` or in answer to `thread`."""

    body = fields.Str(required=True)
    quote = fields.Str(load_default="")
    thread = fields.Str(load_default="")


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
