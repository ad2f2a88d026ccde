"""The timeline of checkpoints, and the calendar that plans them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.alliances.models import Alliance
from charter.errors import Invalid
from charter.evaluation import schedule, services
from charter.evaluation.files import calendar_file
from charter.evaluation.pages.blueprint import pages
from charter.evaluation.schemas import PresetForm, dates_form
from charter.evaluation.views import checkpoint_view, preset_options
from charter.i18n import format_day, gettext
from workflows.base import N_
from workflows.calendar import PRESETS
from workflows.evaluation import CheckpointStatus

LIVE = (CheckpointStatus.planned, CheckpointStatus.open)


@pages.get("")
@inside("alliance.see", parties=("accepted", "left"))
def show(alliance_ref: str) -> Response:
    """Past and coming checkpoints, in plain dates; who answered, never what."""
    work, here = current_work(), standing()
    rows = services.checkpoints_of(work, here.alliance)
    views = [{**checkpoint_view(here.alliance, row, here.party), "shown": services.are_shown(work, here.alliance, row)} for row in rows]
    last = services.last_review(rows)
    return page(
        "evaluation/show.html",
        checkpoints=[one for one in views if one["status"] != CheckpointStatus.cancelled.value],
        cancelled=sum(1 for one in views if one["status"] == CheckpointStatus.cancelled.value),
        decision=checkpoint_view(here.alliance, last, here.party) if last and not last.followed else None,
        may_plan=allowed("evaluation.plan"),
        may_review=allowed("evaluation.review"),
        may_answer=allowed("evaluation.answer"),
        may_decide=allowed("evaluation.decide"),
    )


@pages.get("/calendrier")
@inside("evaluation.plan")
def plan(alliance_ref: str) -> Response:
    """Asks which calendar, then shows its dates, each of which may be changed."""
    work, alliance = current_work(), standing().alliance
    current = services.proposal(work, alliance)
    chosen = request.args.get("calendrier", "")
    if chosen in PRESETS:
        return _dates(alliance, current, chosen)
    return _presets(Form(PresetForm(), {"preset": current.preset}))


@pages.post("/calendrier")
@inside("evaluation.plan")
def set_plan(alliance_ref: str) -> Response:
    """Keeps the choice of a calendar (its dates come next), or the dates."""
    work, alliance = current_work(), standing().alliance
    current = services.proposal(work, alliance)
    chosen = request.args.get("calendrier", "")
    if chosen not in PRESETS:
        form = Form(PresetForm())
        if form.read():
            return redirect(url_for("evaluation.plan", alliance_ref=alliance_ref, calendrier=form.data["preset"]))
        return _presets(form, 422)
    form = Form(dates_form(chosen, current.settled))
    if form.read():
        try:
            planned = services.plan(work, alliance, chosen, dates={key.removeprefix("date_"): day for key, day in form.data.items()})
        except Invalid as error:
            form.refuse(error)
        else:
            _tell(planned)
            return redirect(url_for("evaluation.show", alliance_ref=alliance_ref))
    return _dates(alliance, current, chosen, form, 422)


def _presets(form: Form, status: int = 200) -> Response:
    work, alliance = current_work(), standing().alliance
    current, rows = services.proposal(work, alliance), services.checkpoints_of(work, alliance)
    over = not any(row.status in LIVE for row in rows) and services.last_review(rows) is not None
    options = preset_options(alliance, current.start)
    return page(
        "evaluation/preset.html", status, form=form, options=options, step=1, steps=2, may_end=over and allowed("evaluation.decide")
    )


def _dates(alliance: Alliance, current: services.Proposal, chosen: str, form: Form | None = None, status: int = 200) -> Response:
    days = {**schedule.suggestion(alliance, chosen, current.start), **({} if chosen != current.preset else current.dates)}
    values = {f"date_{key}": day for key, day in days.items()}
    form = form or Form(dates_form(chosen, current.settled), values)
    wanted = [
        {"name": f"date_{key}", "title": gettext(title), "note": format_day(days[key])}
        for key, title in schedule.titles(chosen).items()
        if key not in current.settled
    ]
    preset = {"title": gettext(PRESETS[chosen].title), "hint": gettext(PRESETS[chosen].hint)}
    return page("evaluation/dates.html", status, form=form, preset=preset, wanted=wanted, start=current.start, step=2, steps=2)


def _tell(planned: services.Planned) -> None:
    for one in planned.moved:
        words = N_("Le %(wanted)s n’est pas un jour travaillé : le point d’étape s’ouvrira le %(kept)s.")
        flash(gettext(words, wanted=format_day(one.wanted), kept=format_day(one.kept)), "info")
    flash(gettext(N_("Les dates sont fixées. Toutes les parties les reçoivent, avec un calendrier pour leur agenda.")), "success")


@pages.get("/calendrier.ics")
@inside("alliance.see", parties=("accepted", "left"))
def calendar(alliance_ref: str) -> Response:
    """Every checkpoint, for one's own calendar."""
    return calendar_file()
