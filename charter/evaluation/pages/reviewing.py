"""The review: the shared answers, the conclusion, its document, and what is decided next."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.errors import Invalid, NotFound
from charter.evaluation import services
from charter.evaluation.files import review_file
from charter.evaluation.models import Checkpoint
from charter.evaluation.pages.blueprint import checkpoint_here, pages
from charter.evaluation.schemas import STEPS, DecisionForm, ReviewForm
from charter.evaluation.views import checkpoint_view, shared_view, verdict_options
from charter.i18n import gettext
from workflows.base import N_
from workflows.evaluation import CheckpointStatus, Verdict, awaited_parties
from workflows.lifecycle import AllianceStatus


@pages.get("/<checkpoint>/bilan")
@inside("alliance.see", parties=("accepted", "left"))
def review(alliance_ref: str, checkpoint: str) -> Response:
    """The answers once they are shared, stories first; then what the parties conclude."""
    return _review(checkpoint_here(checkpoint), Form(ReviewForm()))


@pages.post("/<checkpoint>/bilan")
@inside("evaluation.review")
def close(alliance_ref: str, checkpoint: str) -> Response:
    """Concludes, and asks for the document."""
    row, form = checkpoint_here(checkpoint), Form(ReviewForm())
    if form.read():
        data = services.ReviewData(form.data["verdict"], form.data["reason"], form.data["story"], _steps(form))
        try:
            if not form.all_errors:
                services.close(current_work(), row, data)
        except Invalid as error:
            form.refuse(error)
        if not form.all_errors:
            flash(gettext(N_("Le point d’étape est conclu. Le bilan est mis en page, puis envoyé à toutes les parties.")), "success")
            return redirect(url_for("evaluation.review", alliance_ref=alliance_ref, checkpoint=checkpoint))
    return _review(row, form, 422)


def _review(row: Checkpoint, form: Form, status: int = 200) -> Response:
    work, here = current_work(), standing()
    shown = services.are_shown(work, here.alliance, row)
    answers = services.answers_for(work, here.alliance, row, here.party) if shown else []
    return page(
        "evaluation/review.html",
        status,
        form=form,
        checkpoint=checkpoint_view(here.alliance, row, here.party),
        shown=shown,
        shared=shared_view(here.alliance, row, answers) if shown else None,
        awaited=list(awaited_parties(services.facts_of(work, here.alliance, row))),
        verdicts=verdict_options(),
        numbers=list(range(1, STEPS + 1)),
        may_close=shown and row.status == CheckpointStatus.open and allowed("evaluation.review"),
        may_decide=allowed("evaluation.decide") and here.alliance.status == AllianceStatus.evaluation,
        may_retry=bool(row.render_error) and allowed("evaluation.review"),
    )


def _steps(form: Form) -> list[tuple[str, str, date]]:
    """The next steps given; one without its date or its object is refused on the field that lacks."""
    found: list[tuple[str, str, date]] = []
    for number in range(1, STEPS + 1):
        what, who, due = (form.data[f"{name}_{number}"] for name in ("what", "who", "due"))
        if what and due:
            found.append((what, who, due))
        elif what or who or due:
            lacking = "what" if not what else "due"
            form.refuse(Invalid({f"{lacking}_{number}": [gettext(N_("Dites quoi et pour quand, ou laissez cette suite vide"))]}))
    return found


@pages.post("/<checkpoint>/bilan/document")
@inside("evaluation.review")
def retry(alliance_ref: str, checkpoint: str) -> Response:
    """Asks for the document again."""
    services.request_layout(current_work(), checkpoint_here(checkpoint))
    return redirect(url_for("evaluation.review", alliance_ref=alliance_ref, checkpoint=checkpoint))


@pages.get("/<checkpoint>/bilan.pdf")
@inside("alliance.see", parties=("accepted", "left"))
def document(alliance_ref: str, checkpoint: str) -> Response:
    """The review's PDF."""
    return review_file(checkpoint)


@pages.get("/suite/<verdict>")
@inside("evaluation.decide")
def decision(alliance_ref: str, verdict: str) -> Response:
    """Says what following the review changes, and asks to confirm."""
    return _decision(_verdict(verdict), Form(DecisionForm()))


@pages.post("/suite/<verdict>")
@inside("evaluation.decide")
def decide(alliance_ref: str, verdict: str) -> Response:
    """Follows the review."""
    form = Form(DecisionForm())
    if not form.read():
        return _decision(_verdict(verdict), form, 422)
    services.decide(current_work(), standing().alliance, _verdict(verdict), form.data["reason"])
    words = DONE[_verdict(verdict)]
    flash(gettext(words), "success")
    return redirect(url_for("alliances.show", alliance_ref=alliance_ref))


DONE = {
    Verdict.redirect: N_("La co-rédaction est rouverte : les parties écrivent ensemble ce qui doit changer."),
    Verdict.stop: N_("L’alliance est close. Les documents signés et les bilans restent à la disposition de tous."),
}


def _decision(verdict: Verdict, form: Form, status: int = 200) -> Response:
    return page("evaluation/decision.html", status, form=form, verdict=verdict.value)


def _verdict(name: str) -> Verdict:
    if name not in {verdict.value for verdict in DONE}:
        raise NotFound
    return Verdict(name)
