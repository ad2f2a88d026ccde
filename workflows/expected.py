"""One thing awaited of somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Expected:
    """One thing awaited.

    ``order`` tells it to who must do it (imperative), ``wait`` to the others; French msgids sharing ``params``.
    ``party``: the one awaited, None for whoever moves the alliance on (leading party or facilitator). ``person``: the only one
    who can, when it is so. ``people``: the only ones of the party who can, when not all its members may. ``action``: key of
    ``roles.MAY``; empty when nobody acts and ``who`` (application, calendar) will.
    """

    action: str
    order: str
    wait: str
    endpoint: str
    url: Mapping[str, str]
    party: str | None = None
    person: str | None = None
    who: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    due: date | None = None
    people: frozenset[str] = frozenset()
