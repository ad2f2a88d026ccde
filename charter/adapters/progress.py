"""How far a long rendering is, noted now and then while it goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from charter.work import Engine, Work

EVERY_PAGES = 5


def paced(engine: Engine, note: Callable[[Work, str, int], None]) -> Callable[[str, int], None]:
    """A function(stage, page) calling `note` at each stage and every few pages, each in a short transaction; one that fails is lost."""
    last = [("", 0)]

    def tell(stage: str, page: int) -> None:
        before, at = last[0]
        if stage == before and page < at + EVERY_PAGES:
            return
        last[0] = (stage, page)
        with contextlib.suppress(DBAPIError), engine.work() as work:
            note(work, stage, page)

    return tell
