"""What every room's API shares."""

from __future__ import annotations

from marshmallow import Schema, fields


class MissingOut(Schema):
    """Something missing before the next step, said, and from whom."""

    what = fields.Str()
    who = fields.List(fields.Str())


class ProblemOut(Schema):
    """A refusal (RFC 9457): `fields` names what was typed wrong, `missing` what must happen first, `happened` what somebody quicker did."""

    type = fields.Str(required=True)
    title = fields.Str(required=True)
    status = fields.Int(required=True)
    detail = fields.Str()
    fields_ = fields.Dict(keys=fields.Str(), values=fields.List(fields.Str()), data_key="fields")
    missing = fields.List(fields.Nested(MissingOut))
    happened = fields.Str()
