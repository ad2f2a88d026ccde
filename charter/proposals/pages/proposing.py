"""Proposing an alliance, seeing where the proposal stands, beginning to write, giving up."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, me, page, signed_in, standing
from charter.alliances import services as kernel
from charter.alliances.organisations import OrganisationData
from charter.alliances.schemas import kind_options
from charter.errors import Invalid
from charter.i18n import gettext, locale
from charter.proposals import services, states
from charter.proposals.catalogue import ALLIANCE_GOAL, DOMAINS, GOALS
from charter.proposals.pages.blueprint import onward, pages, place
from charter.proposals.questions import summary
from charter.proposals.schemas import (
    AbandonForm,
    NeedForm,
    ProposalView,
    PurposeForm,
    YourOrganisationForm,
    YourselfForm,
    domain_names,
    goal_names,
    model_name,
    shown_parties,
)
from charter.proposals.services.invitations import may_invite
from workflows.base import N_, blocking
from workflows.lifecycle import AllianceChart, AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role


@pages.get("/alliances/nouvelle")
@signed_in
def start() -> Response:
    """The first screen: the alliance's name and need."""
    draft = services.draft_of(current_work(), me())
    values = {"title": draft.title, "need": draft.need} if draft else {}
    return page("proposals/need.html", form=Form(NeedForm(), values), **place("start"))


@pages.post("/alliances/nouvelle")
@signed_in
def keep_draft() -> Response:
    """Keeps it and goes on."""
    form = Form(NeedForm())
    if form.read():
        try:
            services.keep_draft(current_work(), me(), **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("proposals.organisation"))
    return page("proposals/need.html", 422, form=form, **place("start"))


@pages.get("/alliances/nouvelle/organisation")
@signed_in
def organisation() -> Response:
    """Which organisation proposes; the one of the person's latest alliance is filled in."""
    work = current_work()
    if services.draft_of(work, me()) is None:
        return redirect(url_for("proposals.start"))
    return page(
        "proposals/organisation.html",
        form=Form(YourOrganisationForm(), _known_organisation()),
        kinds=kind_options(),
        **place("organisation"),
    )


@pages.post("/alliances/nouvelle/organisation")
@signed_in
def propose() -> Response:
    """Makes the alliance: from here on every answer is its own."""
    work, form = current_work(), Form(YourOrganisationForm())
    draft = services.draft_of(work, me())
    if draft is None:
        return redirect(url_for("proposals.start"))
    if form.read():
        try:
            alliance = services.start(work, me(), draft.title, draft.need, _organisation_data(form.data))
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("proposals.yourself", alliance_ref=alliance.ref, parcours=1))
    return page("proposals/organisation.html", 422, form=form, kinds=kind_options(), **place("organisation"))


@pages.get("/alliances/<alliance_ref>/proposition/vous")
@inside("party.members")
def yourself(alliance_ref: str) -> Response:
    """In what capacity one acts, and whether one signs."""
    member = standing().member
    known = {"signs": "yes" if Role.signatory in member.roles else "no"} if member.title else {}
    return page("proposals/yourself.html", form=Form(YourselfForm(), {"title": member.title, **known}), **place("yourself"))


@pages.post("/alliances/<alliance_ref>/proposition/vous")
@inside("party.members")
def set_yourself(alliance_ref: str) -> Response:
    """Saves it."""
    form = Form(YourselfForm())
    if form.read():
        try:
            services.set_yourself(current_work(), standing().member, form.data["title"], signs=form.data["signs"] == "yes")
        except Invalid as error:
            form.refuse(error)
        else:
            mine = standing().party
            joining = mine.id != standing().alliance.proposer_id and services.declaration_of(current_work(), mine) is None
            return redirect(url_for("proposals.declaration", alliance_ref=alliance_ref)) if joining else onward("yourself", alliance_ref)
    return page("proposals/yourself.html", 422, form=form, **place("yourself"))


@pages.get("/alliances/<alliance_ref>/proposition/besoin")
@inside("proposal.need")
def need(alliance_ref: str) -> Response:
    """The name and the need, to mend."""
    alliance = standing().alliance
    return page("proposals/need.html", form=Form(NeedForm(), {"title": alliance.title, "need": alliance.need}))


@pages.post("/alliances/<alliance_ref>/proposition/besoin")
@inside("proposal.need")
def set_need(alliance_ref: str) -> Response:
    """Mends them."""
    form = Form(NeedForm())
    if form.read():
        try:
            services.set_need(current_work(), standing().alliance, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("proposals.show", alliance_ref=alliance_ref))
    return page("proposals/need.html", 422, form=form)


@pages.get("/alliances/<alliance_ref>/proposition/objectifs")
@inside("proposal.need")
def purpose(alliance_ref: str) -> Response:
    """Goals and domains."""
    alliance = standing().alliance
    return _purpose(Form(PurposeForm(), {"sdgs": alliance.sdgs, "domains": alliance.domains}))


