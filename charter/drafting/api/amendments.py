"""Amendments over HTTP."""

from __future__ import annotations

from typing import Any

from charter.adapters.http import current_work, inside, me, standing
from charter.drafting import services
from charter.drafting.api.blueprint import api, text_here
from charter.drafting.models import Amendment, Position, Remark
from charter.drafting.schemas.amendments import (
    AmendmentDetail,
    AmendmentIn,
    AmendmentView,
    PositionIn,
    PositionView,
    RefusalIn,
    RemarkIn,
    RemarkView,
)
from charter.drafting.shown import missing
from workflows.amendments import AmendmentKind

ONE = "/texts/<text_ref>/amendments/<amendment_ref>"


@api.get("/texts/<text_ref>/amendments")
@api.response(200, AmendmentView(many=True))
@inside("alliance.see")
def amendments(alliance_ref: str, text_ref: str) -> list[Amendment]:
    """The amendments of a text, open ones first."""
    return services.amendments(current_work(), text_here(text_ref))


@api.post("/texts/<text_ref>/amendments")
@api.arguments(AmendmentIn)
@api.response(201, AmendmentView)
@inside("amendment.propose")
def propose_amendment(data: dict[str, Any], alliance_ref: str, text_ref: str) -> Amendment:
    """Proposes an amendment in the name of the caller's party."""
    work, text = current_work(), text_here(text_ref)
    article = services.article_of(work, text, data["article"]) if data["article"] else None
    insertion = data["kind"] == AmendmentKind.insertion
    return services.propose_amendment(
        work,
        text if insertion or article is None else article,
        me(),
        standing().party,
        data["kind"],
        title=data["title"],
        nodes=data["nodes"],
        after=article if insertion else None,
        reason=data["reason"],
        replaces=services.amendment_of(work, text, data["replaces"]) if data["replaces"] else None,
    )


@api.get(ONE)
@api.response(200, AmendmentDetail)
@inside("alliance.see")
def amendment(alliance_ref: str, text_ref: str, amendment_ref: str) -> dict[str, Any]:
    """One amendment, what parties say of it, and what is missing before it can be accepted."""
    found = _here(text_ref, amendment_ref)
    return {"amendment": found, "missing": missing(services.amendment_missing(current_work(), found, "settle"))}


@api.put(f"{ONE}/position")
@api.arguments(PositionIn)
@api.response(200, PositionView)
@inside("amendment.answer")
def answer_amendment(data: dict[str, Any], alliance_ref: str, text_ref: str, amendment_ref: str) -> Position:
    """What the caller's party says of it."""
    return services.answer_amendment(current_work(), _here(text_ref, amendment_ref), standing().party, **data)


@api.post(f"{ONE}/remarks")
@api.arguments(RemarkIn)
@api.response(201, RemarkView)
@inside("drafting.comment")
def discuss_amendment(data: dict[str, Any], alliance_ref: str, text_ref: str, amendment_ref: str) -> Remark:
    """Adds a remark to its discussion."""
    return services.discuss_amendment(current_work(), _here(text_ref, amendment_ref), me(), standing().party, data["body"])


@api.post(f"{ONE}/acceptance")
@api.response(200, AmendmentView)
@inside("amendment.settle")
def settle_amendment(alliance_ref: str, text_ref: str, amendment_ref: str) -> Amendment:
    """Accepts it by hand; 409 with what is missing and from whom."""
    found = _here(text_ref, amendment_ref)
    services.settle_amendment(current_work(), found)
    return found


@api.post(f"{ONE}/refusal")
@api.arguments(RefusalIn)
@api.response(200, AmendmentView)
@inside("amendment.settle")
def refuse_amendment(data: dict[str, Any], alliance_ref: str, text_ref: str, amendment_ref: str) -> Amendment:
    """Refuses it, with a reason."""
    found = _here(text_ref, amendment_ref)
    services.refuse_amendment(current_work(), found, data["reason"])
    return found


@api.post(f"{ONE}/withdrawal")
@api.response(200, AmendmentView)
@inside("amendment.propose")
def withdraw_amendment(alliance_ref: str, text_ref: str, amendment_ref: str) -> Amendment:
    """The party that proposed it takes it back."""
    found = _here(text_ref, amendment_ref)
    services.withdraw_amendment(current_work(), found, standing().party)
    return found


def _here(text_ref: str, ref: str) -> Amendment:
    return services.amendment_of(current_work(), text_here(text_ref), ref)
