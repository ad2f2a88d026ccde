"""Forms: a marshmallow schema over what was typed, which is never lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from marshmallow.fields import List

from charter.errors import Invalid
from charter.i18n import lazy_gettext as _l
from workflows.base import N_

_UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # controls nobody types; PostgreSQL refuses the first
REQUIRED: dict[str, Any] = {"required": _l(N_("Cette réponse est nécessaire"))}
"""`error_messages` of a field that must be filled."""


class Form:
    """What a page's form shows and what it reads.

    `values` fill it at first; `read()` takes the request's fields through the schema. Templates use `value(name)`, `values(name)`,
    `errors(name)` and `all_errors` (name, label, message). Labels come from each field's `metadata={"label": …}`.
    """

    def __init__(self, schema: Schema, values: Mapping[str, Any] | None = None) -> None:
        self.schema = schema
        self._typed: dict[str, Any] = dict(values or {})
        self._errors: dict[str, list[str]] = {}
        self.data: dict[str, Any] = {}

    def read(self) -> bool:
        """Reads the request. True and `data` filled when all is well; else `errors` say what to mend."""
        raw: dict[str, Any] = {}
        for name, field in self.schema.fields.items():
            key = field.data_key or name
            if isinstance(field, List):
                raw[key] = [_UNWRITTEN.sub("", item) for item in request.form.getlist(key) if item != ""]
            elif key in request.form:
                raw[key] = _UNWRITTEN.sub("", request.form[key]).strip()
        self._typed = raw
        try:
            self.data = dict(self.schema.load({key: value for key, value in raw.items() if value != "" or self._accepts_empty(key)}))
        except ValidationError as error:
            self._add(error.messages_dict)
        return not self._errors

    def refuse(self, error: Invalid) -> None:
        """Takes over what a service found wrong."""
        self._add(error.fields or {"": [str(error.message)]})

    def value(self, name: str) -> Any:
        """What stands in the field: typed, or given at first."""
        value = self._typed.get(name, "")
        return "" if value is None else value

    def values(self, name: str) -> list[str]:
        """The same for a field with several answers."""
        value = self._typed.get(name) or []
        return [str(item) for item in (value if isinstance(value, (list, tuple)) else [value])]

    def errors(self, name: str) -> list[str]:
        """What is wrong with a field."""
        return self._errors.get(name, [])

    @property
    def all_errors(self) -> list[tuple[str, str, str]]:
        """(name, label, message) in the order of the schema."""
        order = {name: index for index, name in enumerate(self.schema.fields)}
        names = sorted(self._errors, key=lambda name: order.get(name, -1))
        return [(name, self.label(name), message) for name in names for message in self._errors[name]]

    def label(self, name: str) -> str:
        """The field's label."""
        field = self.schema.fields.get(name)
        return str(field.metadata.get("label", "")) if field is not None else ""

    def _accepts_empty(self, key: str) -> bool:
        field = self.schema.fields.get(key)
        return field is not None and bool(field.metadata.get("empty"))

    def _add(self, messages: Mapping[Any, Any]) -> None:
        for name, found in messages.items():
            self._errors.setdefault("" if name == "_schema" else str(name), []).extend(_flatten(found))


def _flatten(found: Any) -> list[str]:
    if isinstance(found, Mapping):
        return [text for item in found.values() for text in _flatten(item)]
    if isinstance(found, (list, tuple)):
        return [text for item in found for text in _flatten(item)]
    return [str(found)]
