"""Two people of two parties at work on a text, and what they see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from charter.accounts.models import Person
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content, moving
from charter.drafting.models import Article
from tests import factories
from tests.browser.conftest import Running, caret_rests
from tests.charter.drafting import factories as made

Open = Callable[..., Page]
FIRST = "Nous plantons des haies. Chaque hiver, nous nous retrouvons."


class Scene:
    """An alliance of two people in two parties, at work on two articles, the first with known words."""

    def __init__(self, app: Running, articles: int = 2) -> None:
        self.app = app
        with app.engine.work() as work:
            alliance = made.drafting(work, articles=articles)
            text = made.charter(work, alliance)
            self.lea, self.tom = (factories.speaker(party) for party in alliance.parties)
            self.lea.name, self.tom.name = "Léa Martin", "Tom Nguyen"
            self.path, self.text_ref = f"/alliances/{alliance.ref}/charte", text.ref
            self.id = alliance.id
            self.refs = [one.ref for one in text.present_articles]
            made.rewrite(work, text.present_articles[0], FIRST)

    def words(self, ref: str) -> str:
        """What is stored of an article."""
        with self.app.engine.work(write=False) as work:
            article = work.session.scalars(select(Article).where(Article.ref == ref)).one()
            return "|".join(moving.plain(moving.lifted(child)) for child in content.tree(work.session, article).children)

    def act(self, change: Callable[[Any, Any], Any]) -> None:
        """Somebody else's request changes the text; the live server is told."""
        with self.app.engine.work() as work:
            change(work, services.charter_of(work, work.get(Alliance, self.id)))


@pytest.fixture
def scene(running_app: Running) -> Scene:
    return Scene(running_app)


def opened(page_as: Open, scene: Scene, person: Person, **options: Any) -> Page:
    page = page_as(person, f"{scene.path}/texte", **options)
    expect(page.locator("[data-editor-status]")).to_have_text("Connecté")
    expect(page.locator(f"#editor-{scene.refs[0]}")).to_be_visible()
    return page


def caret(page: Page, ref: str, key: str, steps: int = 0) -> None:
    """The caret at the start or the end of an article, then some steps further."""
    page.locator(f"#editor-{ref}").focus()
    page.keyboard.press(key)
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    caret_rests(page)


def saved(page: Page) -> None:
    expect(page.locator("[data-editor-status]")).to_contain_text("Enregistré à")


def titles(page: Page) -> Any:
    return page.locator("section.article [data-article-title]")
