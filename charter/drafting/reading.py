"""An article as it is read: the alliance's defined words underlined, each a step away from its definition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.work import Work

_TAG = re.compile(r"<[^>]*>")
_LINK = Markup('<a class="term" href="#mot-{0}" data-term="{0}" aria-describedby="mot-{0}">{1}</a>')
_SPACE = r"[\s\u00a0\u202f]+"

Term = Mapping[str, Any]
"""`ref`, `term`, `definition`."""


def pattern(terms: Sequence[Term]) -> re.Pattern[str]:
    """Finds any of the words: whole, in any case, in the plural, with either apostrophe; the longest where several could be.
    `assets/editor/terms.ts` finds the same."""
    longest = sorted((str(one["term"]) for one in terms), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(f"({_loose(one)})" for one in longest) + r")(?!\w)", re.IGNORECASE)


def _loose(term: str) -> str:
    words = (re.escape(word).replace("'", "['’]").replace("’", "['’]") for word in term.split())
    return _SPACE.join(f"{word}(?:s|x)?" for word in words)


def terms_of(work: Work, alliance: Alliance, at: datetime | None = None) -> list[Term]:
    """The words the alliance defines now, or defined at `at`."""
    return [{"ref": one.ref, "term": one.term, "definition": one.definition} for one in services.terms(work, alliance, at)]


def read(article: Mapping[str, Any], terms: Sequence[Term]) -> dict[str, Any]:
    """An article to read: its `html` with its defined words, which are in `words`."""
    html, used = with_terms(article["html"], terms)
    return {**article, "html": html, "words": sorted(used, key=lambda one: str(one["term"]).casefold())}


def with_terms(html: Markup, terms: Sequence[Term]) -> tuple[Markup, list[Term]]:
    """The article's HTML with a link on the first use of each word to `#mot-<ref>`, and the words it uses. Links keep their words as
    they are."""
    if not terms:
        return html, []
    ordered = sorted(terms, key=lambda one: len(str(one["term"])), reverse=True)
    finder, inside, end = pattern(terms), 0, 0
    used: list[Term] = []
    made = Markup("")
    # Slices of safe markup are safe markup.
    for tag in _TAG.finditer(html):
        between = html[end : tag.start()]
        made += (between if inside else _marked(between, finder, ordered, used)) + html[tag.start() : tag.end()]
        inside += tag.group().startswith("<a ") - (tag.group() == "</a>")
        end = tag.end()
    return made + html[end:], used


def _marked(piece: Markup, finder: re.Pattern[str], ordered: Sequence[Term], used: list[Term]) -> Markup:
    text, made, end = piece.unescape(), Markup(""), 0
    for match in finder.finditer(text):
        term = ordered[(match.lastindex or 1) - 1]
        if term in used:
            continue
        used.append(term)
        made += escape(text[end : match.start()]) + _LINK.format(term["ref"], match.group())
        end = match.end()
    return made + escape(text[end:])
