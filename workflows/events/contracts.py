"""Facts of the contract."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class ContractAssembled(Event, type="contract.assembled"):
    contract: str
    version: int
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContractRenderRequested(Event, type="contract.render_requested"):
    """``input_sha256``: of all the rendering reads."""

    contract: str
    input_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ContractRendered(Event, type="contract.rendered"):
    """``documents``: the SHA-256 of each file made."""

    contract: str
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContractRenderFailed(Event, type="contract.render_failed"):
    contract: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContractFrozen(Event, type="contract.frozen"):
    contract: str
    version: int
    documents: tuple[str, ...]
