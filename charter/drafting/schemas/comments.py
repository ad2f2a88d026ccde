"""Comments: form and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.i18n import lazy_gettext as _l
from workflows.base import N_

COMMENT_REQUIRED: dict[str, Any] = {"required": _l(N_("Écrivez votre commentaire"))}
SOMEBODY: dict[str, Any] = {"invalid": _l(N_("Choisissez des personnes de cette alliance"))}
STATES = ("open", "closed", "all")


class CommentForm(Schema):
    """A comment: on `quote`, or on the whole article, or in answer to `thread`; `call` holds the people to tell. `anchor` is the browser's
    own name for the passage."""

    body = fields.Str(required=True, error_messages=COMMENT_REQUIRED, metadata={"label": _l(N_("Votre commentaire"))})
    quote = fields.Str(load_default="", metadata={"label": _l(N_("Passage")), "empty": True})
    anchor = fields.Str(load_default="", metadata={"empty": True})
    thread = fields.Str(load_default="", metadata={"empty": True})
    call = fields.List(fields.Int(error_messages=SOMEBODY), load_default=list, metadata={"label": _l(N_("Prévenir"))})


class EditForm(Schema):
    """Other words for one's comment, and the people it now mentions; `comment` is the one being edited."""

    body = fields.Str(required=True, error_messages=COMMENT_REQUIRED, metadata={"label": _l(N_("Votre commentaire"))})
    comment = fields.Str(load_default="", metadata={"empty": True})
    call = fields.List(fields.Int(error_messages=SOMEBODY), load_default=list, metadata={"label": _l(N_("Prévenir"))})


class CommentIn(Schema):
    """API: a comment, on the words of `quote` or in answer to `thread`; `mentions` are the ids of the people to tell."""

    body = fields.Str(required=True)
    quote = fields.Str(load_default="")
    thread = fields.Str(load_default="")
    mentions = fields.List(fields.Int(), load_default=list)


class CommentPatch(Schema):
    """API: other words for one's own comment; without `mentions`, those mentioned stay."""

    body = fields.Str(required=True)
    mentions = fields.List(fields.Int(), load_default=None, allow_none=True)


class ThreadsQuery(Schema):
    """API: which threads are wanted."""

    state = fields.Str(load_default="all", validate=validate.OneOf(STATES))


class MentionView(Schema):
    """Somebody a comment calls."""

    id = fields.Int(attribute="person.id")
    name = fields.Str(attribute="person.display_name")


class ReachableView(Schema):
    """Somebody a comment may call; `party` is empty for a facilitator."""

    id = fields.Int(attribute="person.id")
    name = fields.Str(attribute="person.display_name")
    party = fields.Function(lambda one: one.party.ref if one.party else None)
    party_name = fields.Function(lambda one: one.party.name if one.party else "")


class CommentView(Schema):
    """A comment as people read it; a deleted one has no words any more."""

    ref = fields.Str()
    body = fields.Str()
    quote = fields.Str()
    at = fields.DateTime()
    edited_at = fields.DateTime()
    deleted_at = fields.DateTime()
    person = fields.Function(lambda one: one.person.display_name)
    party = fields.Function(lambda one: one.party.ref if one.party else None)
    party_name = fields.Function(lambda one: one.party.name if one.party else "")
    mentions = fields.List(fields.Nested(MentionView))
    resolved_at = fields.DateTime()


class ThreadView(Schema):
    """A thread: its first comment, its answers, the article it stands in now (empty when that one was removed), and what became of the
    words it is about."""

    first = fields.Nested(CommentView)
    replies = fields.List(fields.Nested(CommentView))
    article = fields.Str()
    anchored = fields.Bool()
    orphan = fields.Bool()
