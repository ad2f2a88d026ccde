"""Pages and partial pages: Jinja with plain data only."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from flask import Flask, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from charter import i18n
from charter.adapters.db import Base
from charter.adapters.http.requests import engine
from charter.config import STATIC

HASHED = re.compile(r"/static/build/.+\.[0-9a-f]{10}\.\w+$")


def page(template: str, status: int = 200, **data: Any) -> Response:
    """The page `templates/pages/<template>` with `data`, which holds no ORM object (TypeError while testing)."""
    if engine().settings.testing:
        _refuse_rows(data)
    response = make_response(render_template(f"pages/{template}", **data), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    return response


def partial(template: str, status: int = 200, **data: Any) -> Response:
    """The same for a fragment asked for by htmx."""
    return page(template, status, **data)


def wants_partial() -> bool:
    """True when htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


@lru_cache
def _manifest(_stamp: float) -> dict[str, str]:
    return dict(json.loads((STATIC / "build" / "manifest.json").read_text()))


def asset(name: str) -> str:
    """The address of a built asset, with its content hash."""
    path = STATIC / "build" / "manifest.json"
    built = _manifest(path.stat().st_mtime).get(name, name) if path.exists() else name
    return url_for("static", filename=f"build/{built}")


def _keep_for_long(response: Response) -> Response:
    if response.status_code in {200, 206, 304} and HASHED.match(request.path):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def install(app: Flask) -> None:
    """Globals and filters every template may use; built assets, whose name changes with their content, are kept for a year."""
    app.after_request(_keep_for_long)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda s: i18n.gettext(s), lambda s, p, n: i18n.ngettext(s, p, n), newstyle=False
    )
    app.jinja_env.globals.update(asset=asset, _=i18n.gettext, ngettext=i18n.ngettext, say=i18n.say)
    app.jinja_env.filters.update(
        day=i18n.format_day,
        date=i18n.format_date,
        moment=i18n.format_datetime,
        time=i18n.format_time,
        money=i18n.format_money,
        number=i18n.format_number,
        relative_day=lambda value: i18n.format_relative(value, engine().clock.now()),
        words=lambda values: i18n.enumerate_words([str(value) for value in values]),
    )


def _refuse_rows(value: Any, path: str = "") -> None:
    if isinstance(value, Base):
        raise TypeError(f"templates get plain data, not {type(value).__name__} ({path})")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_rows(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _refuse_rows(item, f"{path}[{index}]")
