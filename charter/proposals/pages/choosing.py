"""Choosing the partnership model: the advice and its reasons, the nine models, the parties' choice."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, standing
from charter.errors import Invalid
from charter.i18n import gettext
from charter.proposals import services
from charter.proposals.advice import advice_view, bill_view
from charter.proposals.pages.blueprint import pages
from charter.proposals.schemas import ModelForm
from workflows.base import N_


@pages.get("/alliances/<alliance_ref>/modele")
@inside("proposal.model")
def model(alliance_ref: str) -> Response:
    """What is advised, why, and what else there is."""
    alliance = standing().alliance
    return _model(Form(ModelForm(), {"model": alliance.model, "reason": alliance.model_reason}))


@pages.post("/alliances/<alliance_ref>/modele")
@inside("proposal.model")
def choose_model(alliance_ref: str) -> Response:
    """Keeps the choice and its reason."""
    form = Form(ModelForm())
    if form.read():
        try:
            services.choose_model(current_work(), standing().alliance, form.data["model"], form.data["reason"])
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("Le modèle de partenariat est choisi. Il pourra changer tant que la charte n’est pas adoptée.")), "success")
            return redirect(url_for("proposals.show", alliance_ref=alliance_ref))
    return _model(form, 422)


def _model(form: Form, status: int = 200) -> Response:
    work, alliance = current_work(), standing().alliance
    advice = advice_view(services.recommend(work, alliance))
    declared = len(services.declarations_of(work, alliance))
    waiting = len(alliance.accepted_parties) - declared
    return page(
        "proposals/model.html",
        status,
        form=form,
        advice=advice,
        bill=bill_view(services.bill_points(work, alliance)),
        declared=declared,
        waiting=waiting,
    )
