"""A verification as plain data, and back: what travels between processes and what the cache holds, told again later in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from charter.adapters.signer.checks import ArchiveCheck, SignatureCheck
from charter.adapters.signer.troubles import Trouble
from charter.adapters.signer.verification import Verdict, Verification
from workflows.base import Missing

TIMES = frozenset({"time", "until", "revoked"})


def plain(found: Verification) -> dict[str, Any]:
    """As a JSON object."""
    return {
        "verdict": found.verdict.value,
        "sha256": found.sha256,
        "full": found.full,
        "reasons": [{"text": one.text, "params": dict(one.params)} for one in found.reasons],
        "signatures": [_check(one) for one in found.signatures],
        "archives": [_check(one) for one in found.archives],
        "empty_fields": list(found.empty_fields),
        "states": list(found.states),
    }


def read(kept: Mapping[str, Any]) -> Verification:
    """From what `plain` made."""
    return Verification(
        verdict=Verdict(kept["verdict"]),
        reasons=tuple(Missing(one["text"], params=one["params"]) for one in kept["reasons"]),
        sha256=kept["sha256"],
        full=kept["full"],
        signatures=tuple(_signature(one) for one in kept["signatures"]),
        archives=tuple(ArchiveCheck(**_timed(one)) for one in kept["archives"]),
        empty_fields=tuple(kept["empty_fields"]),
        states=tuple(kept.get("states", ())),
    )


def _signature(kept: Mapping[str, Any]) -> SignatureCheck:
    return SignatureCheck(**{**_timed(kept), "trouble": Trouble(kept.get("trouble", ""))})


def _check(check: SignatureCheck | ArchiveCheck) -> dict[str, Any]:
    held = {part.name: getattr(check, part.name) for part in fields(check)}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in held.items()}


def _timed(check: Mapping[str, Any]) -> dict[str, Any]:
    return {key: datetime.fromisoformat(value) if key in TIMES and value else value for key, value in check.items()}
