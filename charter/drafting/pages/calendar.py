"""The calendar of the drafting: one deadline a screen, and a file for one's own calendar."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.drafting import deadlines_file, services
from charter.drafting.pages.blueprint import being_written, charter, pages
from charter.drafting.schemas import DeadlineForm
from charter.errors import Invalid, NotFound
from charter.i18n import format_day, gettext
from workflows.base import N_
from workflows.deadlines import TITLES, Deadline

PATHS = {"amendements": Deadline.amendments, "avis": Deadline.consents, "adoption": Deadline.adoption}


@pages.get("/calendrier")
@inside("alliance.see")
def calendar(alliance_ref: str) -> Response:
    """The deadlines, what each means, and the ways to set them."""
    return page("drafting/calendar.html", deadlines=_listed(), may=being_written(charter()) and allowed("drafting.calendar"))


@pages.get("/calendrier/<deadline>")
@inside("drafting.calendar")
def deadline(alliance_ref: str, deadline: str) -> Response:
    """Asks for the day of one deadline."""
    which = _which(deadline)
    work, days = current_work(), services.days_of(current_work(), charter())
    start = days[which] or services.suggestion(work, standing().alliance, which, days)
    return _ask(which, Form(DeadlineForm(), {which.value: start.isoformat()}))


@pages.post("/calendrier/<deadline>")
@inside("drafting.calendar")
def set_deadline(alliance_ref: str, deadline: str) -> Response:
    """Sets it; a day off is kept, with a word."""
    which, form = _which(deadline), Form(DeadlineForm())
    if form.read():
        day = form.data[which.value]
        try:
            services.set_deadline(current_work(), charter(), which, day)
        except Invalid as error:
            form.refuse(error)
        else:
            _say(which, day)
            return redirect(url_for("drafting.calendar", alliance_ref=alliance_ref))
    return _ask(which, form, 422)


@pages.get("/calendrier.ics")
@inside("alliance.see")
def calendar_file(alliance_ref: str) -> Response:
    """The deadlines as an iCalendar file (RFC 5545)."""
    work, text = current_work(), charter()
    data = deadlines_file.whole(standing().alliance, text, services.calendar_of(work, text), work.settings.public_url)
    response = make_response(data)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.set("Content-Disposition", "attachment", filename=deadlines_file.NAME)
    return response


def _which(path: str) -> Deadline:
    if path not in PATHS:
        raise NotFound
    return PATHS[path]


def _say(which: Deadline, day: Any) -> None:
    if day is None:
        flash(gettext(N_("Cette date limite est retirée.")), "success")
        return
    off = services.advice(standing().alliance, day)
    if off is None:
        flash(gettext(N_("C’est noté : %(day)s."), day=format_day(day)), "success")
    else:
        said = N_("C’est noté : %(day)s. Ce n’est pas un jour ouvré ; le suivant est le %(next)s.")
        flash(gettext(said, day=format_day(day), next=format_day(off)), "success")


def _listed() -> list[dict[str, Any]]:
    days = services.days_of(current_work(), charter())
    return [{"key": one.value, "path": path, "title": gettext(TITLES[one]), "day": days[one]} for path, one in PATHS.items()]


def _ask(which: Deadline, form: Form, status: int = 200) -> Response:
    path = next(path for path, one in PATHS.items() if one == which)
    kept = services.days_of(current_work(), charter())[which] is not None
    return page("drafting/deadline.html", status, form=form, which=which.value, path=path, kept=kept, deadlines=_listed())
