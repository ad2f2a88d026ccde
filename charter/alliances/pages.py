"""An alliance's own pages: overview, parties and members, facilitator, journal, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, standing
from charter.alliances import services
from charter.alliances.models import Organisation
from charter.alliances.organisations import OrganisationData
from charter.alliances.schemas import (
    FacilitatorForm,
    FactView,
    MemberForm,
    MemberView,
    OrganisationForm,
    PartyView,
    ReasonForm,
    RolesForm,
    kind_options,
    role_options,
)
from charter.alliances.wording import fact_label
from charter.errors import Invalid
from charter.i18n import gettext
from charter.journal import services as journal
from workflows.base import N_
from workflows.proposals import PartyStatus

pages = Blueprint("alliances", __name__, url_prefix="/alliances/<alliance_ref>")
BLUEPRINTS = (pages,)
EVERYBODY = ("accepted", "invited", "left")
RECENT = 12
ALIKE = 5
"""Facts read for each line shown: many may be told together."""


@pages.get("")
@inside("alliance.see", parties=EVERYBODY)
def show(alliance_ref: str) -> Response:
    """Where it stands, who is in it, what happened lately."""
    alliance = standing().alliance
    member = standing().facilitator or standing().party.status == PartyStatus.accepted
    recent = journal.facts(current_work(), alliance.id, limit=RECENT * ALIKE, newest_first=True) if member else []
    shown = {
        "parties": _parties(),
        "facilitators": _facilitators(),
        "need": alliance.need,
        "recent": _together(_told(recent))[:RECENT],
        "mine": _mine(),
    }
    return page("alliances/show.html", member=member, **shown)


@pages.get("/parties")
@inside("alliance.see")
def parties(alliance_ref: str) -> Response:
    """The parties and their members."""
    return page(
        "alliances/parties.html",
        parties=_parties(),
        facilitators=_facilitators(),
        mine=_mine(),
        may_manage=allowed("party.members"),
        may_facilitate=allowed("alliance.facilitator"),
    )


@pages.get("/membres/nouveau")
@inside("party.members")
def new_member(alliance_ref: str) -> Response:
    """Asks who to bring in."""
    return page("alliances/member.html", form=Form(MemberForm()), roles=role_options(), member=None)


@pages.post("/membres/nouveau")
@inside("party.members")
def add_member(alliance_ref: str) -> Response:
    """Brings somebody into one's own party."""
    form = Form(MemberForm())
    if form.read():
        try:
            services.add_member(current_work(), standing().party, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("%(name)s fait partie de votre équipe et vient d’en être prévenu."), name=form.data["name"]), "success")
            return redirect(url_for("alliances.parties", alliance_ref=alliance_ref))
    return page("alliances/member.html", 422, form=form, roles=role_options(), member=None)


@pages.get("/membres/<int:member_id>")
@inside("party.members")
def member(alliance_ref: str, member_id: int) -> Response:
    """A member's roles."""
    found = services.member_of(standing().party, member_id)
    form = Form(RolesForm(), {"title": found.title, "roles": found.roles})
    return page("alliances/member.html", form=form, roles=role_options(), member=MemberView().dump(found))


@pages.post("/membres/<int:member_id>")
@inside("party.members")
def set_roles(alliance_ref: str, member_id: int) -> Response:
    """Changes a member's roles."""
    found = services.member_of(standing().party, member_id)
    form = Form(RolesForm())
    if form.read():
        try:
            services.set_roles(current_work(), found, form.data["roles"], form.data["title"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("alliances.parties", alliance_ref=alliance_ref))
    return page("alliances/member.html", 422, form=form, roles=role_options(), member=MemberView().dump(found))


@pages.post("/membres/<int:member_id>/fin")
@inside("party.members")
def end_membership(alliance_ref: str, member_id: int) -> Response:
    """Ends a membership of one's own party."""
    services.end_membership(current_work(), services.member_of(standing().party, member_id))
    flash(gettext(N_("Cette personne n’agit plus pour votre organisation dans cette alliance.")), "success")
    return redirect(url_for("alliances.parties", alliance_ref=alliance_ref))


@pages.get("/organisation")
@inside("party.members", parties=("accepted", "invited"))
def organisation(alliance_ref: str) -> Response:
    """One's own organisation's description."""
    found: Organisation = standing().party.organisation
    values = {name: getattr(found, name) for name in ("name", "siren", "siret", "rna", "address", "legal_form")}
    return page("alliances/organisation.html", form=Form(OrganisationForm(), {**values, "kind": found.kind.value}), kinds=kind_options())


@pages.post("/organisation")
@inside("party.members", parties=("accepted", "invited"))
def amend_organisation(alliance_ref: str) -> Response:
    """Corrects it."""
    form = Form(OrganisationForm())
    if form.read():
        try:
            services.describe_organisation(current_work(), standing().party, OrganisationData(**form.data))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("La fiche de votre organisation est à jour.")), "success")
            return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return page("alliances/organisation.html", 422, form=form, kinds=kind_options())


