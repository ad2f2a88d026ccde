"""Checking a signed document over HTTP, without a token."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from charter.adapters.http import current_work, limiter, public, takes_files
from charter.adapters.signer import MAX_BYTES
from charter.errors import Invalid
from charter.i18n import gettext
from charter.registry import services
from charter.registry.schemas import ExaminationView, as_api
from workflows.base import N_

api = Blueprint("api_registry", __name__, url_prefix="/api/v1/verifications", description="Checking a signed PDF. The file is not kept.")


@api.post("")
@api.doc(requestBody={"required": True, "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}})
@api.response(200, ExaminationView)
@limiter.limit("20 per minute")
@public
@takes_files(MAX_BYTES)
def check() -> dict[str, Any]:
    """Checks the PDF that is the body of the request; ask again with GET until `full`."""
    content = request.get_data(cache=False)
    if not content:
        raise Invalid({"file": [gettext(N_("Envoyez le fichier PDF comme corps de la requête"))]})
    return _told(services.ask(current_work(), content).sha256)


@api.get("/<sha256>")
@api.response(200, ExaminationView)
@public
def verification(sha256: str) -> dict[str, Any]:
    """What was found of the file with this SHA-256 in the last thirty days."""
    return _told(sha256)


def _told(sha256: str) -> dict[str, Any]:
    return as_api(services.seen(current_work(), sha256))
