"""The blueprint and what its views share: where one is let in."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from charter.accounts import services
from charter.accounts.models import Person, SignedSession
from charter.adapters.http import current_work
from charter.adapters.http.requests import SESSION_COOKIE

pages = Blueprint("accounts", __name__)


def let_in(person: Person, cookie: str, suite: str) -> Response:
    """Gives the browser its session and leads on: to `suite`, a path of ours; first to one's name while it is unknown."""
    named = url_for("dashboard.home") if person.name else url_for("accounts.me", bienvenue=1, suite=suite or None)
    response = redirect(suite if person.name and suite else named)
    secure, life = current_work().settings.secure_cookies, int(services.SESSION_LIFE.total_seconds())
    response.set_cookie(SESSION_COOKIE, cookie, max_age=life, httponly=True, secure=secure, samesite="Lax")
    return response


def this_session() -> SignedSession | None:
    """The session of this browser."""
    return services.session_of(current_work(), request.cookies.get(SESSION_COOKIE, ""))
