"""What an article's editor shows, and what is stored of it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import caret_rests
from tests.browser.editor.served import Served


def keys(page: Page, *pressed: str) -> None:
    """One after the other, as fast as a person would."""
    for key in pressed:
        page.keyboard.press(key)
        caret_rests(page)


def cells(page: Page, ref: str = "art1") -> list[list[str]]:
    """The table of an article, row by row."""
    # The cursors of others are drawn with word joiners, which are nobody's words.
    rows = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.replace(/[\\u2060\\s]+/g, ' ').trim()))"
    found: list[list[str]] = page.locator(f"#editor-{ref} tr").evaluate_all(rows)
    return found


def kinds(served: Served, ref: str = "art1") -> list[str]:
    """The blocks of an article as stored."""
    return [node["type"] for node in served.nodes(ref)]


def words(node: dict[str, Any]) -> str:
    """All the text under a node."""
    return str(node.get("text", "")) + "".join(map(words, node.get("content", ())))


def grid(table: dict[str, Any]) -> list[list[str]]:
    """A stored table's words."""
    return [[words(cell) for cell in row["content"]] for row in table["content"]]
