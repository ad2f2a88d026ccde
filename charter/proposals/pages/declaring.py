"""A party's declaration, one question a screen, resumed where it was left."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, standing
from charter.errors import Invalid
from charter.i18n import gettext, locale
from charter.proposals import questions, services
from charter.proposals.catalogue import POSTURES
from charter.proposals.models import Declaration
from charter.proposals.pages.blueprint import pages
from charter.proposals.questions import CHOICES, QUESTIONS
from charter.proposals.services import STEPS
from workflows.base import N_

ORDER = tuple(STEPS)


@pages.get("/alliances/<alliance_ref>/declaration")
@inside("proposal.declare")
def declaration(alliance_ref: str) -> Response:
    """The next question, or everything said when there is none left."""
    found = _mine()
    step = services.next_step(found)
    if found is None or (step and not found.is_made):
        return redirect(url_for("proposals.declaration_step", alliance_ref=alliance_ref, step=step))
    names = {party.ref: party.name for party in standing().alliance.parties}
    return page("proposals/declaration.html", lines=questions.summary(found, names), made=found.is_made, party=standing().party.name)


@pages.post("/alliances/<alliance_ref>/declaration")
@inside("proposal.declare")
def declare(alliance_ref: str) -> Response:
    """Makes the declaration."""
    services.finish(current_work(), standing().party)
    flash(gettext(N_("La déclaration de %(party)s est faite. Les autres parties peuvent la lire."), party=standing().party.name), "success")
    return redirect(url_for("proposals.show", alliance_ref=alliance_ref))


@pages.get("/alliances/<alliance_ref>/declaration/<step>")
@inside("proposal.declare")
def declaration_step(alliance_ref: str, step: str) -> Response:
    """One question."""
    if step not in QUESTIONS:
        abort(404)
    found = _mine()
    form = Form(questions.form_schema(step, standing().party, found), questions.first_values(step, found))
    return _question(step, form, found)


@pages.post("/alliances/<alliance_ref>/declaration/<step>")
@inside("proposal.declare")
def answer_step(alliance_ref: str, step: str) -> Response:
    """Saves its answer and goes to the next."""
    if step not in QUESTIONS:
        abort(404)
    work, party, found = current_work(), standing().party, _mine()
    form = Form(questions.form_schema(step, party, found))
    if form.read():
        try:
            values = questions.typed_values(step, form.data, party, found)
            found = services.answer(work, party, step, values)
        except Invalid as error:
            form.refuse(error)
        else:
            return _following(alliance_ref, found)
    return _question(step, form, found, 422)


def _following(alliance_ref: str, found: Declaration) -> Response:
    if found.is_made:
        flash(gettext(N_("Votre déclaration est corrigée.")), "success")
    return redirect(url_for("proposals.declaration", alliance_ref=alliance_ref))


def _mine() -> Declaration | None:
    return services.declaration_of(current_work(), standing().party)


def _question(step: str, form: Form, found: Declaration | None, status: int = 200) -> Response:
    ref, question = standing().alliance.ref, QUESTIONS[step]
    index = ORDER.index(step)
    before = (
        url_for("proposals.declaration_step", alliance_ref=ref, step=ORDER[index - 1])
        if index
        else url_for("proposals.show", alliance_ref=ref)
    )
    entries = POSTURES if step == "posture" else CHOICES.get(step, ())
    return page(
        "proposals/declaration_step.html",
        status,
        form=form,
        step_key=step,
        title=gettext(question.title),
        hint=gettext(question.hint),
        options=[(entry.key, entry.said(locale()), entry.explained(locale())) for entry in entries],
        asked=questions.means_asked(found),
        rows=questions.money_rows(standing().party) if step == "money" else [],
        back_url=url_for("proposals.declaration", alliance_ref=ref) if found and found.is_made else before,
        **({} if found and found.is_made else {"step": index + 1, "steps": len(ORDER)}),
    )
