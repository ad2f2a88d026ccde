"""The glossary: pairs of words, and the page of the docs that shows them."""

from __future__ import annotations

from pathlib import Path

from charter.alliances.glossary import BY_KEY, TERMS, as_markdown

PAGE = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"


def test_each_word_once_with_one_line_each() -> None:
    assert len(BY_KEY) == len({term.term for term in TERMS}) == len(TERMS)
    for term in TERMS:
        for language in ("fr", "en"):
            word, definition = term.said(language)
            assert word and definition.endswith(".") and "\n" not in definition and len(definition) < 160


def test_the_page_is_in_step() -> None:
    assert as_markdown() in PAGE.read_text("utf-8")
