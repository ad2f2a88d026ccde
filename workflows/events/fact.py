"""The root of the facts, and the register of their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

EVENTS: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Root of the facts; each has a ``type`` written ``subject.verb``."""

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str) -> None:
        if type in EVENTS:
            raise ValueError(f"two events are called {type}")
        cls.type = type
        EVENTS[type] = cls

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values: tuples become lists."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def from_payload(type: str, payload: Mapping[str, Any]) -> Event:
    """The event a journal row tells. Fields unknown today are left out, so that old rows stay readable.

    :raises KeyError: no event has this type.
    """
    cls = EVENTS[type]
    known = {field.name for field in fields(cls)}
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in payload.items() if key in known})
