"""An installation that has data is brought up to date without losing a row, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, MetaData, Table, func, insert, select, text

from charter.adapters import migrations
from charter.adapters.db import Database

FIRST = "0001"
SAMPLES: tuple[tuple[type, Any], ...] = (
    (JSON, {}),
    (Boolean, False),
    (DateTime, datetime(2026, 3, 2, tzinfo=UTC)),
    (Date, date(2026, 3, 2)),
    (Integer, 1),
    (Float, 1.0),
    (LargeBinary, b"x"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'charte.sqlite3'}"
    return str(request.getfixturevalue("new_postgres_database")())


def test_every_row_of_the_first_release_is_kept(url: str) -> None:
    database = Database(url)
    migrations.upgrade(database, FIRST)
    with database.writing() as connection:
        tables = MetaData()
        tables.reflect(connection)
        planted = plant(connection, tables)
        connection.commit()
    migrations.upgrade(database)
    assert migrations.differences(database) == []
    with database.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        counted = {name: connection.scalar(select(func.count()).select_from(tables.tables[name])) for name in planted}
        assert counted == dict.fromkeys(planted, 1)
        assert connection.scalar(select(tables.tables["signatories"].c.rank)) == 1
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    database.dispose()


def plant(connection: Connection, tables: MetaData) -> list[str]:
    """One row in each table, in an order in which what it points at is there; the tables' names."""
    names = []
    for table in tables.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(insert(table).values(row(table)))
            names.append(table.name)
    return names


def row(table: Table) -> dict[str, Any]:
    return {column.name: 1 if column.foreign_keys else sample(column.type) for column in table.columns if not column.nullable}


def sample(kind: Any) -> Any:
    return next((value for known, value in SAMPLES if isinstance(kind, known)), "x")
