"""Alembic's environment: the URL comes from the caller (`charte db upgrade`), the metadata from the rooms."""

from typing import Any

from alembic import context
from sqlalchemy import JSON

from charter.adapters.db import Base, Database
from charter.rooms import load_models

load_models()


def render_item(type_: str, obj: Any, autogen: Any) -> str | bool:
    """Our own column types are written as plain SQLAlchemy ones: a migration must not change when our code does."""
    if type_ == "type":
        if isinstance(obj, JSON):
            autogen.imports.add("from sqlalchemy.dialects import postgresql")
            return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
        name = type(obj).__name__
        if name == "UtcDateTime":
            return "sa.DateTime(timezone=True)"
        if name == "StrEnumType":
            return "sa.String(length=32)"
    return False


def run() -> None:
    """Runs on the connection handed in `config.attributes`, or on the URL of `config`."""
    config = context.config
    connection = config.attributes.get("connection")
    if connection is not None:
        _on(connection)
        return
    with Database(config.get_main_option("sqlalchemy.url") or "").engine.connect() as opened:
        _on(opened)
        opened.commit()


def _on(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
