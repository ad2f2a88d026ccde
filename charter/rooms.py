"""The rooms, in the order a later one may know an earlier one, and how the wiring finds what each offers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from charter.work import Work

ROOMS = (
    "accounts",
    "alliances",
    "proposals",
    "drafting",
    "contracts",
    "signing",
    "signing.provider",
    "evaluation",
    "registry",
    "dashboard",
)

Tick = Callable[[Work], None]


def modules(name: str) -> Iterator[ModuleType]:
    """`charter.<room>.<name>` for each room that has one."""
    for room in ROOMS:
        if find_spec(f"charter.{room}.{name}"):
            yield importlib.import_module(f"charter.{room}.{name}")


def load_models() -> None:
    """Imports every model, so that the metadata is whole."""
    for name in ("charter.adapters.outbox", "charter.journal.models"):
        importlib.import_module(name)
    for _module in modules("models"):
        pass
    for extra in ("charter.alliances.territories", "charter.drafting.live.models"):
        if find_spec(extra):
            importlib.import_module(extra)


def load_tasks() -> tuple[Tick, ...]:
    """Imports every room's tasks (outbox handlers, mail builders, followers) and returns what the clockwork runs each minute."""
    load_models()
    found: list[Any] = [tick for module in modules("tasks") for tick in getattr(module, "TICKS", ())]
    return tuple(found)
