"""The page of the editor, its static files and its tokens, under the product's content security policy."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

ROOT = Path(__file__).parents[3]
BUILD = ROOT / "charter/static/build"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Charte</title><link rel="stylesheet" href="/build/main.css"><script src="/build/editor.js" type="module"></script></head>
<body><main class="page" id="contenu"><h1>Charte de l’alliance pour les haies</h1>{% include "pages/drafting/_editor.html" %}
<p><a href="#contenu">Haut de page</a></p></main></body></html>"""

Answer = tuple[int, str, bytes]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=select_autoescape(default=True), extensions=["jinja2.ext.i18n"]
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment


def page(text: str, articles: list[dict[str, Any]], who: str) -> Answer:
    """The page as `who` gets it: the articles as static HTML first."""
    shown = [{**article, "html": Markup("<p>{}</p>").format(article["text"])} for article in articles]
    editor = {"live_url": f"/live/{text}", "token_url": f"/token?as={who}", "articles": shown}
    html = _environment().from_string(PAGE).render(editor=editor)
    return 200, "text/html; charset=utf-8", html.encode()


def built(name: str) -> Answer:
    """A built file, by its logical name or by the hashed one."""
    manifest = json.loads((BUILD / "manifest.json").read_text())
    path = BUILD / manifest.get(name, name)
    if not path.is_file():
        return 404, "text/plain", b""
    return 200, mimetypes.guess_type(path.name)[0] or "font/woff2", path.read_bytes()


def application(text: str, articles: list[dict[str, Any]], token: Callable[[str], str | None], live: Any) -> Any:
    """ASGI: the page on `/texte?as=…`, `/token?as=…` (403 when `token` gives None), `/build/…`, and `live` on `/live/…`."""

    def answer(path: str, query: Mapping[str, list[str]]) -> Answer:
        who = query.get("as", [""])[0]
        if path == "/texte":
            return page(text, articles, who)
        if path.startswith("/build/"):
            return built(path.removeprefix("/build/"))
        signed = token(who) if path == "/token" else None
        status = 200 if signed else 403 if path == "/token" else 404
        return status, "application/json", json.dumps({"token": signed}).encode()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":  # websocket and lifespan
            await live(scope, receive, send)
            return
        status, kind, body = answer(scope["path"], parse_qs(scope["query_string"].decode()))
        headers = [(b"content-type", kind.encode()), (b"content-security-policy", POLICY.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
