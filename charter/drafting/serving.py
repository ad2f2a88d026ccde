"""Handing files over HTTP, and to whom: what pages and API share."""

from __future__ import annotations

from flask import make_response
from werkzeug.wrappers import Response

from charter.adapters.http import standing
from charter.drafting.models import Text, Version
from charter.errors import NotFound


def attachment(name: str, content: bytes, media: str) -> Response:
    """A file to keep."""
    response = make_response(content)
    response.headers["Content-Type"] = media
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def readable(text: Text, version: Version | None) -> tuple[Text, Version | None]:
    """The same. Raises NotFound for who left: nothing but what was adopted in their time."""
    if standing().gone and (version is not None or not standing().may_read(text.frozen_at)):
        raise NotFound
    return text, version
