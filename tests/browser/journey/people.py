"""Who travels, and how: browsers of their own, their mails, what is looked at on each page."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from charter.story.cast import EMPLOI, Character, Side
from tests.browser.conftest import assert_accessible, shoot
from tests.browser.journey.installation import Installation
from tests.processes import wait_until

ASSOCIATION, COMPANY, DEPARTMENT = EMPLOI.sides
FACILITATOR = EMPLOI.facilitator
MAIL_SECONDS = 90


class Journey:
    """One alliance on its way. `look`: ask axe about each page seen, and keep its pictures."""

    def __init__(self, site: Installation, contexts: Callable[..., BrowserContext], *, look: bool) -> None:
        self.site, self.contexts, self.look = site, contexts, look
        self.pages: dict[str, Page] = {}
        self.ref = ""
        self._box: dict[str, EmailMessage] = {}
        self._read: set[str] = set()

    @property
    def address(self) -> str:
        """The alliance's address."""
        return f"{self.site.url}/alliances/{self.ref}"

    def page(self, who: Character | Side) -> Page:
        """That person's page (a side's: of whoever speaks for it)."""
        return self.pages[(who.speaker if isinstance(who, Side) else who).email]

    def go(self, who: Character | Side, path: str) -> Page:
        """That person's page, opened on an address inside the alliance."""
        page = self.page(who)
        page.goto(f"{self.address}{path}")
        return page

    def seen(self, page: Page, name: str) -> None:
        """The page as it stands: a heading, nothing for axe to say, pictures at both widths, no sideways scrolling."""
        expect(page.locator("h1").first).to_be_visible()
        if self.look:
            assert_accessible(page)
            shoot(page, f"journey-{name}")

    def to_do(self, who: Character | Side, words: str, name: str = "") -> Page:
        """The dashboard tells that person what to do; opened from there."""
        page = self.page(who)
        page.goto(self.site.url)
        items = page.get_by_role("region", name="À faire")
        told = page.get_by_role("main").inner_text()
        expect(items, told).to_contain_text(words)
        if name:
            self.seen(page, f"dashboard-{name}")
        items.get_by_role("link").filter(has_text=words).first.click()
        page.wait_for_url(lambda url: url.rstrip("/") != self.site.url)
        return page

    def browser(self, who: str) -> Page:
        """A browser where nobody is signed in."""
        return self.contexts(who).new_page()

    def sign_in(self, who: Character, link: str = "") -> Page:
        """Signs in with a link received by mail: the one given, or one asked for."""
        page = self.pages[who.email] = self.browser(who.name)
        if not link:
            page.goto(f"{self.site.url}/connexion")
            page.get_by_label("Votre adresse électronique").fill(who.email)
            press(page, "Recevoir mon lien")
            link = self.link(self.mail(who.email, "Votre lien de connexion"), "/connexion/")
        page.goto(link)
        press(page, "Ouvrir mon espace")
        return page

    def mail(self, to: str, subject: str) -> EmailMessage:
        """The next mail to that address whose subject holds these words, once it has come; each is given once."""
        found: list[str] = []

        def arrived() -> bool:
            found.extend(key for key, one in self._received().items() if key not in self._read and _is(one, to, subject))
            return bool(found)

        wait_until(arrived, f"a mail « {subject} » to {to}", MAIL_SECONDS)
        self._read.add(found[0])
        return self._box[found[0]]

    def mails(self, subject: str) -> list[EmailMessage]:
        """Every mail received so far whose subject holds these words."""
        return [one for one in self._received().values() if subject in str(one["Subject"])]

    def link(self, mail: EmailMessage, path: str) -> str:
        """The first address of this installation in the mail that holds `path`."""
        found = re.search(rf"{re.escape(self.site.url)}\S*{re.escape(path)}\S*", words(mail))
        assert found, words(mail)
        return found[0]

    def _received(self) -> dict[str, EmailMessage]:
        for path in sorted(self.site.mailbox.glob("*.eml")):
            if path.stem not in self._box:
                self._box[path.stem] = message_from_bytes(path.read_bytes(), policy=policy.default)
        return self._box


def press(page: Page, name: str | re.Pattern[str], within: Any = None) -> None:
    """Presses a button that leads to another page (or to the same one, refused), and waits for it."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        (within or page.get_by_role("main")).get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follows a link."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("main").get_by_role("link", name=name).first.click()


def words(mail: EmailMessage) -> str:
    """The text of a mail."""
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def _is(mail: EmailMessage, to: str, subject: str) -> bool:
    return to in str(mail["To"]) and subject in str(mail["Subject"])
