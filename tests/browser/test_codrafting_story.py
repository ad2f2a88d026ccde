"""The whole co-drafting by four people of two parties: in the embedded mode, in the full mode, and once by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Running
from tests.browser.journey import by_keyboard, codrafting
from tests.browser.journey.installation import FullInstallation, full_mode
from tests.browser.journey.keyboard import Keyboard
from tests.browser.journey.table import Table
from tests.browser.test_drafting import two_people

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def full_site(built: None) -> Iterator[FullInstallation]:
    with full_mode() as made:
        yield made


def test_four_people_write_talk_amend_object_consent_and_adopt(running_app: Running, contexts: Contexts) -> None:
    tell(Table(running_app, contexts, look=True))


@pytest.mark.fullmode
@pytest.mark.real_mail
def test_the_same_story_where_each_may_be_served_by_another_process(full_site: FullInstallation, contexts: Contexts) -> None:
    tell(Table(full_site, contexts, look=False))


def tell(table: Table) -> None:
    """From a first word to the adopted charter."""
    codrafting.write_at_once(table)
    codrafting.talk(table)
    codrafting.amend(table)
    codrafting.object_in_a_round(table)
    codrafting.consent(table)
    codrafting.adopt(table)


def test_the_story_by_keyboard_alone(running_app: Running, page_as: Callable[..., Page]) -> None:
    path, lea, tom = two_people(running_app)
    hers, his = Keyboard(page_as(lea)), Keyboard(page_as(tom))
    for who in (hers, his):
        who.page.goto(f"{running_app.url}{path}")  # an address typed; nothing else is given
        by_keyboard.to_the_text(who)
    by_keyboard.write(hers, his.page)
    by_keyboard.comment(hers, his)
    by_keyboard.amend(his, hers)
    by_keyboard.object_in_a_round(hers, his)
    by_keyboard.consent(hers)
    by_keyboard.consent(his, by_keyboard.RESERVATION)
    by_keyboard.adopt(hers, his)
    for who in (hers, his):
        who.check_no_pointer()
