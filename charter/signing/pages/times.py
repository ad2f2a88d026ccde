"""Pages of time: more of it, reminders chosen, everybody reminded at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.errors import Invalid
from charter.i18n import format_day, gettext, locale
from charter.signing import services
from charter.signing.answers import the_envelope
from charter.signing.letters import until
from charter.signing.models import Envelope
from charter.signing.pages.blueprint import pages
from charter.signing.services import recalling
from charter.signing.time_schemas import ExtensionForm, RemindersForm, as_form, choices, counts, said
from workflows.base import N_
from workflows.signing import EnvelopeStatus


@pages.get("/prolongation")
@inside("signing.prepare")
def extending(alliance_ref: str) -> Response:
    """Asks for a later deadline; or, with the other way out, says why there is none."""
    envelope = the_envelope()
    if envelope.status != EnvelopeStatus.sent:
        return redirect(url_for("signing.show", alliance_ref=alliance_ref))
    return _extending(envelope, Form(ExtensionForm(), {"deadline": ""}))


@pages.post("/prolongation")
@inside("signing.prepare")
def extend(alliance_ref: str) -> Response:
    """Moves the deadline and tells those awaited."""
    envelope, form = the_envelope(), Form(ExtensionForm())
    if form.read():
        day: date = form.data["deadline"]
        try:
            services.extend(current_work(), envelope, day)
        except Invalid as error:
            form.refuse(error)
        else:
            told = N_("L’échéance est reportée au %(day)s. Les personnes attendues en sont prévenues.")
            flash(gettext(told, day=format_day(day)), "success")
            return redirect(url_for("signing.show", alliance_ref=alliance_ref))
    return _extending(envelope, form, 422)


@pages.get("/rappels")
@inside("signing.prepare")
def reminders(alliance_ref: str) -> Response:
    """Asks when those awaited are reminded."""
    envelope = the_envelope()
    return _reminders(envelope, Form(RemindersForm(), as_form(services.policy_of(current_work(), envelope))))


@pages.post("/rappels")
@inside("signing.prepare")
def choose_reminders(alliance_ref: str) -> Response:
    """Keeps the choice."""
    envelope, form = the_envelope(), Form(RemindersForm())
    if form.read():
        try:
            services.choose_reminders(current_work(), envelope, form.data["days"], form.data["most"])
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("C’est noté.")), "success")
            return redirect(_back(envelope, alliance_ref))
    return _reminders(envelope, form, 422)


@pages.post("/relance")
@inside("signing.prepare")
def remind_everyone(alliance_ref: str) -> Response:
    """Reminds all those awaited now."""
    names = [one.name for one in services.remind_everyone(current_work(), the_envelope())]
    flash(gettext(N_("Relance envoyée par courriel à %(names)s."), names=names), "success")
    return redirect(url_for("signing.show", alliance_ref=alliance_ref))


def times_of(envelope: Envelope) -> dict[str, Any] | None:
    """What `_times.html` shows, while documents are prepared or out; None afterwards, and for a party that left."""
    here = standing()
    if envelope.status not in recalling.LIVE or here.gone:
        return None
    work, out = current_work(), envelope.status == EnvelopeStatus.sent
    ahead = [at for at in recalling.moments(work, envelope.alliance, envelope) if at > work.now()] if out else []
    return {
        "overdue": services.overdue(work, envelope),
        "until": until(envelope, locale()),
        "may": allowed("signing.prepare"),
        "out": out,
        "reminders": said(services.policy_of(work, envelope)),
        "next": ahead[0] if ahead else None,
        "copies": len(services.copies_of(work, envelope)),
    }


def _back(envelope: Envelope, alliance_ref: str) -> str:
    draft = envelope.status == EnvelopeStatus.draft
    return url_for("signing.prepare" if draft else "signing.show", alliance_ref=alliance_ref)


def _extending(envelope: Envelope, form: Form, status: int = 200) -> Response:
    work = current_work()
    first, last = services.extension(work, envelope.alliance, envelope)
    data: dict[str, Any] = {"deadline": envelope.deadline, "overdue": services.overdue(work, envelope), "first": first, "last": last}
    return page("signing/extend.html", status, form=form, **data)


def _reminders(envelope: Envelope, form: Form, status: int = 200) -> Response:
    if envelope.status not in (EnvelopeStatus.draft, EnvelopeStatus.sent):
        return redirect(_back(envelope, envelope.alliance.ref))
    back = _back(envelope, envelope.alliance.ref)
    return page("signing/reminders.html", status, form=form, days=choices(), counts=counts(), back_url=back)
