"""Facts of texts brought in from a file."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class TextImported(Event, type="text.imported"):
    """The text's articles became those of a file. ``kept``: the version that holds the state before; ``articles``: the ids of the articles
    after; ``removed``: those taken out."""

    text: str
    kept: str
    articles: tuple[str, ...]
    removed: tuple[str, ...]
