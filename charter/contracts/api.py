"""The contract over the API: the same services as the pages. Bearer tokens; refusals as problem+json."""

from __future__ import annotations

from typing import Any

from flask import make_response
from flask_smorest import Blueprint
from werkzeug.wrappers import Response

from charter.adapters.http import current_work, inside, standing
from charter.contracts import services
from charter.contracts.models import Contract, Document
from charter.contracts.schemas import (
    ContractAnswersIn,
    ContractDeliberationIn,
    ContractDocumentOut,
    ContractOut,
    ContractTextOut,
    RenderingOut,
    failure_view,
    missing_view,
    progress_view,
)
from charter.errors import Forbidden, NotFound
from workflows.base import N_

api = Blueprint(
    "api_contracts", __name__, url_prefix="/api/v1/alliances/<alliance_ref>/contract", description="Contracts: answers, documents, freezing"
)


@api.get("")
@api.response(200, ContractOut)
@inside("alliance.see")
def contract(alliance_ref: str) -> dict[str, Any]:
    """The current version, its questions, what is missing before it can be frozen."""
    return _contract(_current())


@api.patch("/answers")
@api.arguments(ContractAnswersIn)
@api.response(200, ContractOut)
@inside("contract.edit")
def set_answers(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """Answers questions asked of one's own party; documents laid out before are withdrawn when an answer changes them."""
    current = _current()
    party = standing().party
    if party is None:
        raise Forbidden(N_("Un tiers de confiance ne répond pas à la place des parties."))
    return _contract(services.set_parameters(current_work(), current, party, data["answers"]))


@api.put("/deliberation")
@api.arguments(ContractDeliberationIn)
@api.response(200, ContractOut)
@inside("contract.edit")
def set_deliberation(data: dict[str, Any], alliance_ref: str) -> dict[str, Any]:
    """The decision that allows one's own public body to sign."""
    services.set_deliberation(current_work(), standing().party, data["number"], data["date"])
    return _contract(_current())


@api.get("/text")
@api.response(200, ContractTextOut)
@inside("alliance.see")
def text(alliance_ref: str) -> Any:
    """The contract's text as it stands, in French, the language it is signed in."""
    return services.draft_of(current_work(), _current()).text


@api.post("/rendering")
@api.response(202, RenderingOut)
@inside("contract.render")
def request_render(alliance_ref: str) -> dict[str, Any]:
    """Asks for the documents; poll `GET …/rendering`."""
    return _rendering(services.request_render(current_work(), _current()))


@api.get("/rendering")
@api.response(200, RenderingOut)
@inside("alliance.see")
def rendering(alliance_ref: str) -> dict[str, Any]:
    """Where the rendering stands."""
    return _rendering(_current())


@api.post("/freeze")
@api.response(200, ContractOut)
@inside("contract.freeze")
def freeze(alliance_ref: str) -> dict[str, Any]:
    """Locks the documents as they stand; the alliance moves to the signature."""
    return _contract(services.freeze(current_work(), _current()))


@api.get("/documents")
@api.response(200, ContractDocumentOut(many=True))
@inside("alliance.see", parties=("accepted", "left"))
def documents(alliance_ref: str) -> list[Document]:
    """The charter and the contract as laid out; empty before. Those who left are given what was frozen before."""
    found = next((one for one in services.contracts_of(current_work(), standing().alliance) if standing().may_read(one.frozen_at)), None)
    return list(found.documents) if found else []


@api.get("/documents/<document_ref>")
@api.response(200, content_type="application/pdf")
@inside("alliance.see", parties=("accepted", "left"))
def document(alliance_ref: str, document_ref: str) -> Response:
    """A document's PDF."""
    found = services.document_of(current_work(), standing().alliance, document_ref)
    if not standing().may_read(found.contract.frozen_at):
        raise NotFound
    response = make_response(services.bytes_of(current_work(), found))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _current() -> Contract:
    return services.contract_of(current_work(), standing().alliance)


def _contract(current: Contract) -> dict[str, Any]:
    draft = services.draft_of(current_work(), current)
    return {
        "ref": current.ref,
        "version": current.version,
        "status": current.status.value,
        "charter": current.text_ref,
        "current": services.is_current(current, draft),
        "missing": missing_view(services.freezing(draft)),
        "questions": draft.questions,
        "documents": current.documents,
        "failure": failure_view(current),
        "frozen_at": current.frozen_at,
    }


def _rendering(current: Contract) -> dict[str, Any]:
    return {
        "status": current.status.value,
        "attempt": current.attempt,
        "progress": progress_view(current, services.progress_of(current_work(), current)),
        "failure": failure_view(current),
        "documents": current.documents,
    }
