"""Writing, reading and rechecking an alliance's journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from charter.adapters.db import JsonDict
from charter.journal.chain import ORIGIN, Report, check, line_hash
from charter.journal.models import Fact
from charter.work import Work, journal_actor
from workflows.events import Event


def record(work: Work, alliance_id: int, event: Event) -> Fact:
    """Appends `event` to the alliance's chain.

    The caller holds the alliance's lock (`alliances.services.hold`); were two writers to forget it, the unique key on
    (alliance, sequence) lets one through only.
    """
    last, now = head(work, alliance_id), work.now()  # one instant: what is hashed is what is stored
    line: JsonDict = {
        "alliance": alliance_id,
        "seq": last.seq + 1 if last else 1,
        "type": event.type,
        "actor": journal_actor(work.actor),
        "at": _instant(now),
        "payload": event.payload(),
        "previous": last.hash if last else ORIGIN,
    }
    fact = Fact(
        alliance_id=alliance_id,
        seq=line["seq"],
        type=event.type,
        actor=line["actor"],
        at=now,
        payload=line["payload"],
        previous=line["previous"],
        hash=line_hash(line),
    )
    return work.add(fact)


def head(work: Work, alliance_id: int) -> Fact | None:
    """The last fact of the alliance, or None for an empty journal."""
    return work.session.scalar(select(Fact).where(Fact.alliance_id == alliance_id).order_by(Fact.seq.desc()).limit(1))


def facts(work: Work, alliance_id: int, *, after: int = 0, limit: int | None = None, newest_first: bool = False) -> list[Fact]:
    """Facts in order (or newest first), from sequence `after` + 1."""
    order = Fact.seq.desc() if newest_first else Fact.seq
    return list(work.session.scalars(select(Fact).where(Fact.alliance_id == alliance_id, Fact.seq > after).order_by(order).limit(limit)))


def lines(work: Work, alliance_id: int, *, until: datetime | None = None) -> Iterator[str]:
    """The journal as JSON lines, as `charte journal check` reads them; stops at the first fact after `until`."""
    for fact in facts(work, alliance_id):
        if until is not None and fact.at > until:
            return
        yield json.dumps(as_line(fact), ensure_ascii=False, sort_keys=True)


def as_line(fact: Fact) -> dict[str, Any]:
    """A fact as the line that was hashed, with its hash."""
    return {
        "alliance": fact.alliance_id,
        "seq": fact.seq,
        "type": fact.type,
        "actor": fact.actor,
        "at": _instant(fact.at),
        "payload": fact.payload,
        "previous": fact.previous,
        "hash": fact.hash,
    }


def recheck(work: Work, alliance_id: int, expected_head: str = "") -> Report:
    """Rechecks the stored chain."""
    return check(lines(work, alliance_id), expected_head)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
