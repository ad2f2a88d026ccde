"""Messages of the provider: whose they are, and whether they were heard already. A message is only a reason to look (looking.py)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from charter.errors import Forbidden
from charter.signing.provider.models import ProviderEvent, ProviderRequest
from charter.signing.provider.services import nudge
from charter.work import Work
from workflows.base import N_

log = structlog.get_logger()

HEADER = "X-Yousign-Signature-256"
PREFIX = "sha256="
HEARD, KNOWN, IGNORED = "heard", "known", "ignored"


def check(secret: str, body: bytes, signature: str) -> None:
    """Raises Forbidden unless `signature` is the HMAC-SHA-256 of the very bytes received, under the secret shared with the provider."""
    expected = PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.strip().encode("utf-8", "replace")):
        raise Forbidden(N_("Ce message ne porte pas la signature attendue."))


def hear(work: Work, body: bytes) -> str:
    """Takes a message whose signature was checked; says whether it was heard, known already, or ignored (unreadable, not of ours)."""
    told = _read(body)
    event_id, name, request_id = _text(told, "event_id"), _text(told, "event_name"), _request_id(told)
    if not event_id or not request_id:
        log.info("provider_message_ignored", message=name, reason="no ids")
        return IGNORED
    if not _first(work, event_id, name, request_id):
        return KNOWN
    row = work.session.scalar(select(ProviderRequest).where(ProviderRequest.request_id == request_id))
    if row is None:
        log.info("provider_message_ignored", message=name, request=request_id, reason="unknown request")
        return IGNORED
    if row.closed_at is None:
        nudge(work, row, f"event:{event_id}")
    return HEARD


def _first(work: Work, event_id: str, name: str, request_id: str) -> bool:
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"event_id": event_id, "name": name, "request_id": request_id, "at": work.now()}
    statement = dialect.insert(ProviderEvent).values(values).on_conflict_do_nothing().returning(ProviderEvent.id)
    return work.session.execute(statement).scalar_one_or_none() is not None


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _request_id(told: dict[str, Any]) -> str:
    """Messages about a signer carry the request beside the signer."""
    data = told.get("data")
    if not isinstance(data, dict):
        return ""
    request, signer = data.get("signature_request"), data.get("signer")
    found = _text(request, "id") if isinstance(request, dict) else ""
    return found or (_text(signer, "signature_request_id") if isinstance(signer, dict) else "")


def _text(told: Any, name: str) -> str:
    found = told.get(name) if isinstance(told, dict) else None
    short = isinstance(found, str) and 0 < len(found) <= 64 and found.isprintable()
    return str(found) if short else ""
