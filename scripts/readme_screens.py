"""The README's pictures, taken anew from the example alliances: `python -m scripts.readme_screens` writes docs/screens/*.png."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from charter.accounts import services as accounts
from charter.adapters.http.requests import SESSION_COOKIE
from charter.config import DEMONSTRATION_KEYS, Settings
from charter.signing import services as signing
from charter.story import agreeing, chapters, example
from charter.story.cast import ATELIERS, DEPARTEMENT, EMPLOI, MOBILITE, PASSERELLES, ROUTE, VIGIE, Side
from charter.story.telling import prepare
from charter.story.world import world
from scripts.steps import ROOT
from tests.browser.conftest import ARGUMENTS
from tests.browser.journey.installation import SECRET, Installation, embedded

FOLDER = ROOT / "docs" / "screens"
SIZE: ViewportSize = {"width": 1280, "height": 860}
MOST_BYTES = 200_000
COLOURS = 128
TO_SIGN = replace(MOBILITE, title="Le garage des possibles", sides=(ROUTE, ATELIERS, VIGIE))


def tell(directory: Path) -> str:
    """An installation with the example, and one more alliance whose documents wait for signatures. Returns that one's reference."""
    settings = Settings(data_dir=directory, database_url=f"sqlite:///{directory / 'charte.sqlite3'}", secret_key=SECRET, mailbox=True)
    demonstration = replace(settings, demonstration_keys=directory / DEMONSTRATION_KEYS)
    now = datetime.now(UTC)
    with world(demonstration, EMPLOI, now) as here:
        prepare(here)
    example.load(settings, print)
    with world(demonstration, TO_SIGN, now - timedelta(days=60)) as here:
        for step in (chapters.propose, chapters.begin_drafting, chapters.adopt, agreeing.agree_on_contract):
            step(here)
        with here.acting(here.cast.facilitator.email) as work:
            signing.send(work, signing.the_current(work, here.alliance(work)))
        return here.ref


def picture(name: str, page: Page) -> None:
    """Keeps what the window shows, in few colours. Raises ValueError when it is still too heavy for a README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    found.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size >= MOST_BYTES:
        raise ValueError(f"{path.name}: {path.stat().st_size} bytes")


def main() -> int:
    """Takes the four pictures."""
    with tempfile.TemporaryDirectory() as name:
        to_sign = tell(Path(name))  # before Playwright, whose event loop would keep seals from theirs
        with sync_playwright() as playwright, embedded(Path(name)) as site:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            _take(lambda side: _page_of(site, browser, side), site.url, to_sign)
            browser.close()
    return 0


def _page_of(site: Installation, browser: Browser, side: Side) -> Page:
    """A window where whoever speaks for that side is signed in."""
    with site.engine.work() as work:
        person = accounts.person_by_email(work, side.speaker.email)
        if person is None:
            raise LookupError(side.speaker.email)
        token = accounts.open_session(work, person)[0]
    context = browser.new_context(locale="fr-FR", viewport=SIZE, reduced_motion="reduce")
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])
    page = context.new_page()
    page.goto(site.url)
    return page


def _take(page_of: Callable[[Side], Page], url: str, to_sign: str) -> None:
    page = page_of(PASSERELLES)
    page.set_viewport_size({**SIZE, "height": 1240})
    picture("dashboard", page)
    page.set_viewport_size(SIZE)
    page.get_by_role("link", name=EMPLOI.title, exact=True).click()
    page.wait_for_url(re.compile(r"/alliances/[^/]+$"))
    alliance = page.url
    page.goto(f"{alliance}/charte")
    page.locator("h1").evaluate("heading => scrollTo(0, heading.getBoundingClientRect().top + scrollY - 24)")
    picture("board", page)
    _editor(page, page_of(DEPARTEMENT), alliance)
    _ceremony(page_of(ROUTE), f"{url}/alliances/{to_sign}/signature/ceremonie")


def _editor(hers: Page, other: Page, alliance: str) -> None:
    """Two people in the second article, each with a cursor; the picture is the second one's window."""
    article = "[data-article] .article-text"
    for page in (hers, other):
        page.goto(f"{alliance}/charte/texte")
        expect(page.locator("[data-editor-status]")).to_have_text("Connecté")
        page.locator("[data-article]").nth(1).scroll_into_view_if_needed()
        paragraphs = page.locator(article).nth(1).locator("p")
        (paragraphs.first if page is hers else paragraphs.last).click()
        page.keyboard.press("End")
    expect(other.locator(".remote-cursor .cursor-label")).to_be_visible()
    other.locator(article).nth(1).evaluate("text => scrollTo(0, text.getBoundingClientRect().top + scrollY - 320)")
    picture("editor", other)


def _ceremony(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Lisez ce que vous allez signer")
    picture("signing", page)


if __name__ == "__main__":
    sys.exit(main())
