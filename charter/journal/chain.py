"""The chain's arithmetic, without any database: how a line is hashed, and how a whole journal is rechecked.

A line is a JSON object `{alliance, seq, type, actor, at, payload, previous, hash}`; `hash` is the SHA-256 (hex) of the RFC 8785
canonical JSON of the line without its `hash`. The first line's `previous` is 64 zeros.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from workflows.base import N_, Missing

ORIGIN = "0" * 64
KEYS = ("alliance", "seq", "type", "actor", "at", "payload", "previous")


def line_hash(line: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of `line` without its `hash`."""
    return hashlib.sha256(rfc8785.dumps({key: line[key] for key in KEYS})).hexdigest()


@dataclass(frozen=True)
class Report:
    """What a recheck found: how many lines held, the head's hash, and the first thing wrong (None when all holds)."""

    lines: int
    head: str
    problem: Missing | None = None

    @property
    def holds(self) -> bool:
        """True when every line follows from the one before and, if a head was expected, the end is the expected one."""
        return self.problem is None


def check(lines: Iterable[str], expected_head: str = "") -> Report:
    """Rechecks a journal given as JSON lines. With `expected_head` (printed in every sealed document), a truncation is seen too."""
    head, count, seen_expected = ORIGIN, 0, not expected_head
    for number, raw in enumerate(lines, start=1):
        problem, head = _check_line(raw, number, head)
        if problem:
            return Report(count, head, problem)
        count = number
        seen_expected = seen_expected or head == expected_head
    if count == 0:
        return Report(0, head, Missing(N_("Le journal est vide.")))
    if not seen_expected:
        return Report(
            count,
            head,
            Missing(
                N_("Le journal ne contient pas l’empreinte attendue %(head)s : il a été tronqué ou réécrit."),
                params={"head": expected_head},
            ),
        )
    return Report(count, head)


def _check_line(raw: str, number: int, previous: str) -> tuple[Missing | None, str]:
    try:
        line = json.loads(raw)
        intact = line["hash"] == line_hash(line)
    except (ValueError, KeyError, TypeError, rfc8785.CanonicalizationError):
        return Missing(N_("Ligne %(line)s : illisible."), params={"line": number}), previous
    if line["seq"] != number:
        return Missing(
            N_("Ligne %(line)s : numéro %(seq)s inattendu, une ligne manque ou a été déplacée."),
            params={"line": number, "seq": line["seq"]},
        ), previous
    if line["previous"] != previous:
        return Missing(N_("Ligne %(line)s : elle ne suit pas la précédente."), params={"line": number}), previous
    if not intact:
        return Missing(N_("Ligne %(line)s : son contenu a été modifié."), params={"line": number}), previous
    return None, line["hash"]
