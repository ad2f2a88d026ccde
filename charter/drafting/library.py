"""Optional articles: texts of ours for what many alliances come to want and not all need (`templates/documents/charter_library`).

Like the template's, they are proposals: the parties change what they like, and nothing shows them as official.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from charter.drafting.markdown import SourceError, parse_source
from charter.drafting.template import ArticleTemplate, read_article

LIBRARY_DIRECTORY = Path(__file__).resolve().parents[2] / "templates" / "documents" / "charter_library"


@dataclass(frozen=True, slots=True)
class OptionalArticle:
    """An article one may add. `when`: one sentence that says in which alliances it is worth having."""

    article: ArticleTemplate
    when: str
    when_en: str

    @property
    def key(self) -> str:
        """The word it is chosen by."""
        return self.article.key


def read_optional(name: str, text: str) -> OptionalArticle:
    """Parse one file. Raises SourceError."""
    meta = parse_source(name, text).meta
    when, when_en = meta.get("when"), meta.get("when_en")
    if not (isinstance(when, str) and when.strip() and isinstance(when_en, str) and when_en.strip()):
        raise SourceError(f"{name}: says not when it is of use")
    return OptionalArticle(read_article(name, text), when.strip(), when_en.strip())


def load_library(directory: Path = LIBRARY_DIRECTORY) -> tuple[OptionalArticle, ...]:
    """Every optional article, in the order of the file names. Raises SourceError on a repeated key."""
    found = tuple(read_optional(path.name, path.read_text("utf-8")) for path in sorted(directory.glob("*.md")))
    if not found or len({one.key for one in found}) != len(found):
        raise SourceError(f"{directory}: no article, or a repeated key")
    return found


@lru_cache
def library() -> tuple[OptionalArticle, ...]:
    """The library, read once."""
    return load_library()