@pages.get("/tiers-de-confiance")
@inside("alliance.facilitator")
def facilitator(alliance_ref: str) -> Response:
    """Asks who facilitates."""
    return page("alliances/facilitator.html", form=Form(FacilitatorForm()))


@pages.post("/tiers-de-confiance")
@inside("alliance.facilitator")
def name_facilitator(alliance_ref: str) -> Response:
    """Names a facilitator."""
    form = Form(FacilitatorForm())
    if form.read():
        try:
            services.name_facilitator(current_work(), standing().alliance, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("%(name)s est invité comme tiers de confiance."), name=form.data["name"]), "success")
            return redirect(url_for("alliances.parties", alliance_ref=alliance_ref))
    return page("alliances/facilitator.html", 422, form=form)


@pages.get("/quitter")
@inside("party.leave")
def leaving(alliance_ref: str) -> Response:
    """Asks whether the party really leaves, and why."""
    return page("alliances/leave.html", form=Form(ReasonForm()))


@pages.post("/quitter")
@inside("party.leave")
def leave(alliance_ref: str) -> Response:
    """The party leaves."""
    form = Form(ReasonForm())
    if form.read():
        services.leave(current_work(), standing().party, form.data["reason"])
        flash(gettext(N_("Votre organisation a quitté l’alliance. Vos exemplaires signés restent à votre disposition.")), "success")
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return page("alliances/leave.html", 422, form=form)


@pages.get("/journal")
@inside("alliance.see")
def journal_page(alliance_ref: str) -> Response:
    """Every fact, newest first, and whether the chain holds."""
    work, alliance = current_work(), standing().alliance
    after = max(0, request.args.get("apres", default=0, type=int))
    found = journal.facts(work, alliance.id, newest_first=True)
    report = journal.recheck(work, alliance.id)
    return page(
        "alliances/journal.html",
        facts=_told(found[after : after + 100]),
        total=len(found),
        after=after,
        holds=report.holds,
        head=report.head,
    )


@pages.get("/journal.jsonl")
@inside("alliance.see", parties=("accepted", "left"))
def journal_file(alliance_ref: str) -> Response:
    """The journal as JSON lines, for `charte journal check` or any tool; up to its departure for a party that left."""
    here = standing()
    kept = journal.lines(current_work(), here.alliance.id, until=here.party.left_at if here.gone else None)
    response = make_response("\n".join(kept) + "\n")
    response.headers["Content-Type"] = "application/jsonl; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="journal.jsonl")
    return response


def _parties() -> list[dict[str, Any]]:
    mine = standing().party
    found = [party for party in standing().alliance.parties if party.status.value in EVERYBODY]
    return [_hide_addresses(PartyView().dump(party), own=party is mine) for party in found]


def _hide_addresses(party: dict[str, Any], *, own: bool) -> dict[str, Any]:
    if not own:
        for one in party["members"]:
            one["email"] = ""
        party["invited_email"] = ""
    return {**party, "own": own}


def _facilitators() -> list[dict[str, str]]:
    return [
        {"name": one.person.display_name, "organisation": one.organisation}
        for one in standing().alliance.facilitators
        if one.ended_at is None
    ]


def _told(facts: list[Any]) -> list[dict[str, Any]]:
    names = {party.ref: party.name for party in standing().alliance.parties}
    return [{**FactView().dump(fact), "label": fact_label(fact, names)} for fact in facts]


def _mine() -> str:
    return standing().party.ref if standing().party else ""


def _together(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same said again and again by the same person is one line, with how many `times`."""
    lines: list[dict[str, Any]] = []
    for one in told:
        if lines and (lines[-1]["actor"], lines[-1]["label"]) == (one["actor"], one["label"]):
            lines[-1]["times"] += 1
        else:
            lines.append({**one, "times": 1})
    return lines
