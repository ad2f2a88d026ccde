"""Cutting, joining, choosing from the library, defining words: forms and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.drafting.live.moving import Place
from charter.drafting.schemas.articles import TitleForm
from charter.errors import Invalid
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_

WHERE: dict[str, Any] = {"required": _l(N_("Choisissez où couper"))}


class CutForm(TitleForm):
    """Where to cut, as `place_value` writes it, and the title of what follows."""

    place = fields.Str(required=True, error_messages=WHERE, metadata={"label": _l(N_("Où couper"))})


class MergeForm(Schema):
    """The neighbour an article is joined to; `heading`: whether the second title stays as a heading."""

    other = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("L’autre article"))})
    heading = fields.Bool(load_default=False, metadata={"label": _l(N_("Garder le titre"))})


class OptionalForm(Schema):
    """An article of the library, and where it goes."""

    key = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Article"))})
    after = fields.Str(load_default="", metadata={"label": _l(N_("Place")), "empty": True})


class TermForm(Schema):
    """A word and what the alliance means by it."""

    term = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Le mot ou l’expression"))})
    definition = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Ce que nous entendons par là"))})


class SplitIn(Schema):
    """API: cut before character `offset` of block `block` (both from 0); `before` and `after`, the words around, find it again."""

    title = fields.Str(required=True)
    block = fields.Int(required=True, validate=validate.Range(min=0))
    offset = fields.Int(load_default=0, validate=validate.Range(min=0))
    before = fields.Str(load_default="")
    after = fields.Str(load_default="")


class MergeIn(Schema):
    """API: the neighbour to join, and whether the second title stays as a heading."""

    other = fields.Str(required=True)
    heading = fields.Bool(load_default=True)


class OptionalView(Schema):
    """API: an article of the library."""

    key = fields.Str()
    title = fields.Function(lambda one: one.article.title)
    why = fields.Function(lambda one: one.article.why)
    when = fields.Str()


class OptionalIn(Schema):
    """API: an article of the library to add, after the one named or at the end."""

    key = fields.Str(required=True)
    after = fields.Str(load_default="")


class TermIn(Schema):
    """API: a word and its definition."""

    term = fields.Str(required=True)
    definition = fields.Str(required=True)


class TermView(Schema):
    """A word the alliance defines."""

    ref = fields.Str()
    term = fields.Str()
    definition = fields.Str()


def place_value(place: Place) -> str:
    """A place as a form's field holds it; `assets/editor/workshop.ts` writes the same."""
    return "\t".join((str(place.block), str(place.offset), place.before, place.after))


def read_place(value: str) -> Place:
    """The place a field holds. Raises Invalid."""
    parts = [*value.split("\t", 3), "", "", ""][:4]
    if not (parts[0].isdecimal() and parts[1].isdecimal() and len(parts[0] + parts[1]) < 12):
        raise Invalid({"place": [gettext(WHERE_AGAIN)]})
    return Place(int(parts[0]), int(parts[1]), parts[2], parts[3])


WHERE_AGAIN = N_("Choisissez où couper")
