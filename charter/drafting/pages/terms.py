"""« Nos mots »: what the alliance means by the words of its texts."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, me, page, standing
from charter.drafting import services
from charter.drafting.pages.blueprint import pages
from charter.drafting.schemas import TermForm, TermView
from charter.errors import Invalid
from charter.i18n import gettext
from workflows.base import N_
from workflows.lifecycle import AllianceStatus


@pages.get("/mots")
@inside("alliance.see")
def terms(alliance_ref: str) -> Response:
    """The words, and the form to define one."""
    return _terms(Form(TermForm(), {"term": request.args.get("mot", "")[:80]}))


@pages.post("/mots")
@inside("drafting.edit")
def define(alliance_ref: str) -> Response:
    """Defines a word."""
    form = Form(TermForm())
    if form.read():
        try:
            made = services.define_term(current_work(), standing().alliance, me(), form.data["term"], form.data["definition"])
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("« %(term)s » est défini."), term=made.term), "success")
            return redirect(url_for("drafting.terms", alliance_ref=alliance_ref, _anchor=f"mot-{made.ref}"))
    return _terms(form, 422)


@pages.get("/mots/<term_ref>")
@inside("drafting.edit")
def term(alliance_ref: str, term_ref: str) -> Response:
    """Asks for another definition."""
    found = services.term_of(current_work(), standing().alliance, term_ref)
    return _term(Form(TermForm(), {"term": found.term, "definition": found.definition}), term_ref)


@pages.post("/mots/<term_ref>")
@inside("drafting.edit")
def redefine(alliance_ref: str, term_ref: str) -> Response:
    """Says it otherwise."""
    form = Form(TermForm())
    if form.read():
        try:
            services.redefine_term(current_work(), standing().alliance, me(), term_ref, form.data["term"], form.data["definition"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("drafting.terms", alliance_ref=alliance_ref, _anchor=f"mot-{term_ref}"))
    return _term(form, term_ref, 422)


@pages.post("/mots/<term_ref>/retrait")
@inside("drafting.edit")
def forget(alliance_ref: str, term_ref: str) -> Response:
    """Removes a definition."""
    services.remove_term(current_work(), standing().alliance, term_ref)
    flash(gettext(N_("La définition est retirée. Le journal de l’alliance en garde la trace.")), "success")
    return redirect(url_for("drafting.terms", alliance_ref=alliance_ref))


def _terms(form: Form, status: int = 200) -> Response:
    alliance = standing().alliance
    words = TermView(many=True).dump(services.terms(current_work(), alliance))
    may_edit = alliance.status == AllianceStatus.drafting and allowed("drafting.edit")
    return page("drafting/terms.html", status, form=form, terms=words, may={"edit": may_edit})


def _term(form: Form, term_ref: str, status: int = 200) -> Response:
    found = services.term_of(current_work(), standing().alliance, term_ref)
    return page("drafting/term.html", status, form=form, term=TermView().dump(found))
