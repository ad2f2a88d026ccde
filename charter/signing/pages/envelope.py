"""The envelope's pages: where it stands, its files, preparing and sending it, taking it back, reminding."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, me, page, partial, standing
from charter.alliances.models import Party
from charter.alliances.services import party_of
from charter.errors import Forbidden, Invalid, NotFound
from charter.i18n import gettext, say
from charter.signing import services
from charter.signing.answers import file, limiting_party, the_envelope
from charter.signing.evidence_access import may_take_whole, preparing, takeable, whole, with_own_trails
from charter.signing.models import Envelope, Signatory
from charter.signing.pages.blueprint import pages
from charter.signing.pages.parties import about
from charter.signing.pages.times import times_of
from charter.signing.provider.schemas import phones_view, provider_view
from charter.signing.provider.services import coming
from charter.signing.provider.services import missing as provider_lacks
from charter.signing.schemas import ChoiceForm, DeadlineForm, ReasonForm, for_page
from charter.signing.services.envelopes import voidable
from charter.signing.services.reminding import awaited_now, held_up
from workflows.base import N_, blocking
from workflows.signing import EnvelopeChart, EnvelopeStatus, SignatoryStatus

PARTIES = ("accepted", "left")
MIMES = {"pdf": "application/pdf", "json": "application/json"}


@pages.get("")
@inside("alliance.see", parties=PARTIES)
def show(alliance_ref: str) -> Response:
    """Who has signed, who is awaited, the files."""
    return page("signing/show.html", **_state())


@pages.get("/avancement")
@inside("alliance.see", parties=PARTIES)
def progress(alliance_ref: str) -> Response:
    """The same, as the fragment the page asks for while something moves; then the whole page, which says what is to be done now.

    Raises NotFound when nothing was ever sent.
    """
    state = _state()
    if state["envelope"] is None:
        raise NotFound
    response = partial("signing/_progress.html", **state)
    if not state["moving"]:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.get("/enveloppes/<envelope_ref>/<kind>.pdf")
@inside("alliance.see", parties=PARTIES)
def signed_file(alliance_ref: str, envelope_ref: str, kind: str) -> Response:
    """The newest signed bytes of a document, exactly as they are stored."""
    work = current_work()
    envelope = services.by_ref(work, standing().alliance, envelope_ref, limiting_party())
    document = services.document_of(envelope, kind)
    return file(work.storage.get(document.current_sha256), services.describe(document).name, MIMES["pdf"])


@pages.get("/lecture/<kind>.pdf")
@inside("alliance.see")
def original_file(alliance_ref: str, kind: str) -> Response:
    """A document as it was sent, before any signature: what is read and agreed to."""
    work = current_work()
    document = services.document_of(the_envelope(), kind)
    return file(work.storage.get(document.original_sha256), services.describe(document).name, MIMES["pdf"], inline=True)


@pages.get("/enveloppes/<envelope_ref>/preuve.<form>")
@inside("alliance.see", parties=PARTIES)
def evidence(alliance_ref: str, envelope_ref: str, form: str) -> Response:
    """The evidence file, PDF or JSON; for those the whole concerns."""
    if form not in MIMES:
        raise NotFound
    work = current_work()
    envelope = whole(services.by_ref(work, standing().alliance, envelope_ref, limiting_party()))
    return file(services.evidence(work, envelope, form), f"preuve.{form}", MIMES[form])


@pages.get("/preparation")
@inside("alliance.see")
def prepare(alliance_ref: str) -> Response:
    """Who signs for each party, by when; and the button that sends."""
    envelope = the_envelope()
    if envelope.status != EnvelopeStatus.draft:
        return redirect(url_for("signing.show", alliance_ref=alliance_ref))
    lacks = (*blocking(EnvelopeChart, envelope, "send", services.facts(envelope)), *provider_lacks(current_work(), envelope))
    missing = [{"what": say(one), "who": list(one.who)} for one in lacks]
    return page(
        "signing/prepare.html",
        envelope=for_page(envelope),
        places=[_place(envelope, party) for party in standing().alliance.accepted_parties],
        missing=missing,
        about=about(envelope),
        times=times_of(envelope),
        provider=provider_view(current_work(), envelope),
        phones=phones_view(current_work(), envelope),
        may_prepare=allowed("signing.prepare"),
        public_body=any(party.organisation.is_public for party in standing().alliance.accepted_parties),
        form=Form(DeadlineForm(), {"deadline": envelope.deadline.isoformat() if envelope.deadline else ""}),
    )


@pages.get("/preparation/<party_ref>")
@inside("alliance.see")
def choose(alliance_ref: str, party_ref: str) -> Response:
    """Asks who signs for a party."""
    envelope, party = the_envelope(), _choosable(party_ref)
    named = _named(envelope, party)
    chosen = next((one.id for one in party.signatories if named and one.person_id == named.person_id), None)
    form = Form(ChoiceForm(), {"member": chosen, "title": named.title if named else ""})
    return page("signing/choose.html", **_choosing(party, form))


@pages.post("/preparation/<party_ref>")
@inside("alliance.see")
def chosen(alliance_ref: str, party_ref: str) -> Response:
    """Names who signs for a party."""
    envelope, party = the_envelope(), _choosable(party_ref)
    form = Form(ChoiceForm())
    if form.read():
        try:
            services.choose_signatory(current_work(), envelope, party, form.data["member"], form.data["title"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("signing.prepare", alliance_ref=alliance_ref))
    return page("signing/choose.html", 422, **_choosing(party, form))


@pages.get("/echeance")
@inside("signing.prepare")
def deadline(alliance_ref: str) -> Response:
    """Asks by when everybody should have signed."""
    envelope = the_envelope()
    form = Form(DeadlineForm(), {"deadline": envelope.deadline.isoformat() if envelope.deadline else ""})
    return page("signing/deadline.html", form=form)


@pages.post("/echeance")
@inside("signing.prepare")
def set_deadline(alliance_ref: str) -> Response:
    """Sets it."""
    form = Form(DeadlineForm())
    if form.read():
        try:
            services.set_deadline(current_work(), the_envelope(), form.data["deadline"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("signing.prepare", alliance_ref=alliance_ref))
    return page("signing/deadline.html", 422, form=form)


@pages.post("/envoi")
@inside("signing.prepare")
def send(alliance_ref: str) -> Response:
    """Sends the envelope."""
    services.send(current_work(), the_envelope())
    flash(gettext(N_("Les documents sont envoyés à la signature. Un courriel part vers chaque personne dont c’est le tour.")), "success")
    return redirect(url_for("signing.show", alliance_ref=alliance_ref))


@pages.get("/annulation")
@inside("signing.void")
def voiding(alliance_ref: str) -> Response:
    """Asks whether the envelope is really taken back, and why."""
    return page("signing/void.html", form=Form(ReasonForm()), envelope=for_page(the_envelope()))


@pages.post("/annulation")
@inside("signing.void")
def void(alliance_ref: str) -> Response:
    """Takes it back."""
    form = Form(ReasonForm())
    if form.read():
        services.void(current_work(), the_envelope(), form.data["reason"])
        flash(gettext(N_("L’envoi est annulé. Une nouvelle version du contrat est ouverte.")), "success")
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return page("signing/void.html", 422, form=form, envelope=for_page(the_envelope()))


@pages.post("/relance/<signatory_ref>")
@inside("signing.prepare")
def remind(alliance_ref: str, signatory_ref: str) -> Response:
    """Reminds one person."""
    signatory = services.signatory_of(the_envelope(), signatory_ref)
    name = services.remind(current_work(), signatory)
    flash(gettext(N_("Relance envoyée par courriel à %(names)s."), names=name), "success")
    return redirect(url_for("signing.show", alliance_ref=alliance_ref))


def _state() -> dict[str, Any]:
    work, alliance = current_work(), standing().alliance
    envelope = services.current(work, alliance, limiting_party())
    leads = allowed("signing.prepare")
    if envelope is None:
        return {"envelope": None, "former": [], "leads": leads}
    return {
        "envelope": for_page(envelope),
        "former": [for_page(one) for one in services.completed(work, alliance, limiting_party()) if one is not envelope],
        "leads": leads,
        "voidable": voidable(envelope) and allowed("signing.void"),
        "awaited": [one.ref for one in awaited_now(envelope)] if _signable(envelope) else [],
        "held_up": {one.ref: person.name for one, person in held_up(envelope)} if _signable(envelope) else {},
        "about": about(envelope),
        "times": times_of(envelope),
        "mine": next((one.ref for one in envelope.signatories if one.person_id == me().id), ""),
        "moving": _moving(envelope) or coming(work, envelope, me().id),
        "provider": with_own_trails(provider_view(work, envelope), envelope),
        "whole": may_take_whole(envelope),
        "dossiers": takeable(envelope) if envelope.status == EnvelopeStatus.completed else [],
        "preparing": preparing(envelope) if envelope.status == EnvelopeStatus.completed else 0,
        "signed": sum(1 for one in envelope.signatories if one.status == SignatoryStatus.signed),
    }


def _signable(envelope: Envelope) -> bool:
    """True while it is out and names nobody who left."""
    return envelope.status == EnvelopeStatus.sent and not services.departed(envelope)


def _moving(envelope: Envelope) -> bool:
    """True while the application itself is at work: the page then asks for news."""
    sealing = envelope.status == EnvelopeStatus.sent and any(one.status == SignatoryStatus.sealing for one in envelope.signatories)
    return sealing or (envelope.status == EnvelopeStatus.completed and not envelope.evidence_pdf)


def _choosable(party_ref: str) -> Party:
    """A party whose signatory the visitor may name: the leaders any, a referent their own."""
    party = party_of(standing().alliance, party_ref)
    if not allowed("signing.prepare") and not (party is standing().party and allowed("party.members")):
        raise Forbidden(N_("Seuls le référent de cette partie et celui qui mène l’alliance choisissent qui signe pour elle."))
    return party


def _choosing(party: Party, form: Form) -> dict[str, Any]:
    members = [(one.id, one.person.display_name, one.title) for one in party.signatories]
    return {"form": form, "members": members, "party": {"name": party.name, "ref": party.ref, "own": party is standing().party}}


def _named(envelope: Envelope, party: Party) -> Signatory | None:
    return next((one for one in envelope.signatories if one.party_id == party.id), None)


def _place(envelope: Envelope, party: Party) -> dict[str, Any]:
    named = _named(envelope, party)
    return {
        "ref": party.ref,
        "name": party.name,
        "initials": party.initials,
        "color": party.color,
        "signatory": named.name if named else "",
        "signatory_ref": named.ref if named else "",
        "title": named.title if named else "",
        "deliberation": {"number": party.deliberation_number, "date": party.deliberation_date} if party.deliberation_date else None,
        "may_choose": allowed("signing.prepare") or (party is standing().party and allowed("party.members")),
    }
