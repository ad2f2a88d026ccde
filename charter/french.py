"""What French does to « de », « à » and « que » before a name: d’Amina, des Jardins du Coteau, au Relais, qu’Élise.

A sentence is written once, `l’avis de %(party)s`, and names come later: whatever they begin with, the sentence is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_LINK = re.compile(r"\b([Dd]e|[Qq]ue|[Àà]) %\((\w+)\)s")
_CONTRACTED = {"de le": "du", "de les": "des", "à le": "au", "à les": "aux"}  # french: the grammar itself
_ARTICLE = re.compile(r"(les?)\s+(?=\S)", re.IGNORECASE)
_ELIDED = re.compile(
    r"(?!onz|oui\b|uhlan)(?:[aeiouàâäéèêëîïôöùûüœæ]|yv"
    r"|h(?:abit|adrien|ector|él[eoè]|elene|enri|erm|erv|ilaire|ippo|istoi|onor|[ôo]pi|oriz|ort|ospi|ubert|ugo|ugu|uma|yacin))",  # h is mute
    re.IGNORECASE,
)
_OF_PEOPLE = frozenset({"name", "names", "holder", "signer", "asker", "person", "approver"})
"""Placeholders that hold people: « Le Goff » is no « Goff »."""


def linked(text: str, params: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """`text` and `params`, each « de », « à » or « que » right before a placeholder brought into agreement with what will stand there."""
    given = dict(params)
    for link, key in _links(text):
        if key not in given:
            continue
        written = f"{link} %({key})s"
        said, name = _joined(link, str(given[key]), article=key not in _OF_PEOPLE)
        slot = f"{key}:{link}"
        text, given[slot] = text.replace(written, f"{said}%({slot})s"), name
    return text, given


@lru_cache
def _links(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((one[1], one[2]) for one in _LINK.finditer(text)))


def _joined(link: str, name: str, *, article: bool) -> tuple[str, str]:
    """What stands before the name, its space in it, and what is left of the name."""
    found = _ARTICLE.match(name) if article else None
    contracted = _CONTRACTED.get(f"{link} {found[1]}".lower()) if found else None
    if found and contracted:
        return (contracted.capitalize() if link[0].isupper() else contracted) + " ", name[found.end() :]
    if link.lower() != "à" and _ELIDED.match(name):
        return link[:-1] + "’", name
    return link + " ", name
