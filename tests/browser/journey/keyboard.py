"""A person who has no mouse: Tab, arrows, Enter, shortcuts. What these cannot reach in a bounded number of keys fails."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import caret_rests

MOST = 120
"""Tab stops one may have to go through; the pages of the charter have a few dozen."""
LAST = 30


class Keyboard:
    """Somebody's page, used by keyboard alone. `tabs` counts how often Tab was pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tabs = 0
        self._pointed: list[str] = []
        page.context.expose_function("pointed", lambda where: self._pointed.append(where))
        page.context.add_init_script("addEventListener('pointerdown', (event) => window.pointed(location.pathname), true)")

    def check_no_pointer(self) -> None:
        """Fails when anything was pressed with a pointer since the pages opened."""
        assert self._pointed == []

    def named(self, role: str, name: str | re.Pattern[str]) -> Locator:
        """What assistive technology calls by that role and name."""
        return self.page.get_by_role(role, name=name)  # type: ignore[arg-type]

    def reach(self, role: str, name: str | re.Pattern[str], *, back: bool = False) -> Locator:
        """Tab until the element of that role and name has the focus."""
        target = self.named(role, name)
        self._tab_to(target, name, back=back)
        return target

    def act(self, role: str, name: str | re.Pattern[str], *, back: bool = False) -> None:
        """Enter on that element; the page stays."""
        self.reach(role, name, back=back)
        self.page.keyboard.press("Enter")

    def go(self, role: str, name: str | re.Pattern[str]) -> None:
        """Enter on that link or button, which leads to another page."""
        self.reach(role, name)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")

    def act_on_summary(self, words: str) -> None:
        """Unfolds what is under those words; a summary has no role to be asked by."""
        summary = self.page.locator("summary").filter(has_text=re.compile(f"^{words}$"))
        self._tab_to(summary.first, words)
        self.page.keyboard.press("Enter")

    def reach_in_toolbar(self, name: str) -> None:
        """Arrows in the toolbar that has the focus, until that button has it."""
        button = self.page.get_by_role("toolbar").get_by_role("button", name=name)
        for _ in range(LAST):
            if self._focused(button):
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"no way by arrows to « {name} »")

    def choose(self, name: str) -> None:
        """One of a group of radios: Tab enters the group, Space ticks where one arrives, arrows go on from there."""
        wanted = self.page.get_by_role("radio", name=name, exact=True)
        for _ in range(MOST):
            if self.page.locator("input[type=radio]:focus").count():
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(wanted.locator("xpath=ancestor::fieldset").get_by_role("radio").count()):
            if self._focused(wanted):
                break
            self.page.keyboard.press("ArrowDown")
        expect(wanted).to_be_focused()
        expect(wanted).to_be_checked()

    def press(self, *keys: str) -> None:
        """Keys in a text one writes, each after the caret has come to rest."""
        for key in keys:
            self.page.keyboard.press(key)
            caret_rests(self.page)

    def type(self, words: str) -> None:
        """Words where the focus is."""
        self.page.keyboard.type(words)

    def _tab_to(self, target: Locator, name: str | re.Pattern[str], *, back: bool = False) -> None:
        past: list[str] = []
        expect(target.first).to_be_visible()
        for _ in range(MOST):
            if self._focused(target):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            self.tabs += 1
            past.append(self._where())
        raise AssertionError(f"{self.page.url}: no way by keyboard to « {name} », only to {past[-LAST:]}")

    def _focused(self, target: Locator) -> bool:
        return target.and_(self.page.locator(":focus")).count() == 1

    def _where(self) -> str:
        return str(self.page.evaluate("(document.activeElement.ariaLabel || document.activeElement.textContent).trim().slice(0, 40)"))
