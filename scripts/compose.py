"""Reads docker-compose.yml: which of our processes it starts, how many, with which command and settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scripts.steps import ROOT

IMAGE = "charte-du-faire-alliance"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True)
class Service:
    """A process of ours: `command` as written, `environment` with the operator's variables filled in."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def services(variables: Mapping[str, str], path: Path = ROOT / "docker-compose.yml") -> tuple[Service, ...]:
    """Every service of our image; one with replicas is there as name-1, name-2. Raises KeyError for a required variable not given."""
    found: list[Service] = []
    for name, service in yaml.safe_load(path.read_text())["services"].items():
        if service["image"] == IMAGE:
            found.extend(_copies(name, service, variables))
    return tuple(found)


def _copies(name: str, service: Mapping[str, Any], variables: Mapping[str, str]) -> list[Service]:
    replicas = service.get("deploy", {}).get("replicas", 1)
    environment = {key: fill(str(value), variables) for key, value in service["environment"].items()}
    names = [name] if replicas == 1 else [f"{name}-{number}" for number in range(1, replicas + 1)]
    return [Service(each, tuple(service["command"]), environment) for each in names]


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Fills `${NAME}`, `${NAME:-default}` and `${NAME:?needed}` as compose does. Raises KeyError for a needed one not given."""

    def value(match: re.Match[str]) -> str:
        given = variables.get(match["name"], "")
        if not given and match["kind"] == "?":
            raise KeyError(match["name"])
        return given or (match["rest"] if match["kind"] == "-" else "")

    return VARIABLE.sub(value, text)
