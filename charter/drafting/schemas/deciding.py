"""Rounds, who speaks for a party, where a text blocks: forms and API."""

from __future__ import annotations

from marshmallow import Schema, fields

from charter.drafting.schemas.calendar import A_DATE
from charter.i18n import lazy_gettext as _l
from workflows.base import N_


class RoundForm(Schema):
    """A round to open: the day by which answers are hoped for, or none."""

    closes_on = fields.Date(load_default=None, error_messages=A_DATE, metadata={"label": _l(N_("Réponses souhaitées jusqu’au"))})


class RoundCloseForm(Schema):
    """Why a round ends before its adoption."""

    reason = fields.Str(load_default="", metadata={"label": _l(N_("Pourquoi le clore")), "empty": True})


class SpeakersForm(Schema):
    """The people who speak for a party, by their ids; none gives the voice back to its signatories and referents."""

    people = fields.List(fields.Int(), load_default=list, metadata={"label": _l(N_("Qui parle pour nous"))})


class RoundIn(Schema):
    """API: a round to open."""

    closes_on = fields.Date(load_default=None, allow_none=True)


class RoundCloseIn(Schema):
    """API: a round to close."""

    reason = fields.Str(load_default="")


class RoundArticleView(Schema):
    """An article as it was put to consent; `reopened_by`: the party whose objection took it out."""

    ref = fields.Function(lambda one: one.article.ref)
    number = fields.Int()
    title = fields.Str()
    sha256 = fields.Str()
    reopened_at = fields.DateTime()
    reopened_by = fields.Function(lambda one: one.reopened_by.ref if one.reopened_by else None)
    reason = fields.Str()


class RoundView(Schema):
    """A round. `status`: open, adopted, reopened or closed; `sha256`: of the whole text as it was put to consent."""

    number = fields.Int()
    status = fields.Function(lambda one: one.status.value)
    sha256 = fields.Str()
    opened_at = fields.DateTime()
    closes_on = fields.Date()
    closed_at = fields.DateTime()
    reason = fields.Str()
    articles = fields.List(fields.Nested(RoundArticleView))


class SpeakersIn(Schema):
    """API: the ids of those who speak for one's party from now on."""

    people = fields.List(fields.Int(), required=True)


class SpeakersView(Schema):
    """Who speaks for a party; `chosen`: whether it said so, or its signatories and referents do by rule."""

    party = fields.Str()
    name = fields.Str()
    chosen = fields.Bool()
    people = fields.List(fields.Dict())


class ArticleTensionView(Schema):
    """What weighs on an article: names of parties, and counts of the last seven days."""

    ref = fields.Str()
    number = fields.Int()
    title = fields.Str()
    locked = fields.Bool()
    objections = fields.List(fields.Str())
    reservations = fields.List(fields.Str())
    died = fields.List(fields.Str())
    awaited = fields.List(fields.Str())
    amendments = fields.Int()
    threads = fields.Int()
    writers = fields.Int()


class PartySilenceView(Schema):
    """A party: on how many articles it is awaited, when it last said a word, and when it was last written to."""

    party = fields.Function(lambda one: one.party.ref)
    name = fields.Function(lambda one: one.party.name)
    awaited = fields.Int()
    spoke_at = fields.DateTime()
    nudged_on = fields.Date()


class TensionView(Schema):
    """Where a text blocks, the heaviest articles first."""

    articles = fields.List(fields.Nested(ArticleTensionView))
    parties = fields.List(fields.Nested(PartySilenceView))
