"""Signing in by link and out, one's account, sessions and tokens."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.accounts import passkeys, services
from charter.accounts.pages.blueprint import let_in, pages, this_session
from charter.accounts.schemas import HintedForm, PasskeyView, PersonView, ProfileForm, SessionView, SignInForm, TokenForm, TokenView
from charter.adapters.http import Form, client_address, current_work, limiter, me, page, public, signed_in
from charter.adapters.http.requests import SESSION_COOKIE
from charter.errors import Invalid
from charter.i18n import LANGUAGE_NAMES, gettext, locale
from workflows.base import N_


@pages.get("/connexion")
@public
def sign_in() -> Response:
    """The page that asks for an address; when a mail's link tells it, only whether to send the link there."""
    suite = services.safe_path(request.args.get("suite", ""))
    if me() is not None:
        return redirect(suite or url_for("dashboard.home"))
    expected = services.hinted(current_work(), suite)
    if expected is not None and "autre" not in request.args:
        return page("accounts/sign_in_expected.html", suite=suite, email=services.masked(expected.email))
    return page("accounts/sign_in.html", form=Form(SignInForm(), {"suite": suite}))


@pages.post("/connexion")
@limiter.limit("20 per minute")
@public
def send_link() -> Response:
    """Sends the link; the answer is the same whether or not the address is known."""
    form = Form(SignInForm())
    if form.read():
        try:
            services.ask_link(current_work(), form.data["email"], next_path=form.data["suite"], language=locale())
        except Invalid as error:
            form.refuse(error)
        else:
            return page("accounts/link_sent.html", email=form.data["email"])
    return page("accounts/sign_in.html", 422, form=form)


@pages.post("/connexion/attendue")
@limiter.limit("20 per minute")
@public
def send_expected_link() -> Response:
    """Sends the link to the address a mail's link was written to; behind an altered one, asks for an address."""
    form = Form(HintedForm())
    suite = services.safe_path(form.data["suite"]) if form.read() else ""
    expected = services.hinted(current_work(), suite)
    if expected is None:
        return page("accounts/sign_in.html", form=Form(SignInForm(), {"suite": suite}))
    services.ask_link(current_work(), expected.email, next_path=suite, language=locale())
    return page("accounts/link_sent.html", email=services.masked(expected.email), suite=suite)


@pages.get("/connexion/<token>")
@limiter.limit("60 per minute")
@public
def open_link(token: str) -> Response:
    """A page with one button: a mail scanner that follows links uses nothing up."""
    link = services.read_link(current_work(), token)
    return page("accounts/confirm.html", name=link.person.name, token=token)


@pages.post("/connexion/<token>")
@limiter.limit("60 per minute")
@public
def use_link(token: str) -> Response:
    """Uses the link and opens the session."""
    cookie, _session, link = services.use_link(current_work(), token, address=client_address(), browser=request.user_agent.string)
    return let_in(link.person, cookie, link.next_path)


@pages.post("/deconnexion")
@signed_in
def sign_out() -> Response:
    """Ends this session."""
    session = this_session()
    if session is not None:
        services.revoke_session(current_work(), me(), session.id)
    response = redirect(url_for("dashboard.home"))
    response.delete_cookie(SESSION_COOKIE, samesite="Lax", httponly=True)
    # Words typed offline may wait on this device: the next person at a shared computer must not find them.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@pages.get("/compte", endpoint="me")
@signed_in
def account() -> Response:
    """One's name and language, sessions, tokens."""
    return _account(_profile())


@pages.post("/compte")
@signed_in
def update() -> Response:
    """Saves the name and the language."""
    form = Form(ProfileForm())
    if form.read():
        try:
            services.update_profile(current_work(), me(), **form.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("Votre compte est à jour.")), "success")
            return redirect(services.safe_path(request.form.get("suite", "")) or url_for("accounts.me"))
    return _account(form, status=422)


@pages.post("/compte/sessions/<int:session_id>/fin")
@signed_in
def revoke_session(session_id: int) -> Response:
    """Ends one of one's sessions."""
    services.revoke_session(current_work(), me(), session_id)
    flash(gettext(N_("Cette session est fermée.")), "success")
    return redirect(url_for("accounts.me"))


@pages.post("/compte/jetons")
@limiter.limit("10 per hour")
@signed_in
def make_token() -> Response:
    """Makes an API token and shows it, once."""
    form = Form(TokenForm())
    if form.read():
        try:
            token, _row = services.make_token(current_work(), me(), form.data["label"])
        except Invalid as error:
            form.refuse(error)
        else:
            return _account(_profile(), token=token, token_form=Form(TokenForm()))
    return _account(_profile(), status=422, token_form=form)


@pages.post("/compte/jetons/<int:token_id>/fin")
@signed_in
def revoke_token(token_id: int) -> Response:
    """Ends one of one's tokens."""
    services.revoke_token(current_work(), me(), token_id)
    flash(gettext(N_("Ce jeton n’ouvre plus rien.")), "success")
    return redirect(url_for("accounts.me"))


def _profile() -> Form:
    return Form(ProfileForm(), {"name": me().name, "language": me().language})


def _account(form: Form, status: int = 200, token: str = "", token_form: Form | None = None) -> Response:
    work = current_work()
    here = this_session()
    sessions: list[dict[str, Any]] = [
        {**SessionView().dump(session), "here": here is not None and session.id == here.id} for session in services.sessions(work, me())
    ]
    return page(
        "accounts/me.html",
        status,
        form=form,
        token_form=token_form or Form(TokenForm()),
        token=token,
        person=PersonView().dump(me()),
        sessions=sessions,
        tokens=TokenView(many=True).dump(services.tokens(work, me())),
        passkeys=PasskeyView(many=True).dump(passkeys.keys_of(work, me())),
        passkeys_work=passkeys.site(work) is not None,
        languages=list(LANGUAGE_NAMES.items()),
        welcome=request.args.get("bienvenue") == "1",
        suite=services.safe_path(request.args.get("suite", "") or request.form.get("suite", "")),
    )
