"""The ceremony's pages: read, sign, or refuse (`identifying` stands between). Opening one of them never signs anything."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page
from charter.adapters.http.access import keeps_words
from charter.adapters.http.requests import keep
from charter.errors import Gone, Invalid
from charter.i18n import format_time, gettext
from charter.signing import services
from charter.signing.answers import trace
from charter.signing.models import Signatory
from charter.signing.pages.blueprint import pages
from charter.signing.pages.frame import DONE, done, done_words, elsewhere, frame, mine, state, to
from charter.signing.reading import readings
from charter.signing.schemas import ConsentForm, EndForm, ReadingForm, ReasonForm
from charter.signing.services.reading import SCROLLED
from workflows.base import N_


@pages.get("/ceremonie")
@inside("alliance.see")
def ceremony(alliance_ref: str) -> Response:
    """Step 1: read."""
    own = mine()
    return elsewhere(own) or page("signing/read.html", form=Form(ReadingForm()), **_reading(own))


@pages.post("/ceremonie/lecture/<kind>")
@inside("signing.sign")
def read_to_end(alliance_ref: str, kind: str) -> Response:
    """The end of a document was reached (asked by assets/ceremony/reading.ts): noted once; says so in JSON."""
    own, form = mine(), Form(EndForm())
    way = form.data["way"] if form.read() else SCROLLED
    found = services.read_to_end(current_work(), own, kind, way, **trace())
    return jsonify(said=_read_words(found.at), state=state(own, 1))


@pages.post("/ceremonie/lecture")
@keeps_words
@inside("signing.sign")
def have_read(alliance_ref: str) -> Response:
    """Goes on, once every document was read to its end or is said to have been. What is ticked is kept, even when one lacks."""
    own, form = mine(), Form(ReadingForm())
    if form.read():
        try:
            services.finish_reading(current_work(), own, form.data["read"], **trace())
        except Invalid as error:
            keep()
            form.refuse(error)
        else:
            return to("signing.identity")
    return page("signing/read.html", 422, form=form, **_reading(own))


@pages.get("/ceremonie/signer")
@inside("alliance.see")
def sign(alliance_ref: str) -> Response:
    """Step 3: the sentence and the button."""
    own = mine()
    return elsewhere(own, needs_reading=True, needs_identity=True) or page("signing/sign.html", form=Form(ConsentForm()), **_consent(own))


@pages.post("/ceremonie/signer")
@inside("signing.sign")
def confirm(alliance_ref: str) -> Response:
    """The person signs. A second click, window or device is told that one signature suffices."""
    own, form = mine(), Form(ConsentForm())
    if own.status in DONE:
        return done(own)
    if not form.read():
        return page("signing/sign.html", 422, form=form, **_consent(own))
    try:
        services.confirm(current_work(), own, form.data["sentence"], **trace())
    except services.AlreadySigned:
        return done(own)
    except Gone as error:
        flash(gettext(error.message, **error.params), "warning")
        return to("signing.identity")
    flash(gettext(N_("Votre accord est enregistré. La signature est en train d’être apposée dans les documents.")), "success")
    return to("signing.show")


@pages.get("/ceremonie/etat")
@inside("alliance.see")
def ceremony_state(alliance_ref: str) -> Response:
    """Whether the person's signature has arrived, for a page that lost its connection at the click (assets/ceremony/signing.ts)."""
    own = mine()
    signed = own.status in DONE
    missing = not signed and not services.identified(current_work(), own)
    endpoint = "signing.show" if signed else "signing.identity" if missing else "signing.sign"
    said = done_words(own) if signed else gettext(N_("Votre demande ne nous est pas parvenue : rien n’est signé. Appuyez de nouveau."))
    response = jsonify(signed=signed, said=said, next=url_for(endpoint, alliance_ref=alliance_ref))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/refus")
@inside("alliance.see")
def declining(alliance_ref: str) -> Response:
    """Asks whether the person really refuses, and why."""
    own = mine()
    return elsewhere(own) or page("signing/decline.html", form=Form(ReasonForm()), **frame(own, 0))


@pages.post("/refus")
@keeps_words
@inside("signing.sign")
def decline(alliance_ref: str) -> Response:
    """The person refuses."""
    own, form = mine(), Form(ReasonForm())
    if own.status in DONE:
        return done(own)
    if form.read():
        services.decline(current_work(), own, form.data["reason"], **trace())
        flash(
            gettext(N_("Votre refus et vos raisons sont transmis aux autres parties. Une nouvelle version du contrat est ouverte.")),
            "success",
        )
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return page("signing/decline.html", 422, form=form, **frame(own, 0))


def _reading(own: Signatory) -> dict[str, Any]:
    found = services.readings(current_work(), own)
    said = {one.kind: _read_words(found[one.kind].at) if one.kind in found else "" for one in own.envelope.documents}
    documents = [{**one, "read": said[one["kind"]]} for one in readings(own.envelope)]
    return {"documents": documents, **frame(own, 1)}


def _read_words(at: Any) -> str:
    return gettext(N_("Lu jusqu’au bout à %(time)s (heure de Paris)"), time=format_time(at))


def _consent(own: Signatory) -> dict[str, Any]:
    return {**frame(own, 3), "sentence": services.sentence(own)}
