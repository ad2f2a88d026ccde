"""What the forms and the API of deadlines and reminders read and show."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.i18n import gettext, ngettext
from charter.i18n import lazy_gettext as _l
from charter.signing.schemas import A_DATE
from charter.signing.services.recalling import FARTHEST, MOST_DAYS, MOST_REMINDERS, Policy
from workflows.base import N_

OFFERED = (30, 21, 14, 10, 7, 5, 3, 2, 1, 0)
"""Days before the deadline a page offers; the API takes any."""


class ExtensionForm(Schema):
    """The later day."""

    deadline = fields.Date(required=True, error_messages={**REQUIRED, "invalid": A_DATE}, metadata={"label": _l(N_("Nouvelle échéance"))})


class RemindersForm(Schema):
    """When reminders leave, and how many a person gets."""

    days = fields.List(
        fields.Int(error_messages={"invalid": _l(N_("Choisissez des rappels dans la liste"))}),
        load_default=list,
        metadata={"label": _l(N_("Relancer"))},
    )
    most = fields.Int(
        required=True,
        error_messages={**REQUIRED, "invalid": _l(N_("Choisissez un nombre dans la liste"))},
        metadata={"label": _l(N_("Au plus, par personne"))},
    )


class SigningRemindersIn(Schema):
    """Days before the deadline (none: no automatic reminder), and how many automatic reminders one person gets at most."""

    days = fields.List(fields.Int(validate=validate.Range(0, FARTHEST)), required=True, validate=validate.Length(max=MOST_DAYS))
    most = fields.Int(load_default=3, validate=validate.Range(1, MOST_REMINDERS))


class SigningRemindersView(Schema):
    """The same, as they stand; `next`: the moments of those to come (ISO 8601, UTC), none before the documents are sent."""

    days = fields.List(fields.Int())
    most = fields.Int()
    next = fields.List(fields.AwareDateTime())


class SigningRemindedView(Schema):
    """The references of the signatories, and of those whose visa is awaited, a reminder was written to."""

    signatories = fields.List(fields.Str())
    approvers = fields.List(fields.Str())


def said(policy: Policy) -> str:
    """« 14, 7 et 2 jours avant l’échéance, 3 fois au plus par personne »."""
    if not policy.days:
        return gettext(N_("Aucun rappel automatique."))
    ahead = [str(day) for day in policy.days if day]
    parts = []
    if ahead:
        text = N_("%(days)s jours avant l’échéance") if ahead != ["1"] else N_("la veille de l’échéance")
        parts.append(gettext(text, days=ahead))
    if 0 in policy.days:
        parts.append(gettext(N_("le jour même")))
    most = gettext(N_("%(n)s fois au plus par personne"), n=policy.most)
    return gettext(N_("Rappels automatiques %(when)s, %(most)s, les jours ouvrés."), when=parts, most=most)


def choices() -> list[tuple[int, str]]:
    """The days a page offers, each in words."""
    return [(day, _day(day)) for day in OFFERED]


def counts() -> list[tuple[int, str]]:
    """How many reminders a page offers at most."""
    return [(n, ngettext("%(n)s rappel", "%(n)s rappels", n)) for n in range(1, MOST_REMINDERS + 1)]


def _day(day: int) -> str:
    if day == 0:
        return gettext(N_("Le jour de l’échéance"))
    if day == 1:
        return gettext(N_("La veille"))
    return gettext(N_("%(n)s jours avant"), n=day)


def as_form(policy: Policy) -> dict[str, Any]:
    """The policy as the form shows it at first."""
    return {"days": list(policy.days), "most": policy.most}
