"""No page holds anything inline: the Content-Security-Policy would refuse it, and an injected script would look the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.adapters.http import access
from charter.alliances.models import Alliance
from charter.work import Engine
from tests import factories


class Inline(HTMLParser):
    """Finds what a strict policy would refuse: scripts, styles and handlers in the page, what runs or comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("type") or ""
        if tag == "style" or (tag == "script" and not given.get("src") and "json" not in kind):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value}>")
        if tag in {"script", "img", "link", "iframe"} and re.match(r"(https?:)?//", given.get("src") or given.get("href") or ""):
            self.found.append(f"<{tag}> from elsewhere")


def paths(app: Flask, ref: str) -> list[str]:
    """Every address that needs no more than the alliance's reference."""
    found = []
    with app.test_request_context():
        for route in app.url_map.iter_rules():
            if "GET" in (route.methods or ()) and route.arguments <= {"alliance_ref"} and route.endpoint not in access.FREE_ENDPOINTS:
                values = {"alliance_ref": ref} if route.arguments else {}
                found.append(str(app.url_map.bind("charte.test").build(route.endpoint, values)))
    return found


@pytest.fixture
def alliance(engine: Engine) -> Alliance:
    with engine.work() as work:
        return factories.alliance(work)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_has_anything_inline(app: Flask, alliance: Alliance, signed_in: Callable[[Person], FlaskClient]) -> None:
    wrong, seen = [], 0
    for browser in (signed_in(factories.speaker(alliance.parties[0])), app.test_client()):
        for path in paths(app, alliance.ref):
            answer = browser.get(path)
            assert answer.status_code < 500, path
            if answer.mimetype == "text/html":
                seen += 1
                reader = Inline()
                reader.feed(answer.text)
                wrong += [f"{path}: {what}" for what in reader.found]
    assert wrong == []
    assert seen > 20


def test_the_parser_of_this_test_sees() -> None:
    reader = Inline()
    reader.feed('<p style="x" onclick="y"><script>1</script><a href="javascript:z"><img src="//a.test/i.png"><style></style>')
    assert len(reader.found) == 6
