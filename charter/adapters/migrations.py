"""Alembic, met here: bring a database up to date, and tell whether the migrations match the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import autogenerate, command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from charter.adapters.db import Base, Database
from charter.config import ROOT

LOCK = 4_172_026


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, on `connection` when one is given."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def upgrade(database: Database, revision: str = "head") -> None:
    """Upgrades to `revision`. Several processes may try at once: one works, the others wait.

    Raises RuntimeError, changing nothing, when rows would be left pointing at none (SQLite, which is asked only once all is done).
    """
    with database.engine.connect().execution_options(immediate=True) as connection, _tables_may_be_made_again(connection):
        wait_for_turn(connection)
        command.upgrade(config(connection), revision)
        if connection.dialect.name == "sqlite" and (lost := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(f"rows that point at none: {sorted({row[0] for row in lost})}")
        connection.commit()


@contextmanager
def _tables_may_be_made_again(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it again: dropping the former one must not look like deleting what others point at. Its keys are
    let go outside any transaction, as it asks, and held again after."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def wait_for_turn(connection: Connection) -> None:
    """Holds, until the transaction ends, the lock of whoever prepares the database. On SQLite `BEGIN IMMEDIATE` is that lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def current(database: Database) -> str | None:
    """The revision the database is at, None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def latest() -> str | None:
    """The newest revision in the tree."""
    return ScriptDirectory.from_config(config()).get_current_head()


def differences(database: Database) -> list[Any]:
    """What a new migration would have to do: empty when migrations and models agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "render_as_batch": True})
        return list(autogenerate.compare_metadata(context, Base.metadata))


def write(database: Database, message: str) -> None:
    """Writes a new revision from what the models have and the database lacks."""
    with database.engine.connect() as connection:
        command.revision(config(connection), message, autogenerate=True)
