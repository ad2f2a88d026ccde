"""Visas on pages: a party names an approver; the approver reads, then approves or refuses."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.alliances.models import Party
from charter.alliances.services import party_of
from charter.errors import Forbidden, Invalid
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import the_envelope
from charter.signing.models import Approver
from charter.signing.pages.blueprint import pages
from charter.signing.pages.parties import to_envelope
from charter.signing.party_schemas import ApproverView, PersonForm, VisaRefusalForm
from charter.signing.reading import readings
from charter.signing.services.approving import ONLY_REFERENT
from charter.signing.services.ceremony import ENDED
from workflows.base import N_
from workflows.signing import AWAITED, EnvelopeStatus


@pages.get("/visa/<party_ref>")
@inside("party.members")
def approver(alliance_ref: str, party_ref: str) -> Response:
    """Asks whose visa must come before the party signs."""
    return _asking(_own_party(party_ref), Form(PersonForm()))


@pages.post("/visa/<party_ref>")
@inside("party.members")
def ask_visa(alliance_ref: str, party_ref: str) -> Response:
    """Names that person."""
    party, form = _own_party(party_ref), Form(PersonForm())
    if form.read():
        try:
            made = services.ask_visa(current_work(), the_envelope(), party, services.Choice(**form.data))
        except Invalid as error:
            form.refuse(error)
        else:
            said = gettext(N_("%(name)s donnera son visa avant la signature de %(party)s."), name=made.name, party=party.name)
            flash(said, "success")
            return to_envelope(alliance_ref)
    return _asking(party, form, 422)


@pages.post("/visa/<party_ref>/retrait")
@inside("alliance.see")
def lift_visa(alliance_ref: str, party_ref: str) -> Response:
    """The party does without: its referent says so; once it has none, its signatory or those who lead."""
    party = party_of(standing().alliance, party_ref)
    services.lift_visa(current_work(), the_envelope(), party)
    flash(gettext(N_("La demande de visa est levée.")), "success")
    return to_envelope(alliance_ref)


@pages.get("/mon-visa")
@inside("alliance.see")
def visa(alliance_ref: str) -> Response:
    """The documents to read, and the two answers."""
    own = _mine()
    return _elsewhere(own) or page("signing/visa.html", documents=readings(own.envelope), reads=False, **_told(own))


@pages.post("/mon-visa/accord")
@inside("alliance.see")
def give_visa(alliance_ref: str) -> Response:
    """The approver approves."""
    own = _mine()
    services.give_visa(current_work(), own)
    flash(gettext(N_("Votre visa est donné : %(party)s peut signer."), party=own.party.name), "success")
    return redirect(url_for("signing.show", alliance_ref=alliance_ref))


@pages.get("/mon-visa/refus")
@inside("alliance.see")
def refusing_visa(alliance_ref: str) -> Response:
    """Asks what holds the approver back."""
    own = _mine()
    return _elsewhere(own) or page("signing/visa_refusal.html", form=Form(VisaRefusalForm()), **_told(own))


@pages.post("/mon-visa/refus")
@inside("alliance.see")
def refuse_visa(alliance_ref: str) -> Response:
    """The approver refuses."""
    own, form = _mine(), Form(VisaRefusalForm())
    if form.read():
        services.refuse_visa(current_work(), own, form.data["reason"])
        flash(gettext(N_("Votre refus et vos raisons sont transmis. Vous pourrez revenir dessus.")), "success")
        return redirect(url_for("signing.show", alliance_ref=alliance_ref))
    return page("signing/visa_refusal.html", 422, form=form, **_told(own))


def _mine() -> Approver:
    return services.my_visa(the_envelope(), me())


def _elsewhere(own: Approver) -> Response | None:
    """Where the approver belongs when there is nothing to say here (any more); None when there is."""
    envelope = own.envelope
    signed = next((one for one in envelope.signatories if one.party_id == own.party_id and one.status not in AWAITED), None)
    if envelope.status == EnvelopeStatus.sent and signed is None and not services.departed(envelope):
        return None
    if envelope.status != EnvelopeStatus.sent:
        flash(gettext(ENDED[envelope.status]), "warning")
    elif signed is not None:
        said = gettext(N_("%(name)s a déjà signé pour %(party)s : un visa n’y change plus rien."), name=signed.name, party=own.party.name)
        flash(said, "info")
    return redirect(url_for("signing.show", alliance_ref=standing().alliance.ref))


def _told(own: Approver) -> dict[str, Any]:
    signer = next((one for one in own.envelope.signatories if one.party_id == own.party_id), None)
    named = {"party": own.party.name, "signer": signer.name if signer else ""}
    return {
        "visa": {**ApproverView().dump(own), "at": own.at},
        **named,
        "envelope": {"status": own.envelope.status.value},
        "leave": gettext(N_("Quitter")),
    }


def _own_party(ref: str) -> Party:
    party = party_of(standing().alliance, ref)
    if not services.may_ask_visa(current_work(), party):
        raise Forbidden(ONLY_REFERENT, party=party.name)
    return party


def _asking(party: Party, form: Form, status: int = 200) -> Response:
    envelope = the_envelope()
    asked = services.approver_of(envelope, party.id)
    signing = {one.person_id for one in envelope.signatories if one.party_id == party.id}
    active = [one for one in party.members if one.is_active and one.person_id not in signing]
    members = [(one.id, one.person.display_name, one.title) for one in active if asked is None or one.person_id != asked.person_id]
    told = {"party": {"name": party.name, "ref": party.ref}, "asked": ApproverView().dump(asked) if asked else None}
    return page("signing/approver.html", status, form=form, members=members, draft=envelope.status == "draft", **told)
