"""« S’identifier » : with one's passkey when one has one, or with the code mailed, which is always there."""

from __future__ import annotations

from flask import flash, jsonify
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page
from charter.adapters.http.access import keeps_words
from charter.adapters.http.requests import keep
from charter.errors import CharterError, Conflict, Forbidden, Gone, Invalid, Refused, TooMany
from charter.i18n import gettext
from charter.signing import services
from charter.signing.answers import trace
from charter.signing.models import Signatory
from charter.signing.pages.blueprint import pages
from charter.signing.pages.frame import DONE, done, elsewhere, frame, mine, to
from charter.signing.schemas import CodeForm, SigningPasskeyForm
from workflows.base import N_
from workflows.signing import SignatoryStatus


@pages.get("/ceremonie/identite")
@inside("alliance.see")
def identity(alliance_ref: str) -> Response:
    """Step 2: answer with one's passkey, or have a code sent, then type it."""
    own = mine()
    return elsewhere(own, needs_reading=True) or page("signing/identify.html", form=Form(CodeForm()), **frame(own, 2))


@pages.post("/ceremonie/code")
@inside("signing.sign")
def send_code(alliance_ref: str) -> Response:
    """Mails a code."""
    own = mine()
    again = own.status == SignatoryStatus.identifying
    try:
        services.send_code(current_work(), own, **trace())
    except services.AlreadySigned:
        return done(own)
    except TooMany as error:
        return _refused(own, Form(CodeForm()), error, 429)
    except Invalid as error:
        flash(" ".join(words for found in error.fields.values() for words in found) or _said(error), "warning")
        return to("signing.ceremony")
    if again:
        flash(gettext(N_("Un nouveau code vient de partir. Le précédent ne vaut plus rien.")), "success")
    return to("signing.identity")


@pages.post("/ceremonie/identite")
@keeps_words
@inside("signing.sign")
def identify(alliance_ref: str) -> Response:
    """Checks the code typed. A wrong one counts, so it is committed although it is refused."""
    own, form = mine(), Form(CodeForm())
    if own.status in DONE:
        return done(own)
    if form.read():
        try:
            services.identify(current_work(), own, form.data["code"], **trace())
        except services.AlreadySigned:
            return done(own)
        except Invalid as error:
            keep()
            form.refuse(error)
        except (Gone, TooMany) as error:
            keep()
            form.refuse(Invalid({"code": [_said(error)]}))
        else:
            return to("signing.sign")
    return page("signing/identify.html", 422, form=form, **frame(own, 2))


@pages.post("/ceremonie/cle/defi")
@inside("signing.sign")
def ask_passkey(alliance_ref: str) -> Response:
    """What the browser is asked of the person's passkey, for these documents (JSON)."""
    response = jsonify(services.ask_passkey(current_work(), mine()))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/ceremonie/cle")
@inside("signing.sign")
def use_passkey(alliance_ref: str) -> Response:
    """Checks what the passkey answered. A refusal is noted, so it is committed."""
    own, form = mine(), Form(SigningPasskeyForm())
    form.read()
    try:
        services.identify_by_passkey(current_work(), own, form.data.get("answer", ""), **trace())
    except services.AlreadySigned:
        return done(own)
    except Conflict:
        raise
    except (Gone, Forbidden, Refused) as error:
        keep()
        return _refused(own, Form(CodeForm()), error, 422)
    return to("signing.sign")


def _refused(own: Signatory, form: Form, error: CharterError, status: int) -> Response:
    form.refuse(Invalid(message=_said(error)))
    return page("signing/identify.html", status, form=form, **frame(own, 2))


def _said(error: CharterError) -> str:
    return gettext(error.message, **error.params)
