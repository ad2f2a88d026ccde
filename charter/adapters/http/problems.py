"""Every refusal explains itself (promise 8): as a page in the reader's language, or as RFC 9457 problem+json under /api."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from charter.adapters.db import is_away
from charter.adapters.http.requests import current_work, hooks, is_api
from charter.errors import CharterError, Conflict, Invalid, Refused, TooMany, Unavailable
from charter.i18n import gettext, say
from workflows.base import N_, Blocked, NotNow

log = structlog.get_logger()

PAGES = frozenset({400, 403, 404, 409, 410, 413, 422, 429, 500, 503})
HTTP_MESSAGES = {
    400: N_("La demande est incomplète ou mal formée."),
    404: N_("Cette page n’existe pas, ou vous n’y avez pas accès."),
    405: N_("Cette adresse ne se visite pas ainsi : revenez en arrière et utilisez le bouton de la page."),
    413: N_("Ce que vous envoyez dépasse %(megabytes)s Mo : rien n’en a été lu ni gardé."),
    415: N_("Ce format n’est pas accepté : envoyez du JSON."),
    422: N_("Certaines réponses sont à revoir."),
    429: N_("Trop d’essais : patientez une minute avant de recommencer."),
}


def install(app: Flask) -> None:
    """Turns every exception into its answer."""
    app.register_error_handler(CharterError, answer)
    app.register_error_handler(Blocked, lambda error: answer(Refused(missing=error.missing)))
    app.register_error_handler(
        NotNow, lambda error: answer(Conflict(N_("Cette étape a déjà changé d’état : rechargez la page pour voir où elle en est.")))
    )
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crash)


def answer(error: CharterError) -> Response:
    """The page or problem of a CharterError."""
    body: dict[str, Any] = {"title": gettext(error.title), "status": error.status, "detail": gettext(error.message, **error.params)}
    if isinstance(error, Invalid):
        body["fields"] = error.fields
    if isinstance(error, Refused):
        body["missing"] = [{"what": say(item), "who": list(item.who)} for item in error.missing]
    if isinstance(error, Conflict):
        _start_afresh(error.status)
        body["happened"] = say(error.happened) if error.happened else _latest()
    response = problem(body)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def problem(body: dict[str, Any]) -> Response:
    """`body` as problem+json under /api, else as the error page of its status."""
    status = int(body["status"])
    _start_afresh(status)
    if is_api():
        response = jsonify({"type": "about:blank", **body})
        response.content_type = "application/problem+json"
    else:
        response = make_response(render_template(_template(status), error=_for_page(body)))
        response.headers["Cache-Control"] = "no-store"
    response.status_code = status
    return response


def _start_afresh(status: int) -> None:
    """The refused change is undone before the answer is drawn; a breakdown's page asks nothing of the session or the database."""
    g.refused, g.broken = True, status >= 500
    work = g.get("work")
    if work is not None and not g.get("keep"):
        with contextlib.suppress(DBAPIError):
            work.session.rollback()


def _latest() -> str:
    """The last thing somebody did in the alliance of the address: what went before the visitor's own move. Empty outside an alliance."""
    here = g.get("standing")
    return hooks().latest(current_work(), (request.view_args or {})["alliance_ref"]) if here is not None else ""


def _template(status: int) -> str:
    return f"pages/errors/{status if status in PAGES else 500 if status > 500 else 400}.html"


def _for_page(body: dict[str, Any]) -> dict[str, Any]:
    happened = body.get("happened", "")
    missing = [] if happened else body.get("missing", [])
    ref = (request.view_args or {}).get("alliance_ref", "") if g.get("standing") is not None else ""
    back = url_for("alliances.show", alliance_ref=ref) if ref else ""
    fields = [{"name": name, "messages": messages} for name, messages in body.get("fields", {}).items()]
    said = {"title": body["title"], "message": body["detail"], "happened": happened}
    return {**said, "missing": missing, "fields": fields, "back_url": back}


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    data = getattr(error, "data", None) or {}
    body: dict[str, Any] = {
        "title": error.name,
        "status": status,
        "detail": gettext(HTTP_MESSAGES.get(status, N_("La demande n’a pas pu être traitée.")), megabytes=_limit()),
    }
    messages = data.get("messages")
    if messages:
        body["fields"] = _told(messages.get("json", messages) if isinstance(messages, dict) else {"": messages})
    if not is_api():
        body["title"] = body["detail"]
    return problem(body)


def _limit() -> int:
    """Megabytes the address takes at most."""
    return (request.max_content_length or 0) // 1024**2


def _told(messages: Any) -> Any:
    """A schema's messages, said now: some are lazy, and a lone one is a list of one."""
    if isinstance(messages, dict):
        return {str(name): _told(found) for name, found in messages.items()}
    if isinstance(messages, (list, tuple)):
        return [str(found) for found in messages]
    return [str(messages)]


def _csrf(error: CSRFError) -> Response:
    detail = gettext(
        N_(
            "Le formulaire est resté ouvert trop longtemps ou vient d’ailleurs. Rechargez la page : "
            "ce que vous avez écrit est encore dans votre navigateur."
        )
    )
    return problem({"title": gettext(N_("Formulaire à renvoyer")), "status": 400, "detail": detail})


def _integrity(error: IntegrityError) -> Response:
    log.warning("integrity_conflict", error=str(error.orig))
    return answer(Conflict(N_("Quelqu’un vient de faire la même chose au même moment. Rechargez la page pour voir ce qui a été retenu.")))


def _database(error: SQLAlchemyError) -> Response:
    if is_away(error):
        log.error("database_away", error=str(error))
        return answer(Unavailable())
    if isinstance(error, DataError):
        log.warning("unstorable", error=str(error))
        return answer(Invalid(message=N_("Une de vos réponses est trop longue ou contient un caractère que nous ne pouvons pas garder.")))
    return _crash(error)


def _crash(error: Exception) -> Response:
    log.exception("crash", error=repr(error))
    detail = gettext(
        N_(
            "Une erreur de notre fait s’est produite. Rien n’a été enregistré à moitié. Réessayez ; "
            "si cela continue, prévenez la personne qui administre le service."
        )
    )
    return problem({"title": gettext(N_("Quelque chose s’est mal passé")), "status": 500, "detail": detail})
