"""The request's unit of work, and who asks.

GET and HEAD get a reading transaction, the rest a writing one, opened at the first use and closed with the request. It is committed
once, after the view, when the answer is below 400; a refused form or an error leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from charter import i18n
from charter.work import Actor, Engine, Work

READING = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "charte_session"


@dataclass(frozen=True)
class Hooks:
    """What the rooms above lend to this adapter, so that it knows none of them.

    `by_session(work, token)` and `by_token(work, token)` give a signed-in visitor (any object with id, display_name, language, is_operator)
    or None; `standing(work, visitor, alliance_ref)` gives the visitor's standing in an alliance or raises NotFound; `latest(work,
    alliance_ref)` says in a sentence what was last done in it.
    """

    by_session: Callable[[Work, str], Any]
    by_token: Callable[[Work, str], Any]
    standing: Callable[[Work, Any, str], Any]
    latest: Callable[[Work, str], str] = lambda work, alliance_ref: ""


def install(app: Flask, engine: Engine, hooks: Hooks) -> None:
    """Binds the engine and the hooks to the application and opens, commits and closes each request's Work."""
    app.extensions["charte"] = (engine, hooks)
    app.before_request(_begin)
    app.after_request(_commit)
    app.teardown_request(_close)


def engine() -> Engine:
    """The process's engine."""
    return cast("tuple[Engine, Hooks]", current_app.extensions["charte"])[0]


def hooks() -> Hooks:
    """What the rooms lent."""
    return cast("tuple[Engine, Hooks]", current_app.extensions["charte"])[1]


def current_work() -> Work:
    """This request's Work, acted in by whoever is signed in."""
    if "work" not in g:
        g.work = engine().open(write=request.method not in READING)
    return cast("Work", g.work)


def me() -> Any:
    """Who asks: the visitor behind the session cookie, or the bearer of an API token under /api; None for a stranger."""
    if "visitor" not in g:
        g.visitor = _visitor()
        if g.visitor is not None:
            current_work().actor = Actor(g.visitor.id, g.visitor.display_name)
    return g.visitor


def standing() -> Any:
    """Where the visitor stands in the alliance of this address (set by `access.inside`)."""
    return g.standing


def is_api() -> bool:
    """True under /api: tokens only, problems in JSON."""
    return request.path.startswith("/api/")


def client_address() -> str:
    """The visitor's address, as the trusted proxies told it."""
    return request.remote_addr or ""


def _visitor() -> Any:
    if is_api():
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return hooks().by_token(current_work(), token.strip()) if scheme.lower() == "bearer" and token else None
    token = request.cookies.get(SESSION_COOKIE, "")
    return hooks().by_session(current_work(), token) if token else None


def _begin() -> None:
    i18n.set_locale("fr")
    if request.path.startswith("/static/") or request.endpoint in {"healthz", "readyz"}:
        return
    visitor = me()
    i18n.set_locale(_language(visitor))


def _language(visitor: Any) -> str:
    chosen = request.cookies.get("language", "")
    if visitor is not None:
        return str(visitor.language)
    if chosen in i18n.LOCALES:
        return chosen
    return request.accept_languages.best_match(i18n.LOCALES, "fr") or "fr"


def _commit(response: Response) -> Response:
    work: Work | None = g.get("work")
    if work is None:
        return response
    if request.method not in READING and (response.status_code < 400 or g.get("keep")):
        try:
            work.commit()
        except SQLAlchemyError as error:
            # The view is over: nobody else would turn this into an answer of ours.
            g.keep = False
            return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _close(error: BaseException | None) -> None:
    work: Work | None = g.pop("work", None)
    if work is not None:
        work.session.close()


def keep() -> None:
    """Commits even though the answer will be a refusal: a failed code must count as a try."""
    g.keep = True
