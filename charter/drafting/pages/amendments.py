"""The amendments of the charter: the list, one of them, what parties say of it, how it ends."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, me, page, standing
from charter.drafting import services, shown, shown_amendments
from charter.drafting.models import Amendment
from charter.drafting.pages.blueprint import being_written, charter, here, not_begun, pages, rights
from charter.drafting.schemas.amendments import PositionForm, RefusalForm, RemarkForm, opinion_options
from charter.errors import Invalid, Refused
from charter.i18n import gettext, say
from workflows.amendments import AmendmentKind
from workflows.base import N_, Blocked


@pages.get("/amendements")
@inside("alliance.see")
def amendments(alliance_ref: str) -> Response:
    """Every amendment, or those of one article (`article`): open ones first."""
    work, alliance = current_work(), standing().alliance
    text = services.find_charter(work, alliance)
    if text is None:
        return not_begun()
    article = here(request.args["article"]) if request.args.get("article") else None
    listed = [shown_amendments.line(alliance, one) for one in services.amendments(work, text, article)]
    about = {"ref": article.ref, "number": services.number_of(article), "title": article.title} if article else None
    places = [{"ref": one.ref, "number": number, "title": one.title} for number, one in enumerate(text.present_articles, start=1)]
    may = being_written(text) and allowed("amendment.propose")
    return page(
        "drafting/amendments.html",
        open=[one for one in listed if one["open"]],
        closed=[one for one in listed if not one["open"]],
        article=about,
        articles=places,
        may_propose=may and services.amendments_open(work, text),
        late=may and not services.amendments_open(work, text),
    )


@pages.get("/amendements/<amendment_ref>")
@inside("alliance.see")
def amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """One amendment: what it changes, what each party says, the discussion."""
    return _show(_here(amendment_ref))


@pages.post("/amendements/<amendment_ref>/avis")
@inside("amendment.answer")
def answer_amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """Takes the party's word."""
    found, form = _here(amendment_ref), Form(PositionForm())
    if form.read():
        try:
            services.answer_amendment(current_work(), found, standing().party, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("C’est noté : l’avis de %(party)s est donné."), party=standing().party.name), "success")
            return _back(found)
    return _show(found, 422, answer=form)


@pages.post("/amendements/<amendment_ref>/discussion")
@inside("drafting.comment")
def discuss_amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """Adds a remark."""
    found, form = _here(amendment_ref), Form(RemarkForm())
    if form.read():
        try:
            services.discuss_amendment(current_work(), found, me(), standing().party, form.data["body"])
        except Invalid as error:
            form.refuse(error)
        else:
            return _back(found, "discussion")
    return _show(found, 422, remark=form)


@pages.post("/amendements/<amendment_ref>/acceptation")
@inside("amendment.settle")
def settle_amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """Accepts it by hand; refused with what is missing, and from whom (409)."""
    found = _here(amendment_ref)
    try:
        services.settle_amendment(current_work(), found)
    except Blocked:
        return _show(found, 409)
    except services.TextMovedOn as error:
        return _show(found, 409, happened=error)
    flash(gettext(N_("L’amendement est accepté : le texte l’a repris.")), "success")
    return _back(found)


@pages.get("/amendements/<amendment_ref>/refus")
@inside("amendment.settle")
def refusal(alliance_ref: str, amendment_ref: str) -> Response:
    """Asks why it is refused."""
    return _refusal(_here(amendment_ref), Form(RefusalForm()))


@pages.post("/amendements/<amendment_ref>/refus")
@inside("amendment.settle")
def refuse_amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """Refuses it."""
    found, form = _here(amendment_ref), Form(RefusalForm())
    if form.read():
        try:
            services.refuse_amendment(current_work(), found, form.data["reason"])
        except Invalid as error:
            form.refuse(error)
        except Blocked:
            return _show(found, 409)
        else:
            flash(gettext(N_("L’amendement est refusé. La partie qui l’a proposé en est avertie.")), "success")
            return _back(found)
    return _refusal(found, form, 422)


@pages.post("/amendements/<amendment_ref>/retrait")
@inside("amendment.propose")
def withdraw_amendment(alliance_ref: str, amendment_ref: str) -> Response:
    """The party that proposed it takes it back."""
    found = _here(amendment_ref)
    services.withdraw_amendment(current_work(), found, standing().party)
    flash(gettext(N_("L’amendement est retiré.")), "success")
    return _back(found)


def _here(ref: str) -> Amendment:
    return services.amendment_of(current_work(), charter(), ref)


def _back(found: Amendment, anchor: str = "") -> Response:
    ref = standing().alliance.ref
    return redirect(url_for("drafting.amendment", alliance_ref=ref, amendment_ref=found.ref, _anchor=anchor or None))


def _refusal(found: Amendment, form: Form, status: int = 200) -> Response:
    return page("drafting/amendment_refusal.html", status, form=form, amendment=shown_amendments.line(standing().alliance, found))


def _show(
    found: Amendment, status: int = 200, *, answer: Form | None = None, remark: Form | None = None, happened: Refused | None = None
) -> Response:
    work, alliance, party = current_work(), standing().alliance, standing().party
    live = being_written(found.text)
    may = shown_amendments.rights(work, found, me(), party, live and allowed("amendment.settle"), live and allowed("amendment.propose"))
    return page(
        "drafting/amendment.html",
        status,
        amendment=shown_amendments.whole(work, alliance, found),
        options=opinion_options(),
        answer=answer or Form(PositionForm(), _mine(found)),
        remark=remark or Form(RemarkForm()),
        missing=shown.missing(services.amendment_missing(work, found, "settle")),
        refused=status == 409,
        happened={"title": gettext(happened.title), "message": gettext(happened.message), "more": [say(one) for one in happened.missing]}
        if happened
        else None,
        party=shown.party_mark(party) if party else None,
        may={**may, "comment": rights(found.text)["comment"], "again": may["withdraw"] and found.kind == AmendmentKind.wording},
    )


def _mine(found: Amendment) -> dict[str, Any]:
    party = standing().party
    said = next((one for one in found.positions if party is not None and one.party_id == party.id), None)
    return {"kind": said.kind.value, "reason": said.reason} if said else {}
