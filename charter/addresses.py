"""Addresses as settings give them, checked. Each raises ValueError naming the variable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared with, not listened on
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f.:]+")


def own(host: str, port: int) -> str:
    """Where a process that listens there is reached from its own machine."""
    name = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def web(name: str, given: str) -> str:
    """A whole http(s) address, without the slash that ends it."""
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{name} must be a whole address, as in https://charte.example.org, not {given!r}")
    return given.rstrip("/")


def tsa(given: str) -> str:
    """May carry an account (`user:password@`), which is why it is not repeated when refused."""
    parts = urlsplit(given)
    if given and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("TSA_URL must be a whole address, as in https://tsa.example.org/tsr")
    return given


def hosts(name: str, given: Sequence[str]) -> frozenset[str]:
    """Names or addresses of hosts, without scheme, port or path."""
    found = [one.strip().strip("[]").lower() for one in given if one.strip()]
    for one in found:
        if not HOST.fullmatch(one):
            raise ValueError(f"{name} must be names or addresses of hosts, commas between, as in pki.example.org, not {one!r}")
    return frozenset(found)
