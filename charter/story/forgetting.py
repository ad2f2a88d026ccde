"""Forgetting an example whose telling was cut short, with every row that hangs from it, so that it can be told again from the start."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Table, delete, select, update

from charter.adapters.db import Base
from charter.alliances.models import Alliance, Organisation, Party
from charter.story.cast import Cast
from charter.work import Work


def forget_unfinished(work: Work, cast: Cast) -> int:
    """Removes the alliances of that title, proposed by that fictional organisation, that were never marked as told. Returns how many.

    Its SIREN is nobody's, so no real alliance is ever meant. People and organisations stay: they are found again by address and number.
    """
    first = cast.sides[0].organisation
    query = select(Alliance.id).join(Party, Party.alliance_id == Alliance.id).join(Organisation)
    found = set(
        work.session.scalars(query.where(Alliance.title == cast.title, Alliance.example.is_(False), Organisation.siren == first.siren))
    )
    if found:
        _remove(work, found)
    return len(found)


def _remove(work: Work, alliances: set[int]) -> None:
    """Deletes the alliances and all that refers to them, directly or through another row; those pointed at go last."""
    doomed: dict[Table, set[int]] = defaultdict(set, {Base.metadata.tables[Alliance.__tablename__]: alliances})
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.c]
    while _spread(work, doomed, tables):
        pass
    for table in reversed(tables):
        for column in table.c:
            if column.nullable and column.foreign_keys and doomed[table]:  # a row may point at one of its own kind, or in a circle
                work.session.execute(update(table).where(table.c.id.in_(doomed[table])).values({column.name: None}))
    for table in Base.metadata.tables.values():
        if "id" not in table.c:  # named after the row it tells of
            for key in table.foreign_keys:
                work.session.execute(delete(table).where(key.parent.in_(doomed[key.column.table])))
    for table in reversed(tables):
        if doomed[table]:
            work.session.execute(delete(table).where(table.c.id.in_(doomed[table])))
    work.session.expire_all()


def _spread(work: Work, doomed: dict[Table, set[int]], tables: list[Table]) -> bool:
    """Adds the rows that refer to those already doomed. True while there were any."""
    before = sum(len(ids) for ids in doomed.values())
    for table in tables:
        for column in table.c:
            for key in column.foreign_keys:
                if doomed[key.column.table]:
                    doomed[table].update(work.session.scalars(select(table.c.id).where(column.in_(doomed[key.column.table]))))
        if "alliance_id" in table.c and not table.c.alliance_id.foreign_keys:
            alliances = doomed[Base.metadata.tables[Alliance.__tablename__]]
            doomed[table].update(work.session.scalars(select(table.c.id).where(table.c.alliance_id.in_(alliances))))
    return sum(len(ids) for ids in doomed.values()) > before
