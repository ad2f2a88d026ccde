"""One's passkeys: added just after signing in, renamed, removed; and signing in with one, beside the mailed link.

The browser is asked by `assets/passkeys/`: it fetches what to ask, then sends the form with the answer in a hidden field. Without script
nothing of this shows, and the mailed link does it all.
"""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.accounts import passkeys, services
from charter.accounts.models import SignedSession
from charter.accounts.pages.blueprint import let_in, pages, this_session
from charter.accounts.schemas import PasskeyAnswerForm, PasskeyForm, PasskeyView, SignInForm, browser_name
from charter.adapters.http import Form, client_address, current_work, limiter, me, page, public, signed_in
from charter.adapters.http.requests import keep
from charter.errors import CharterError, Forbidden, Gone, Invalid, Refused
from charter.i18n import gettext
from workflows.base import N_


@pages.post("/connexion/cle/defi")
@limiter.limit("30 per minute")
@public
def ask_passkey() -> Response:
    """What a stranger's browser is asked (JSON)."""
    return _asked(passkeys.ask_to_sign_in(current_work()))


@pages.post("/connexion/cle")
@limiter.limit("30 per minute")
@public
def use_passkey() -> Response:
    """Opens the session of whoever's key answered; a refusal comes with the sign-in page, where the mailed link is."""
    form = Form(PasskeyAnswerForm())
    form.read()
    suite = services.safe_path(form.data.get("suite", ""))
    try:
        cookie, session = passkeys.sign_in(
            current_work(), form.data.get("answer", ""), address=client_address(), browser=request.user_agent.string
        )
    except (Refused, Gone) as error:
        keep()
        again = Form(SignInForm(), {"suite": suite})
        again.refuse(Invalid(message=said(error)))
        return page("accounts/sign_in.html", 422, form=again)
    return let_in(session.person, cookie, suite)


@pages.get("/compte/cles/ajout")
@signed_in
def add_passkey() -> Response:
    """Asks for a name; the browser then asks for the key. Long after signing in: asks to sign in again first."""
    if passkeys.site(current_work()) is None or not passkeys.is_recent(current_work(), _session()):
        return page("accounts/passkey_again.html", possible=passkeys.site(current_work()) is not None, email=me().email)
    return page("accounts/passkey_add.html", form=Form(PasskeyForm(), {"name": browser_name(request.user_agent.string)}))


@pages.post("/compte/cles/ajout/defi")
@limiter.limit("30 per hour")
@signed_in
def ask_new_passkey() -> Response:
    """What the browser is asked for a new key (JSON)."""
    return _asked(passkeys.ask_to_register(current_work(), me(), _session()))


@pages.post("/compte/cles/ajout")
@signed_in
def save_passkey() -> Response:
    """Keeps the new key."""
    form = Form(PasskeyForm())
    if form.read():
        try:
            passkeys.register(current_work(), me(), _session(), form.data["name"], form.data["answer"])
        except Invalid as error:
            form.refuse(error)
        except (Refused, Gone) as error:
            form.refuse(Invalid(message=said(error)))
        else:
            flash(gettext(N_("Votre clé d’accès est ajoutée. Un courriel vous le confirme.")), "success")
            return redirect(url_for("accounts.me", _anchor="cles"))
    return page("accounts/passkey_add.html", 422, form=form)


@pages.post("/compte/cles/reconnexion")
@limiter.limit("10 per hour")
@signed_in
def sign_in_again() -> Response:
    """Mails oneself a link that leads back to adding a key."""
    services.ask_link(current_work(), me().email, next_path=url_for("accounts.add_passkey"), language=me().language)
    return page("accounts/link_sent.html", email=me().email)


@pages.get("/compte/cles/<int:key_id>/nom")
@signed_in
def passkey_name(key_id: int) -> Response:
    """Asks for another name."""
    key = passkeys.key_of(current_work(), me(), key_id)
    return page("accounts/passkey_name.html", form=Form(PasskeyForm(), {"name": key.name}), key=PasskeyView().dump(key))


@pages.post("/compte/cles/<int:key_id>/nom")
@signed_in
def rename_passkey(key_id: int) -> Response:
    """Gives it."""
    form, key = Form(PasskeyForm()), passkeys.key_of(current_work(), me(), key_id)
    if form.read():
        try:
            passkeys.rename(current_work(), me(), key_id, form.data["name"])
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("accounts.me", _anchor="cles"))
    return page("accounts/passkey_name.html", 422, form=form, key=PasskeyView().dump(key))


@pages.get("/compte/cles/<int:key_id>/retrait")
@signed_in
def removing_passkey(key_id: int) -> Response:
    """Asks whether the key is really to go."""
    return page("accounts/passkey_remove.html", key=PasskeyView().dump(passkeys.key_of(current_work(), me(), key_id)))


@pages.post("/compte/cles/<int:key_id>/retrait")
@signed_in
def remove_passkey(key_id: int) -> Response:
    """Forgets it."""
    name = passkeys.remove(current_work(), me(), key_id)
    flash(gettext(N_("La clé « %(name)s » n’ouvre plus votre compte. Un courriel vous le confirme."), name=name), "success")
    return redirect(url_for("accounts.me", _anchor="cles"))


def said(error: CharterError) -> str:
    """The refusal, in the reader's language."""
    return gettext(error.message, **error.params)


def _asked(options: dict[str, Any]) -> Response:
    response = jsonify(options)
    response.headers["Cache-Control"] = "no-store"
    return response


def _session() -> SignedSession:
    session = this_session()
    if session is None:
        raise Forbidden
    return session
