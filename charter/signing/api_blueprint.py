"""The API's blueprint."""

from __future__ import annotations

from flask_smorest import Blueprint

api = Blueprint(
    "api_signing",
    __name__,
    url_prefix="/api/v1/alliances/<alliance_ref>/signature",
    description="The envelope: who signs, the ceremony of each signatory, signed files and evidence",
)