@pages.post("/alliances/<alliance_ref>/proposition/objectifs")
@inside("proposal.need")
def set_purpose(alliance_ref: str) -> Response:
    """Saves them."""
    form = Form(PurposeForm())
    if form.read():
        try:
            services.set_purpose(current_work(), standing().alliance, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return onward("purpose", alliance_ref)
    return _purpose(form, 422)


@pages.get("/alliances/<alliance_ref>/proposition")
@inside("alliance.see", parties=("accepted", "invited", "left"))
def show(alliance_ref: str) -> Response:
    """The proposal: need, territory, goals, parties and their answers, declarations, model. An invited party goes to its answer."""
    mine, alliance = standing().party, standing().alliance
    if mine is not None and mine.status == PartyStatus.invited and not standing().facilitator:
        return redirect(url_for("proposals.answer", alliance_ref=alliance_ref))
    member = mine is None or mine.status == PartyStatus.accepted
    leads = allowed("proposal.invite")
    return page(
        "proposals/show.html",
        proposal={**ProposalView().dump(alliance), "goals": goal_names(alliance.sdgs), "fields": domain_names(alliance.domains)},
        parties=shown_parties(alliance, refusals=leads),
        declarations=_declarations() if member else {},
        declared=_declared(),
        model=model_name(alliance.model),
        mine=mine.ref if mine and member else "",
        open=alliance.status == AllianceStatus.proposal and member,
        may={
            "need": allowed("proposal.need"),
            "invite": leads and may_invite(alliance),
            "model": allowed("proposal.model"),
            "begin": allowed("proposal.begin"),
        }
        | {"declare": member and mine is not None and allowed("proposal.declare"), "abandon": allowed("alliance.abandon")},
    )


@pages.get("/alliances/<alliance_ref>/proposition/lancer")
@inside("proposal.begin")
def begin(alliance_ref: str) -> Response:
    """What is still missing and from whom, or the button that opens the co-drafting."""
    alliance = standing().alliance
    if alliance.status != AllianceStatus.proposal:
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    ready = not blocking(AllianceChart, alliance, "begin_drafting", states.of(current_work(), alliance))
    return page("proposals/begin.html", ready=ready, parties=shown_parties(alliance, refusals=False), model=model_name(alliance.model))


@pages.post("/alliances/<alliance_ref>/proposition/lancer")
@inside("proposal.begin")
def begin_drafting(alliance_ref: str) -> Response:
    """Opens the co-drafting."""
    services.begin(current_work(), standing().alliance)
    flash(gettext(N_("La co-rédaction est ouverte. Toutes les parties viennent d’en être prévenues.")), "success")
    return redirect(url_for("alliances.show", alliance_ref=alliance_ref))


@pages.get("/alliances/<alliance_ref>/abandon")
@inside("alliance.abandon")
def abandon(alliance_ref: str) -> Response:
    """Asks whether the alliance really ends here, and why."""
    return page("proposals/abandon.html", form=Form(AbandonForm()))


@pages.post("/alliances/<alliance_ref>/abandon")
@inside("alliance.abandon")
def give_up(alliance_ref: str) -> Response:
    """Ends it."""
    form = Form(AbandonForm())
    if not form.read():
        return page("proposals/abandon.html", 422, form=form)
    kernel.abandon(current_work(), standing().alliance, form.data["reason"])
    flash(gettext(N_("L’alliance s’arrête ici. Toutes les parties viennent d’en être prévenues.")), "success")
    return redirect(url_for("alliances.show", alliance_ref=alliance_ref))


def _purpose(form: Form, status: int = 200) -> Response:
    goals = [(goal.number, f"{goal.number}. {goal.said(locale())}") for goal in GOALS if goal.number != ALLIANCE_GOAL]
    domains = [(domain.key, domain.said(locale())) for domain in DOMAINS]
    return page("proposals/purpose.html", status, form=form, goals=goals, domains=domains, **place("purpose"))


def _organisation_data(data: dict[str, Any]) -> OrganisationData:
    number = "".join(data["siren"].split())
    wide = len(number) == 14
    return OrganisationData(data["name"], data["kind"], siren="" if wide else number, siret=number if wide else "", rna=data["rna"])


def _known_organisation() -> dict[str, str]:
    mine = [
        member.party.organisation
        for alliance in kernel.of_person(current_work(), me())
        for party in alliance.parties
        for member in party.members
        if member.person_id == me().id and member.is_active
    ]
    return {"name": mine[0].name, "kind": mine[0].kind.value, "siren": mine[0].siret or mine[0].siren, "rna": mine[0].rna} if mine else {}


def _declared() -> list[str]:
    alliance = standing().alliance
    made = states.states(current_work(), [alliance])[alliance.id]
    return [party.ref for party in alliance.parties if party.id in made]


def _declarations() -> dict[str, Any]:
    alliance = standing().alliance
    names = {party.ref: party.name for party in alliance.parties}
    made = services.declarations_of(current_work(), alliance)
    return {party.ref: summary(made[party.id], names) for party in alliance.accepted_parties if party.id in made}
