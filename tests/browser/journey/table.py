"""Four people of two parties around one text, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import BrowserContext, Locator, Page, expect

from charter.accounts import services as accounts
from charter.accounts.models import Person
from charter.adapters.http.requests import SESSION_COOKIE
from charter.alliances.models import Party
from charter.alliances.services import enrol
from charter.work import Engine, Work
from tests import factories
from tests.browser.conftest import assert_accessible, shoot
from tests.browser.journey.charter import article
from tests.charter.drafting import factories as made
from workflows.roles import Role

ARTICLES = 3


class Site(Protocol):
    """An installation: where it answers, and an engine on its database."""

    @property
    def url(self) -> str: ...
    @property
    def engine(self) -> Engine: ...


@dataclass
class Seat:
    """Somebody at work: the text open in one window, the other pages in a second one."""

    name: str
    party: str
    text: Page
    desk: Page


class Table:
    """Two parties, each with someone who speaks for it (Léa, Tom) and a drafter (Marc, Ana). `look`: ask axe about pages, keep pictures."""

    def __init__(self, site: Site, contexts: Callable[..., BrowserContext], *, look: bool) -> None:
        self.site, self.look = site, look
        with site.engine.work() as work:
            alliance = made.drafting(work, articles=ARTICLES)
            self.address = f"{site.url}/alliances/{alliance.ref}/charte"
            first, second = alliance.parties
            sides = (*_members(work, first, "Léa Martin", "Marc Petit"), *_members(work, second, "Tom Nguyen", "Ana Costa"))
            known = [(one.name, party.name, accounts.open_session(work, one)[0]) for one, party in sides]
        self.seats = [self._sit([contexts(name), contexts(name)], name, party, cookie) for name, party, cookie in known]
        self.lea, self.marc, self.tom, self.ana = self.seats

    def _sit(self, windows: list[BrowserContext], name: str, party: str, cookie: str) -> Seat:
        """Two windows rather than two tabs: a browser slows down a tab nobody looks at."""
        for window in windows:
            window.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": self.site.url}])
        seat = Seat(name, party, *(window.new_page() for window in windows))
        seat.text.goto(f"{self.address}/texte")
        expect(status(seat.text)).to_have_text("Connecté")
        return seat

    def at_desk(self, seat: Seat, path: str = "") -> Page:
        """That person's second window, opened on a page of the charter."""
        seat.desk.goto(f"{self.address}{path}")
        return seat.desk

    def texts(self) -> Iterator[Page]:
        """The four screens, one after the other."""
        for seat in self.seats:
            yield seat.text

    def seen(self, page: Page, name: str) -> None:
        """The page as it stands: nothing for axe to say, nothing wider than the screen."""
        if self.look:
            assert_accessible(page)
            shoot(page, f"codrafting-{name}")


def _members(work: Work, party: Party, speaker: str, drafter: str) -> list[tuple[Person, Party]]:
    """A party's two people: who speaks for it, and who writes only."""
    party.members[0].roles = [Role.referent.value, Role.signatory.value]
    voice, hand = factories.speaker(party), factories.person(work, drafter)
    voice.name = speaker
    enrol(work, party, hand, [Role.drafter.value])
    return [(voice, party), (hand, party)]


def status(page: Page) -> Locator:
    """What the text says of its connection."""
    return page.locator("[data-editor-status]")


def saved(page: Page) -> None:
    """Waits until all that was typed here is acknowledged."""
    expect(status(page)).to_contain_text("Enregistré")


def words(page: Page, number: int) -> list[str]:
    """The paragraphs of an article, without the carets of the others."""
    return [one.replace("\u2060", "") for one in article(page, number).locator("> *").all_text_contents()]


def on_each_screen(table: Table, number: int, *sentences: str) -> None:
    """Each sentence is a paragraph of the article, once, whole; the four screens show the same words."""
    for page in table.texts():
        for sentence in sentences:
            expect(article(page, number)).to_contain_text(sentence)
    first, *others = [words(page, number) for page in table.texts()]
    assert [first.count(sentence) for sentence in sentences] == [1] * len(sentences), first
    assert others == [first] * len(others)
