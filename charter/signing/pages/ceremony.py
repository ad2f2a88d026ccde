"""The ceremony's pages: read, identify, sign; each a step, nothing else on it. Opening one of them never signs anything."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, me, page, standing
from charter.adapters.http.requests import keep
from charter.errors import Gone, Invalid, TooMany
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import trace
from charter.signing.models import Signatory
from charter.signing.pages.blueprint import pages, the_envelope
from charter.signing.reading import readings
from charter.signing.schemas import CodeForm, ConsentForm, ReasonForm, SignatoryView, for_page
from charter.signing.services.ceremony import ENDED
from workflows.base import N_
from workflows.signing import EnvelopeStatus, SignatoryStatus

READ = (SignatoryStatus.opened, SignatoryStatus.identifying)
DONE = (SignatoryStatus.sealing, SignatoryStatus.signed, SignatoryStatus.declined)


@pages.get("/ceremonie")
@inside("alliance.see")
def ceremony(alliance_ref: str) -> Response:
    """Step 1: read."""
    own = _mine()
    return _elsewhere(own) or page("signing/read.html", documents=readings(own.envelope), **_frame(own, 1))


@pages.post("/ceremonie/lecture")
@inside("signing.sign")
def have_read(alliance_ref: str) -> Response:
    """Records the reading and goes on."""
    services.open_documents(current_work(), _mine(), **trace())
    return _to("signing.identity")


@pages.get("/ceremonie/identite")
@inside("alliance.see")
def identity(alliance_ref: str) -> Response:
    """Step 2: have a code sent, then type it."""
    own = _mine()
    return _elsewhere(own, needs_reading=True) or page("signing/identify.html", form=Form(CodeForm()), **_frame(own, 2))


@pages.post("/ceremonie/code")
@inside("signing.sign")
def send_code(alliance_ref: str) -> Response:
    """Mails a code."""
    own = _mine()
    again = own.status == SignatoryStatus.identifying
    try:
        services.send_code(current_work(), own, **trace())
    except TooMany as error:
        form = Form(CodeForm())
        form.refuse(Invalid(message=gettext(error.message, **error.params)))
        return page("signing/identify.html", 429, form=form, **_frame(own, 2))
    if again:
        flash(gettext(N_("Un nouveau code vient de partir. Le précédent ne vaut plus rien.")), "success")
    return _to("signing.identity")


@pages.post("/ceremonie/identite")
@inside("signing.sign")
def identify(alliance_ref: str) -> Response:
    """Checks the code typed. A wrong one counts, so it is committed although it is refused."""
    own, form = _mine(), Form(CodeForm())
    if form.read():
        try:
            services.identify(current_work(), own, form.data["code"], **trace())
        except Invalid as error:
            keep()
            form.refuse(error)
        except (Gone, TooMany) as error:
            keep()
            form.refuse(Invalid({"code": [gettext(error.message, **error.params)]}))
        else:
            return _to("signing.sign")
    return page("signing/identify.html", 422, form=form, **_frame(own, 2))


@pages.get("/ceremonie/signer")
@inside("alliance.see")
def sign(alliance_ref: str) -> Response:
    """Step 3: the sentence and the button."""
    own = _mine()
    return _elsewhere(own, needs_reading=True, needs_code=True) or page("signing/sign.html", form=Form(ConsentForm()), **_consent(own))


@pages.post("/ceremonie/signer")
@inside("signing.sign")
def confirm(alliance_ref: str) -> Response:
    """The person signs."""
    own, form = _mine(), Form(ConsentForm())
    if own.status in DONE:
        return _to("signing.show")
    if not form.read():
        return page("signing/sign.html", 422, form=form, **_consent(own))
    try:
        services.confirm(current_work(), own, form.data["sentence"], **trace())
    except Gone as error:
        flash(gettext(error.message, **error.params), "warning")
        return _to("signing.identity")
    flash(gettext(N_("Votre accord est enregistré. La signature est en train d’être apposée dans les documents.")), "success")
    return _to("signing.show")


@pages.get("/refus")
@inside("alliance.see")
def declining(alliance_ref: str) -> Response:
    """Asks whether the person really refuses, and why."""
    own = _mine()
    return _elsewhere(own) or page("signing/decline.html", form=Form(ReasonForm()), **_frame(own, 0))


@pages.post("/refus")
@inside("signing.sign")
def decline(alliance_ref: str) -> Response:
    """The person refuses."""
    own, form = _mine(), Form(ReasonForm())
    if form.read():
        services.decline(current_work(), own, form.data["reason"], **trace())
        flash(
            gettext(N_("Votre refus et vos raisons sont transmis aux autres parties. Une nouvelle version du contrat est ouverte.")),
            "success",
        )
        return redirect(url_for("alliances.show", alliance_ref=alliance_ref))
    return page("signing/decline.html", 422, form=form, **_frame(own, 0))


def _mine() -> Signatory:
    return services.mine(the_envelope(), me(), standing().party)


def _to(endpoint: str) -> Response:
    return redirect(url_for(endpoint, alliance_ref=standing().alliance.ref))


def _elsewhere(own: Signatory, *, needs_reading: bool = False, needs_code: bool = False) -> Response | None:
    """Where the person belongs when this step is not (or no longer) theirs; None when it is."""
    status = own.envelope.status
    if status != EnvelopeStatus.sent or own.status in DONE:
        if own.status not in DONE:
            flash(gettext(ENDED[status]), "warning")
        return _to("signing.show")
    if services.departed(own.envelope):
        return _to("signing.show")
    if needs_reading and own.status not in READ:
        return _to("signing.ceremony")
    if needs_code and not services.identified(current_work(), own):
        return _to("signing.identity")
    return None


def _frame(own: Signatory, step: int) -> dict[str, Any]:
    return {
        "signatory": {**SignatoryView().dump(own), "email": own.email},
        "envelope": for_page(own.envelope),
        "step": step,
        "code_sent": own.status == SignatoryStatus.identifying,
        "identified": services.identified(current_work(), own),
    }


def _consent(own: Signatory) -> dict[str, Any]:
    return {**_frame(own, 3), "sentence": services.sentence(own)}
