"""French spacing: no-break spaces where a line must not end, narrow ones before ; ! ? and inside « ».

Presentation only: what is hashed and consented to is the text as typed.
"""

from __future__ import annotations

import re

NARROW, WIDE = "\u202f", "\u00a0"

_AFTER_A_NUMBER = "ans?|mois|jours?|h|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[ \u00a0]+([;!?])"), NARROW + r"\1"),
    (re.compile(r"[ \u00a0]+(:)(?=\s|$)"), WIDE + r"\1"),
    (re.compile(r"«[ \u00a0]*(?=\S)"), "«" + NARROW),
    (re.compile(r"(?<=\S)[ \u00a0]*»"), NARROW + "»"),
    (re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))"), NARROW),
    (re.compile(r"(?<=\d)[ \u00a0]+(?=[€%])"), NARROW),
    (re.compile(r"(?<![\w])(n°|art\.|M\.|Mme|p\.)[ ](?=\S)", re.IGNORECASE), r"\1" + WIDE),
    (re.compile(rf"(?<=\d) (?=(?:{_AFTER_A_NUMBER})\b)"), WIDE),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
)


def french(text: str) -> str:
    """`text` with French spaces and apostrophes; words and signs are untouched."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
