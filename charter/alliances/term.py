"""One word of the product, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the product. `key` is the word used in code."""

    key: str
    term: str
    definition: str
    term_en: str
    definition_en: str

    def said(self, language: str) -> tuple[str, str]:
        """Term and definition in `language` ("fr" or "en")."""
        return (self.term_en, self.definition_en) if language == "en" else (self.term, self.definition)
