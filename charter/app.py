"""The Flask application: wiring, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, request
from flask_smorest import Api

from charter import i18n, rooms
from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters import outbox, queue
from charter.adapters.http import access, problems, render, requests, security
from charter.adapters.http.schemas import ProblemOut
from charter.alliances import services as alliances
from charter.alliances import wording
from charter.config import STATIC, TEMPLATES, Settings
from charter.dashboard import situation
from charter.signing import readiness
from charter.work import Engine, Work

log = structlog.get_logger()

API = {
    "API_TITLE": "Charte du faire alliance",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    },
}


def make_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The web application of `settings`: pages, `/api/v1`, `/healthz`, `/readyz`."""
    engine = engine or Engine(settings)
    app = Flask("charter", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(API, TESTING=settings.testing, TEMPLATES_AUTO_RELOAD=settings.testing)
    ticks = rooms.load_tasks()
    celery = queue.make_queue(engine, ticks)
    outbox.nudge_through(queue.nudger(celery))
    security.install(app, settings)
    security.receive_first(app)
    requests.install(app, engine, requests.Hooks(_by_session, accounts.bearer, alliances.standing, wording.latest))
    access.install(app)
    security.protect_forms(app)  # once the language is chosen and the visitor let in: its refusal is then said to somebody
    render.install(app)
    _register_rooms(app)
    problems.install(app)  # after flask-smorest, whose own answers it replaces
    _probes(app, engine, celery)
    app.context_processor(lambda: _context(settings))
    return app


def _by_session(work: Work, token: str) -> Person | None:
    session = accounts.session_of(work, token)
    if session is None:
        return None
    if accounts.is_stale(work, session):
        if request.method in requests.READING:
            with requests.engine().work() as aside:  # a page that reads opens no writing transaction of its own
                accounts.touch(aside, session.id)
        else:  # on SQLite, one set aside would wait for the request's own
            accounts.touch(work, session.id)
    return session.person


def _register_rooms(app: Flask) -> None:
    for module in rooms.modules("pages"):
        for blueprint in module.BLUEPRINTS:
            app.register_blueprint(blueprint)
    api = Api()
    api.ERROR_SCHEMA = ProblemOut
    api.init_app(app)
    for module in rooms.modules("api"):
        api.register_blueprint(module.api)


def _context(settings: Settings) -> dict[str, Any]:
    """What every page knows besides its own data."""
    visitor = None if g.get("broken") else requests.me()
    context: dict[str, Any] = {
        "me": {"name": visitor.display_name, "initials": visitor.initials, "email": visitor.email, "is_operator": visitor.is_operator}
        if visitor
        else None,
        "locale": i18n.locale(),
        "languages": i18n.LANGUAGE_NAMES,
        "mailbox_url": "/boite-aux-lettres" if settings.mailbox else "",
    }
    if visitor is not None and not g.get("refused"):
        context.update(situation.for_page())
    return context


def _probes(app: Flask, engine: Engine, celery: Any) -> None:
    checks: dict[str, Callable[[], None]] = {
        "database": lambda: engine.database.ping(),
        "broker": lambda: queue.ping(celery),
        "storage": lambda: engine.storage.ping(),
    }

    @app.get("/healthz")
    @access.public
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    @access.public
    def readyz() -> tuple[Response, int]:
        found = {name: _try(name, check) for name, check in checks.items()}
        ready = all(state == "ok" for state in found.values())
        signing = readiness.of(engine) if ready else None
        told = {"signing": signing} if signing else {}
        return jsonify(status="ok" if ready else "unavailable", checks=found, **told), 200 if ready else 503


def _try(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        log.warning("not_ready", check=name, error=repr(error))
        return "away"
    return "ok"
