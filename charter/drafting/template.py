"""The template from which a charter starts: our own ten articles, each with its help.

The parties may change, remove or add any article: the template invites, it does not bind. It is a text of this
product and of nobody else; it is never shown as an official document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from charter.drafting.markdown import Node, Source, SourceError, fill, parse_source

TEMPLATE_DIRECTORY = Path(__file__).resolve().parents[2] / "templates" / "documents" / "charter_template"
TEMPLATE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class PartyInCharter:
    """What the template says of a party. `contribution` is its own sentence, or empty."""

    name: str
    kind: str = ""
    contribution: str = ""


@dataclass(frozen=True, slots=True)
class AllianceInCharter:
    """What the template says of the alliance. Empty strings show as words to complete."""

    title: str
    need: str = ""
    territory: str = ""


@dataclass(frozen=True, slots=True)
class CharterFacts:
    """Everything a placeholder may name. `facilitator` is the name of the « tiers de confiance », or empty."""

    alliance: AllianceInCharter
    parties: tuple[PartyInCharter, ...]
    facilitator: str = ""


@dataclass(frozen=True, slots=True)
class ArticleTemplate:
    """One article: `guidance` are questions the authors ask themselves, `why` one sentence of help."""

    key: str
    title: str
    title_en: str
    why: str
    why_en: str
    guidance: tuple[str, ...]
    guidance_en: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class FilledArticle:
    """An article ready to enter a text: `content` are ProseMirror nodes."""

    key: str
    title: str
    content: tuple[Node, ...]


def read_article(name: str, text: str) -> ArticleTemplate:
    """Parse one file. Raises `SourceError` when a field is missing or is not text."""
    source = parse_source(name, text)
    meta = source.meta
    try:
        words = {field: _words(meta[field]) for field in ("key", "title", "title_en", "why", "why_en")}
        questions = {field: tuple(_words(item) for item in meta[field]) for field in ("guidance", "guidance_en")}
    except (KeyError, TypeError) as error:
        raise SourceError(f"{name}: missing or wrong field {error}") from error
    return ArticleTemplate(
        key=words["key"],
        title=words["title"],
        title_en=words["title_en"],
        why=words["why"],
        why_en=words["why_en"],
        guidance=questions["guidance"],
        guidance_en=questions["guidance_en"],
        source=source,
    )


def load_template(directory: Path = TEMPLATE_DIRECTORY) -> tuple[ArticleTemplate, ...]:
    """Every article, in the order of the file names. Raises `SourceError` on a repeated key or an empty directory."""
    articles = tuple(read_article(path.name, path.read_text("utf-8")) for path in sorted(directory.glob("*.md")))
    if not articles or len({article.key for article in articles}) != len(articles):
        raise SourceError(f"{directory}: no article, or a repeated key")
    return articles


def fill_article(article: ArticleTemplate, facts: CharterFacts) -> FilledArticle:
    """The article with the alliance's own words in it. Pure: same facts, same nodes."""
    context = {"alliance": facts.alliance, "parties": facts.parties, "facilitator": facts.facilitator}
    return FilledArticle(key=article.key, title=article.title, content=tuple(fill(article.source, context)))


def fill_template(articles: Sequence[ArticleTemplate], facts: CharterFacts) -> tuple[FilledArticle, ...]:
    """Every article filled, in order."""
    return tuple(fill_article(article, facts) for article in articles)


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("expected words")
    return value.strip()
