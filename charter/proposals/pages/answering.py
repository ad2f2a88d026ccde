"""Inviting a party, withdrawing an invitation, answering one."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, standing
from charter.alliances import services as kernel
from charter.alliances.schemas import kind_options
from charter.errors import Invalid
from charter.i18n import gettext
from charter.proposals import services
from charter.proposals.pages.blueprint import in_journey, pages, place
from charter.proposals.schemas import AnswerForm, InviteForm, ProposalView, domain_names, goal_names, shown_parties
from charter.proposals.services.invitations import may_invite
from workflows.base import N_
from workflows.proposals import PartyStatus


@pages.get("/alliances/<alliance_ref>/inviter")
@inside("proposal.invite")
def invite(alliance_ref: str) -> Response:
    """Asks whom to invite."""
    if not may_invite(standing().alliance):
        flash(gettext(N_("La co-rédaction a commencé avec les parties présentes : on n’invite plus à cette étape.")), "warning")
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return _invite(Form(InviteForm()))


@pages.post("/alliances/<alliance_ref>/inviter")
@inside("proposal.invite")
def send_invitation(alliance_ref: str) -> Response:
    """Invites, then offers to invite another while one is proposing."""
    form = Form(InviteForm())
    if form.read():
        try:
            party = services.invite(current_work(), standing().alliance, **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(
                gettext(N_("%(party)s est invitée. Le courriel part à l’adresse %(email)s."), party=party.name, email=party.invited_email),
                "success",
            )
            target = "proposals.invite" if in_journey() else "proposals.show"
            return redirect(url_for(target, alliance_ref=alliance_ref, parcours=1 if in_journey() else None))
    return _invite(form, 422)


@pages.post("/alliances/<alliance_ref>/invitations/<party_ref>/retrait")
@inside("proposal.invite")
def cancel_invitation(alliance_ref: str, party_ref: str) -> Response:
    """Withdraws an invitation."""
    party = kernel.party_of(standing().alliance, party_ref)
    services.cancel(current_work(), party)
    flash(gettext(N_("L’invitation de %(party)s est retirée."), party=party.name), "success")
    return redirect(url_for("proposals.show", alliance_ref=alliance_ref))


@pages.get("/alliances/<alliance_ref>/reponse")
@inside("proposal.answer", parties=("invited", "accepted"))
def answer(alliance_ref: str) -> Response:
    """What is proposed, by whom, and the question."""
    if standing().party.status != PartyStatus.invited:
        return redirect(url_for("proposals.show", alliance_ref=alliance_ref))
    return _answer(Form(AnswerForm()))


@pages.post("/alliances/<alliance_ref>/reponse")
@inside("proposal.answer", parties=("invited", "accepted"))
def give_answer(alliance_ref: str) -> Response:
    """Takes the answer."""
    form = Form(AnswerForm())
    if not form.read():
        return _answer(form, 422)
    if form.data["answer"] == "no":
        return _decline(form)
    services.accept(current_work(), standing().party, form.data["word"])
    flash(
        gettext(N_("%(party)s est dans l’alliance. Encore quelques questions pour préparer la suite."), party=standing().party.name),
        "success",
    )
    endpoint = "proposals.yourself" if "referent" in standing().roles else "proposals.declaration"
    return redirect(url_for(endpoint, alliance_ref=alliance_ref))


def _decline(form: Form) -> Response:
    if len(form.data["word"]) < 3:
        form.refuse(Invalid({"word": [gettext(N_("Dites en quelques mots pourquoi vous déclinez : cela aide les autres parties"))]}))
        return _answer(form, 422)
    services.decline(current_work(), standing().party, form.data["word"])
    flash(gettext(N_("Votre réponse est transmise. Merci de l’avoir donnée.")), "success")
    return redirect(url_for("dashboard.home"))


def _answer(form: Form, status: int = 200) -> Response:
    alliance, party = standing().alliance, standing().party
    invitation = services.invitation_of(current_work(), party)
    proposer = next((one.name for one in alliance.parties if one.id == alliance.proposer_id), "")
    return page(
        "proposals/answer.html",
        status,
        form=form,
        proposal={**ProposalView().dump(alliance), "goals": goal_names(alliance.sdgs), "fields": domain_names(alliance.domains)},
        parties=[one for one in shown_parties(alliance, refusals=False) if one["ref"] != party.ref],
        inviter=invitation.inviter.display_name if invitation and invitation.inviter else "",
        proposer=proposer,
        word=invitation.word if invitation else "",
        party={"name": party.name, "identifier": party.organisation.identifier, "address": party.organisation.address},
        may_correct="referent" in standing().roles,
    )


def _invite(form: Form, status: int = 200) -> Response:
    invited = [one for one in shown_parties(standing().alliance, refusals=False) if one["status"] != "left"]
    return page("proposals/invite.html", status, form=form, kinds=kind_options(), parties=invited, journey=in_journey(), **place("invite"))
