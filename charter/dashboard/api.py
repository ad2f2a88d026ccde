"""Alliances over the API: mine, and where each stands for me."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from charter.adapters.http import current_work, inside, me, signed_in, standing
from charter.adapters.http.schemas import MissingOut
from charter.alliances import services as alliances
from charter.dashboard.schemas import overview

api = Blueprint("api_dashboard", __name__, url_prefix="/api/v1/alliances", description="Alliances, and where each stands for the bearer")


class StageOut(Schema):
    """One of the five stages; `state`: done, current, todo or blocked."""

    key = fields.Str()
    title = fields.Str()
    state = fields.Str()
    who = fields.List(fields.Str())


class TodoOut(Schema):
    """Something the bearer has to do, and the page that does it."""

    text = fields.Str()
    url = fields.Str()
    due = fields.Date(allow_none=True)


class WaitingOut(Schema):
    """Something awaited from others."""

    who = fields.List(fields.Str())
    what = fields.Str()
    due = fields.Date(allow_none=True)


class SituationOut(Schema):
    """Where an alliance stands for the bearer."""

    status = fields.Str()
    line = fields.List(fields.Nested(StageOut))
    todos = fields.List(fields.Nested(TodoOut))
    waiting = fields.List(fields.Nested(WaitingOut))
    blocks = fields.List(fields.Nested(MissingOut))


class PartyOut(Schema):
    """A party that is in."""

    name = fields.Str()
    initials = fields.Str()
    color = fields.Int()


class AllianceOut(Schema):
    """An alliance and its situation."""

    ref = fields.Str()
    title = fields.Str()
    territory = fields.Str()
    status = fields.Str()
    parties = fields.List(fields.Nested(PartyOut))
    situation = fields.Nested(SituationOut)


@api.get("")
@api.response(200, AllianceOut(many=True))
@signed_in
def mine() -> list[dict[str, Any]]:
    """The bearer's alliances, newest first."""
    work = current_work()
    return overview(work, me(), alliances.of_person(work, me()))


@api.get("/<alliance_ref>")
@api.response(200, AllianceOut)
@inside("alliance.see", parties=("accepted", "invited", "left"))
def show(alliance_ref: str) -> dict[str, Any]:
    """One alliance."""
    return overview(current_work(), me(), [standing().alliance])[0]
