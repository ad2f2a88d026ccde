"""A column among many values, in one bound value however many they are: the words of the statement stay the same, and no limit on the
number of parameters is met."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, Integer, any_, bindparam, func, select
from sqlalchemy.types import TypeEngine


def among(column: Any, name: str, dialect: Dialect, kind: TypeEngine[Any] | None = None) -> ColumnElement[bool]:
    """The condition that `column` is one of the values bound, as `bound` gives them, under `name`; `kind` is their type (integers)."""
    if dialect.name == "sqlite":
        listed = func.json_each(bindparam(name)).table_valued("value")
        return column.in_(select(listed.c.value))  # type: ignore[no-any-return]
    return column == any_(bindparam(name, type_=ARRAY(kind or Integer())))  # type: ignore[no-any-return]


def bound(values: Collection[Any], dialect: Dialect) -> Any:
    """What is bound for these values."""
    return json.dumps(sorted(values)) if dialect.name == "sqlite" else sorted(values)
