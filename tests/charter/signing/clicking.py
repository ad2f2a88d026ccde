"""People at the last step of their ceremony, each in a browser of their own, who all click at the same instant."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape

import httpx

from charter.adapters.http.requests import SESSION_COOKIE
from charter.signing.models import Envelope
from charter.work import Engine
from tests.charter.signing import crowd

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class Opened:
    """A browser where the page that signs is shown: what its form would send, and where."""

    browser: httpx.Client
    path: str
    form: dict[str, str]

    def click(self) -> int:
        """Signs; the status answered."""
        try:
            return self.browser.post(self.path, data=self.form).status_code
        finally:
            self.browser.close()


def opened(urls: Sequence[str], engine: Engine, envelope_id: int) -> list[Opened]:
    """Everybody has identified themselves and sees the page that signs, in turn on each of the web processes."""
    tokens = [token for _, token in crowd.identified(engine, envelope_id)]
    with engine.work(write=False) as work:
        path = f"/alliances/{work.get(Envelope, envelope_id).alliance.ref}/signature/ceremonie/signer"
    with ThreadPoolExecutor(2 * len(urls)) as pool:
        return list(pool.map(lambda number: _open(urls[number % len(urls)], path, tokens[number]), range(len(tokens))))


def _open(url: str, path: str, token: str) -> Opened:
    browser = httpx.Client(base_url=url, cookies={SESSION_COOKIE: token}, timeout=120)
    shown = browser.get(path)
    assert shown.status_code == 200, (shown.status_code, shown.headers.get("location"))
    form = shown.text[shown.text.index('class="ceremony-act"') :]
    return Opened(browser, path, {unescape(name): unescape(value) for name, value in HIDDEN.findall(form)} | {"agreed": "true"})


def click_together(people: Sequence[Opened]) -> None:
    """Everybody clicks at the same instant; all are answered that their word is kept."""
    gate = threading.Barrier(len(people))

    def click(one: Opened) -> int:
        gate.wait()
        return one.click()

    with ThreadPoolExecutor(len(people)) as pool:
        assert Counter(pool.map(click, people)) == {302: len(people)}
