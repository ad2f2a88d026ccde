"""Rounds of consent: opening one, following it, closing it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, standing
from charter.drafting import services, shown
from charter.drafting.models import Round, RoundArticle
from charter.drafting.pages.blueprint import being_written, charter, pages, rights
from charter.drafting.schemas import RoundCloseForm, RoundForm
from charter.errors import Conflict, Invalid
from charter.i18n import gettext
from workflows.base import N_
from workflows.deadlines import Deadline
from workflows.rounds import RoundChart


@pages.get("/tours")
@inside("alliance.see")
def rounds(alliance_ref: str) -> Response:
    """Every round, the open one first: what is locked, what was reopened and by whom."""
    work, text = current_work(), charter()
    return page(
        "drafting/rounds.html",
        state=shown.round_state(work, text),
        rounds=[_round(one) for one in services.rounds_of(work, text)],
        written=being_written(text),
        may=rights(text),
    )


@pages.get("/tours/ouvrir")
@inside("drafting.round")
def round_opening(alliance_ref: str) -> Response:
    """What a round would lock and what one should know first; asks for the day answers are hoped by."""
    day = services.days_of(current_work(), charter())[Deadline.consents]
    return _opening(Form(RoundForm(), {"closes_on": day.isoformat() if day else ""}))


@pages.post("/tours/ouvrir")
@inside("drafting.round")
def open_round(alliance_ref: str) -> Response:
    """Opens it."""
    form = Form(RoundForm())
    if not form.read():
        return _opening(form, 422)
    try:
        found = services.open_round(current_work(), charter(), form.data["closes_on"])
    except Invalid as error:
        form.refuse(error)
        return _opening(form, 422)
    flash(gettext(N_("Le tour %(round)s est ouvert : les parties sont prévenues."), round=found.number), "success")
    return redirect(url_for("drafting.board", alliance_ref=alliance_ref))


@pages.get("/tours/<int:number>/clore")
@inside("drafting.round")
def round_closing(alliance_ref: str, number: int) -> Response:
    """Asks whether the round ends, and why."""
    return _closing(number, Form(RoundCloseForm()))


@pages.post("/tours/<int:number>/clore")
@inside("drafting.round")
def close_round(alliance_ref: str, number: int) -> Response:
    """Ends it."""
    form = Form(RoundCloseForm())
    if not form.read():
        return _closing(number, form, 422)
    try:
        services.close_round(current_work(), charter(), number, form.data["reason"])
    except Invalid as error:
        form.refuse(error)
        return _closing(number, form, 422)
    flash(gettext(N_("Le tour %(round)s est clos : tout le texte peut de nouveau s’écrire."), round=number), "success")
    return redirect(url_for("drafting.board", alliance_ref=alliance_ref))


def _opening(form: Form, status: int = 200) -> Response:
    work, text = current_work(), charter()
    before, weights = services.before_round(work, text), services.tension(work, text)
    opposed = {one.ref for one in before.opposed}
    return page(
        "drafting/round_opening.html",
        status,
        form=form,
        missing=shown.missing(before.missing),
        running=shown.round_state(work, text),
        locked=len(before.locked),
        opposed=[{"number": one.number, "title": one.title, "who": one.objections} for one in _in_order(weights) if one.ref in opposed],
        amendments=sum(one.amendments for one in weights.articles),
        threads=sum(one.threads for one in weights.articles),
        parties=len(standing().alliance.accepted_parties),
    )


def _closing(number: int, form: Form, status: int = 200) -> Response:
    state = shown.round_state(current_work(), charter())
    if state is None or state["number"] != number:
        raise Conflict(N_("Ce tour n’est plus ouvert : il s’est terminé entre-temps."))
    return page("drafting/round_closing.html", status, form=form, state=state)


def _in_order(weights: services.Tension) -> list[services.ArticleTension]:
    return sorted(weights.articles, key=lambda one: one.number)


def _round(one: Round) -> dict[str, Any]:
    return {
        "number": one.number,
        "status": one.status.value,
        "label": gettext(str(RoundChart.states_map[one.status].name)),
        "opened_at": one.opened_at,
        "opened_by": one.opened_by.display_name if one.opened_by else "",
        "closes_on": one.closes_on,
        "closed_at": one.closed_at,
        "closed_by": one.closed_by.display_name if one.closed_by else "",
        "reason": one.reason,
        "sha256": one.sha256,
        "articles": len(one.articles),
        "reopened": [_reopened(each) for each in one.articles if each.reopened_at],
    }


def _reopened(one: RoundArticle) -> dict[str, Any]:
    party = shown.party_mark(one.reopened_by) if one.reopened_by else None
    return {"number": one.number, "title": one.title, "at": one.reopened_at, "party": party, "reason": one.reason}
