"""What the forms and the API of copies read and show."""

from __future__ import annotations

from marshmallow import Schema, fields

from charter.adapters.http.forms import REQUIRED
from charter.i18n import lazy_gettext as _l
from workflows.base import N_


class CopyForm(Schema):
    """Somebody who is to get a copy."""

    name = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Prénom et nom"))})
    email = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Adresse électronique"))})


class CopyIn(Schema):
    """The same, over the API."""

    name = fields.Str(required=True)
    email = fields.Str(required=True)


class CopyView(Schema):
    """Somebody who is to get a copy, to the alliance: by name. `email` is empty but for those who may change it."""

    ref = fields.Str()
    party = fields.Str()
    name = fields.Str()
    email = fields.Str()
    asked_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
