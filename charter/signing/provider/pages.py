"""The provider's pages: choosing it, the phones it needs, a signatory's way to it, its own records."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.adapters.http.requests import engine
from charter.adapters.signer.provider import ProviderAway, ProviderRefused
from charter.errors import Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.signing.answers import check_phone, file, limiting_party, the_envelope, trace
from charter.signing.evidence_access import check_trail
from charter.signing.models import Envelope, Signatory
from charter.signing.provider import services, wording
from charter.signing.provider.choice import chosen
from charter.signing.provider.schemas import OWN, PROVIDER, PhoneForm, WhoForm, provider_view
from charter.signing.schemas import SignatoryView
from charter.signing.services import by_ref, mine, signatory_of
from workflows.signing import EnvelopeStatus, SignatoryStatus

pages = Blueprint("signing_provider", __name__, url_prefix="/alliances/<alliance_ref>/signature")
BLUEPRINTS = (pages,)
READ = (SignatoryStatus.opened, SignatoryStatus.identifying)


@pages.get("/recueil")
@inside("signing.prepare")
def choosing(alliance_ref: str) -> Response:
    """Asks who gathers the signatures."""
    envelope = _draft()
    return page("signing/provider/choose.html", **_choice(Form(WhoForm(), {"who": PROVIDER if _chosen(envelope) else OWN})))


@pages.post("/recueil")
@inside("signing.prepare")
def choose(alliance_ref: str) -> Response:
    """Sets it."""
    envelope, form = _draft(), Form(WhoForm())
    if not form.read():
        return page("signing/provider/choose.html", 422, **_choice(form))
    services.choose(current_work(), envelope, provider=form.data["who"] == PROVIDER)
    return _to("signing.prepare")


@pages.get("/recueil/telephone/<signatory_ref>")
@inside("alliance.see")
def phone(alliance_ref: str, signatory_ref: str) -> Response:
    """Asks for a signatory's mobile phone."""
    own = _phoned(signatory_ref)
    found = _chosen(own.envelope)
    return page("signing/provider/phone.html", **_phone(own, Form(PhoneForm(), {"phone": services.phone_of(found, own) if found else ""})))


@pages.post("/recueil/telephone/<signatory_ref>")
@inside("alliance.see")
def set_phone(alliance_ref: str, signatory_ref: str) -> Response:
    """Sets it."""
    own, form = _phoned(signatory_ref), Form(PhoneForm())
    if form.read():
        try:
            services.set_phone(current_work(), own, form.data["phone"])
        except Invalid as error:
            form.refuse(error)
        else:
            return _to("signing.prepare")
    return page("signing/provider/phone.html", 422, **_phone(own, form))


@pages.get("/ceremonie/prestataire")
@inside("alliance.see")
def passage(alliance_ref: str) -> Response:
    """The last step before the provider: where one goes, and under which level."""
    own = _mine()
    found = _chosen(own.envelope)
    if found is None or own.envelope.status != EnvelopeStatus.sent or own.status not in (*READ, SignatoryStatus.waiting):
        return _to("signing.show")
    if own.status not in READ:
        return _to("signing.ceremony")
    return page("signing/provider/leave.html", **_passage(own))


@pages.post("/ceremonie/prestataire")
@inside("signing.sign")
def leave(alliance_ref: str) -> Response:
    """Takes the signatory to the provider's page. Its address is asked now: it is good for a few hours."""
    work, own = current_work(), _mine()
    try:
        way = services.passage(work, own)
    except Invalid:
        return _to("signing.ceremony")
    work.pause()
    try:
        link = services.link(engine(), way)
    except (ProviderAway, ProviderRefused, Refused) as error:
        flash(gettext(error.message, **error.params), "warning")
        return _to("signing_provider.passage")
    services.leave(work, way, **trace())
    return redirect(link, 303)


@pages.get("/enveloppes/<envelope_ref>/prestataire/<signatory_ref>.pdf")
@inside("alliance.see", parties=("accepted", "left"))
def trail(alliance_ref: str, envelope_ref: str, signatory_ref: str) -> Response:
    """The provider's own record of one signature, as it gave it: it holds that person's network address."""
    work = current_work()
    envelope = by_ref(work, standing().alliance, envelope_ref, limiting_party())
    found = _chosen(envelope)
    own = services.signer_of(found, signatory_of(envelope, signatory_ref)) if found else None
    if own is None or not own.audit_sha256:
        raise NotFound
    check_trail(envelope, own.signatory)
    return file(work.storage.get(own.audit_sha256), f"preuve-prestataire-{signatory_ref}.pdf", "application/pdf")


def _draft() -> Envelope:
    """The envelope in preparation, where a provider may be chosen."""
    envelope = the_envelope()
    if envelope.status != EnvelopeStatus.draft or (current_work().settings.signature_provider is None and _chosen(envelope) is None):
        raise NotFound
    return envelope


def _chosen(envelope: Envelope) -> Any:
    return chosen(current_work(), envelope)


def _mine() -> Signatory:
    return mine(the_envelope(), me(), standing().party)


def _phoned(signatory_ref: str) -> Signatory:
    """A signatory whose phone the visitor may write."""
    own = signatory_of(_draft(), signatory_ref)
    check_phone(own)
    return own


def _choice(form: Form) -> dict[str, Any]:
    offer = current_work().settings.signature_provider
    if offer is None:
        return {"form": form, "name": "", "level": "", "needs_phone": False}
    return {"form": form, "name": offer.name, "level": wording.level_label(offer.level), "needs_phone": offer.level in services.NEEDS_PHONE}


def _phone(own: Signatory, form: Form) -> dict[str, Any]:
    found = _chosen(own.envelope)
    return {"form": form, "signatory": SignatoryView().dump(own), "provider": found.provider if found else ""}


def _passage(own: Signatory) -> dict[str, Any]:
    work, view = current_work(), provider_view(current_work(), own.envelope)
    found = _chosen(own.envelope)
    signer = services.signer_of(found, own) if found else None
    return {
        "signatory": {**SignatoryView().dump(own), "email": own.email},
        "provider": view,
        "ready": bool(signer and signer.remote_id and found and found.activated_at),
        "step": 2,
        "step_names": wording.step_names(work, own.envelope),
        "host": work.settings.signature_provider.links.split("//")[-1] if work.settings.signature_provider else "",
    }


def _to(endpoint: str) -> Response:
    return redirect(url_for(endpoint, alliance_ref=standing().alliance.ref))
