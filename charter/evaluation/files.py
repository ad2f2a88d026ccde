"""The evaluation's files as web answers, for pages and API alike."""

from __future__ import annotations

from flask import Response, make_response

from charter.adapters.http import current_work, standing
from charter.errors import NotFound
from charter.evaluation import calendars, services
from charter.evaluation.models import Checkpoint


def calendar_file() -> Response:
    """Every checkpoint of the alliance as an iCalendar file; those cancelled stay, marked so, that calendars may drop them."""
    work, alliance = current_work(), standing().alliance
    rows = services.checkpoints_of(work, alliance)
    return _file(calendars.whole(alliance, rows, work.settings.public_url), "text/calendar; charset=utf-8", calendars.FILE_NAME)


def review_file(checkpoint: str) -> Response:
    """The review's PDF. Raises NotFound before it is laid out."""
    work, alliance = current_work(), standing().alliance
    row = readable(services.checkpoint_of(work, alliance, checkpoint))
    if not row.document:
        raise NotFound
    return _file(work.storage.get(row.document), "application/pdf", "bilan.pdf")


def readable(checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint, if the visitor may look at it. Raises NotFound to a party that left before it was concluded."""
    if not standing().may_read(checkpoint.closed_at):
        raise NotFound
    return checkpoint


def _file(data: bytes, mime: str, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = mime
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
