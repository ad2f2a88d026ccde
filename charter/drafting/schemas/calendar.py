"""The calendar of the drafting: form and API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from charter.i18n import lazy_gettext as _l
from workflows.base import N_
from workflows.deadlines import TITLES, Deadline

A_DATE: dict[str, Any] = {"invalid": _l(N_("Choisissez une date dans le calendrier, ou écrivez-la comme 2026-04-30"))}


class DeadlineForm(Schema):
    """The day of one deadline; none takes it away. One field, named after the deadline."""

    amendments = fields.Date(load_default=None, error_messages=A_DATE, metadata={"label": _l(TITLES[Deadline.amendments])})
    consents = fields.Date(load_default=None, error_messages=A_DATE, metadata={"label": _l(TITLES[Deadline.consents])})
    adoption = fields.Date(load_default=None, error_messages=A_DATE, metadata={"label": _l(TITLES[Deadline.adoption])})


class CalendarIn(Schema):
    """API: the last day that counts for each deadline, in the alliance's zone; null takes it away."""

    amendments = fields.Date(load_default=None, allow_none=True)
    consents = fields.Date(load_default=None, allow_none=True)
    adoption = fields.Date(load_default=None, allow_none=True)


class CalendarView(Schema):
    """The deadlines of a text, and whether amendments may still be proposed."""

    amendments = fields.Date(allow_none=True)
    consents = fields.Date(allow_none=True)
    adoption = fields.Date(allow_none=True)
    amendments_open = fields.Bool()
