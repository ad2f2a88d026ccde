"""A charter as Markdown: a front matter that says what it is, then one second-rank title an article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from charter.drafting.files.charter import ExportedArticle, ExportedCharter
from charter.drafting.files.tidy import line, tidy
from charter.drafting.markdown_out import to_markdown

_FENCE = "---"


def to_md(charter: ExportedCharter) -> bytes:
    """The file's bytes, UTF-8."""
    return ("\n\n".join(_parts(charter)) + "\n").encode()


def _parts(charter: ExportedCharter) -> Iterator[str]:
    yield "\n".join(_front_matter(charter))
    yield f"# {_title(charter.title)}"
    if charter.draft:
        yield f"> **{_title(charter.words.draft)}** {_title(charter.state)}"
    for article in charter.articles:
        yield f"## {_title(charter.heading(article))}"
        # Footnotes are the whole document's: each article names its own.
        if body := to_markdown(tidy(article.nodes), notes=f"{article.number}-").strip("\n"):
            yield body
        yield from _reservations(charter, article)


def _front_matter(charter: ExportedCharter) -> Iterator[str]:
    """YAML, whose strings may be written as JSON."""
    facts: dict[str, object] = {
        "title": charter.title,
        "lang": "fr-FR",
        "status": charter.words.draft if charter.draft else charter.state,
        "state": charter.state,
        "reference": charter.reference,
        "version": charter.version,
        "parties": [name for name, _ in charter.parties],
        "articles_sha256": [article.sha256 for article in charter.articles],
    }
    if charter.sha256:
        facts["sha256"] = charter.sha256
    yield _FENCE
    for name, value in facts.items():
        yield f"{name}: {json.dumps(value, ensure_ascii=False)}"
    yield _FENCE


def _reservations(charter: ExportedCharter, article: ExportedArticle) -> Iterator[str]:
    for party, reason in article.reservations:
        yield f"> **{_title(charter.words.reservation)} {_title(party)} :** {_title(reason)}"


def _title(words: str) -> str:
    """Words on one line, with nothing a parser would take for Markdown."""
    written = to_markdown([{"type": "paragraph", "content": [{"type": "text", "text": line(words)}]}]).strip("\n") if line(words) else ""
    return re.sub(r"(?<=\s)(#+)$", r"\\\1", written)
