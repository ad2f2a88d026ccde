"""The evaluation through the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from charter.adapters.http import current_work, inside, standing
from charter.evaluation import services
from charter.evaluation.files import calendar_file, review_file
from charter.evaluation.models import Checkpoint
from charter.evaluation.questionnaire import Answers
from charter.evaluation.schemas import (
    CheckpointAnswerOut,
    CheckpointAnswersIn,
    CheckpointAnswersOut,
    CheckpointOut,
    DecisionIn,
    EvaluationPlanIn,
    PlannedOut,
    ReviewIn,
)
from workflows.evaluation import awaited_parties

api = Blueprint(
    "api_evaluation",
    __name__,
    url_prefix="/api/v1/alliances/<alliance_ref>/evaluation",
    description="Checkpoints: their calendar, each party's answers, reviews and decisions",
)


@api.get("/checkpoints")
@api.response(200, CheckpointOut(many=True))
@inside("alliance.see")
def list_checkpoints(alliance_ref: str) -> list[Checkpoint]:
    """Every checkpoint, oldest first."""
    return services.checkpoints_of(current_work(), standing().alliance)


@api.post("/plan")
@api.arguments(EvaluationPlanIn)
@api.response(200, PlannedOut)
@inside("evaluation.plan")
def plan(data: dict[str, Any], alliance_ref: str) -> services.Planned:
    """Sets the dates of the checkpoints to come."""
    return services.plan(current_work(), standing().alliance, data["preset"], data["start"], data["dates"])


@api.get("/calendar.ics")
@inside("alliance.see")
def calendar(alliance_ref: str) -> Response:
    """Every checkpoint as an iCalendar file."""
    return calendar_file()


@api.get("/checkpoints/<checkpoint>/answers")
@api.response(200, CheckpointAnswersOut)
@inside("alliance.see")
def answers(alliance_ref: str, checkpoint: str) -> dict[str, Any]:
    """The answers the reader may see: one's own party's, everybody's once they are shown."""
    work, here = current_work(), standing()
    row = services.checkpoint_of(work, here.alliance, checkpoint)
    facts = services.facts_of(work, here.alliance, row)
    refs = {party.name: party.ref for party in here.alliance.accepted_parties}
    return {
        "shown": services.are_shown(work, here.alliance, row),
        "awaited": [refs[name] for name in awaited_parties(facts)],
        "answers": services.answers_for(work, here.alliance, row, here.party),
    }


@api.patch("/checkpoints/<checkpoint>/draft")
@api.arguments(CheckpointAnswersIn)
@api.response(200, CheckpointAnswerOut)
@inside("evaluation.answer")
def save_draft(data: dict[str, Any], alliance_ref: str, checkpoint: str) -> Any:
    """Keeps some answers of one's party, to be sent later."""
    row = services.checkpoint_of(current_work(), standing().alliance, checkpoint)
    return services.save_draft(current_work(), row, standing().party, services.Part(**data))


@api.post("/checkpoints/<checkpoint>/answers")
@api.arguments(CheckpointAnswersIn)
@api.response(201, CheckpointAnswerOut)
@inside("evaluation.answer")
def answer(data: dict[str, Any], alliance_ref: str, checkpoint: str) -> Any:
    """Sends the answers of one's party; without any in the request, those of its draft."""
    row = services.checkpoint_of(current_work(), standing().alliance, checkpoint)
    given = Answers(**data) if any(data.values()) else None
    return services.answer(current_work(), row, standing().party, given)


@api.post("/checkpoints/<checkpoint>/review")
@api.arguments(ReviewIn)
@api.response(202, CheckpointOut)
@inside("evaluation.review")
def close(data: dict[str, Any], alliance_ref: str, checkpoint: str) -> Checkpoint:
    """Concludes a checkpoint; its review is laid out then published."""
    row = services.checkpoint_of(current_work(), standing().alliance, checkpoint)
    steps = [(step["what"], step["who"], step["due"]) for step in data["next_steps"]]
    services.close(current_work(), row, services.ReviewData(data["verdict"], data["reason"], data["story"], steps))
    return row


@api.get("/checkpoints/<checkpoint>/review.pdf")
@inside("alliance.see", parties=("accepted", "left"))
def review_document(alliance_ref: str, checkpoint: str) -> Response:
    """The review's PDF."""
    return review_file(checkpoint)


@api.post("/decision")
@api.arguments(DecisionIn)
@api.response(204)
@inside("evaluation.decide")
def decide(data: dict[str, Any], alliance_ref: str) -> None:
    """Acts upon the latest review's verdict."""
    services.decide(current_work(), standing().alliance, data["verdict"], data["reason"])
