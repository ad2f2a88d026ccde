"""The look keeps its promises: no accessibility violation, nothing wider than a phone, nothing the content policy would block."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.style_guide import BUILD, ROOT, pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BUILD / "manifest.json").exists(), reason="assets are not built (npm run build)"),
]
PATHS = ["/guide", "/question", "/question-wrong", *(f"/errors/{code}" for code in (400, 403, 404, 409, 410, 422, 429, 500, 503))]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    made = pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in made:
                return self.answer(made[self.path].encode(), "text/html; charset=utf-8")
            file = BUILD / self.path.removeprefix("/static/")
            if file.is_file():
                return self.answer(file.read_bytes(), TYPES[file.suffix])
            return self.send_error(404)

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if self.path != "/mail":
                self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(chromium: Browser, url: str, *, width: int = 1280, scheme: Any = "light", bypass: bool = False) -> tuple[Page, list[str]]:
    """The page, and what its console complained of. `bypass` lets axe in past the content policy."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=bypass)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url, wait_until="load")
    return page, complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_accessibility_violation(site: str, chromium: Browser, width: int, scheme: str) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    everywhere = (width, scheme) in ((390, "light"), (1280, "dark"))  # the two others differ by nothing error pages have
    for path in PATHS if everywhere else PATHS[:3]:
        page, _ = opened(chromium, site + path, width=width, scheme=scheme, bypass=True)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        page.close()
        said = [(v["id"], n["target"], n["failureSummary"]) for v in found for n in v["nodes"]]
        assert not said, f"{path} at {width} px, {scheme}: {json.dumps(said, ensure_ascii=False, indent=1)}"


def test_nothing_is_blocked_by_the_content_policy(site: str, chromium: Browser) -> None:
    for path in PATHS:
        page, complaints = opened(chromium, site + path)
        page.close()
        assert not complaints, path


def test_a_phone_never_scrolls_sideways(site: str, chromium: Browser) -> None:
    for path in [*PATHS, "/mail"]:
        page, _ = opened(chromium, site + path, width=390)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.close()


def test_what_one_presses_is_44_pixels_high(site: str, chromium: Browser) -> None:
    pressed = ".button, .header__nav a, .footer__links a, .tabs a, .choice label, .stage a, .menu summary, input.input, select, .back a"
    measure = """(all) => all.filter(e => e.offsetParent).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5)"""
    for path in ("/guide", "/question"):
        page, _ = opened(chromium, site + path, width=390)
        assert page.eval_on_selector_all(pressed, measure) == [], path
        page.close()


def test_focus_goes_to_the_error_summary_then_to_the_field(site: str, chromium: Browser) -> None:
    page, _ = opened(chromium, f"{site}/question-wrong")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.get_by_role("link", name="il manque l’arobase").click()
    assert page.evaluate("document.activeElement.id") == "f-email"
    assert page.locator("#f-email").get_attribute("aria-invalid") == "true"
    assert page.locator("#f-title").input_value() == "Mobilité <douce>"
    page.close()


def test_a_form_is_sent_once(site: str, chromium: Browser) -> None:
    page, _ = opened(chromium, f"{site}/question")
    page.evaluate("window.sent = 0; addEventListener('submit', (e) => { window.sent += !e.defaultPrevented; e.preventDefault() })")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Continuer").click()
    assert page.evaluate("window.sent") == 1
    assert page.locator("main form").get_attribute("aria-busy") == "true"
    page.close()


def test_a_dialog_opens_and_gives_the_focus_back(site: str, chromium: Browser) -> None:
    page, _ = opened(chromium, f"{site}/guide")
    page.get_by_role("link", name="Ouvrir la boîte").click()
    assert page.locator("#boite").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#boite").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Ouvrir la boîte"
    page.close()


def test_the_first_page_weighs_less_than_100_kb_besides_fonts() -> None:
    manifest = json.loads((BUILD / "manifest.json").read_text())
    parts = [(BUILD / manifest[name]).read_bytes() for name in ("main.css", "app.js", "favicon.svg")] + [pages()["/guide"].encode()]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000


def test_fonts_are_four_at_most_and_write_the_names_of_europe() -> None:
    from fontTools.ttLib import TTFont

    fonts = sorted(Path(BUILD / "fonts").glob("*.woff2"))
    assert 0 < len(fonts) <= 4
    for font in fonts:
        assert {ord(letter) for letter in "Łódź Zoë œuvre Ÿ ẽ « » – — … ’ € №"} <= set(TTFont(font).getBestCmap()), font.name
