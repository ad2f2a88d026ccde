"""The evaluation's verbs: plan the checkpoints, open them in time, remind, answer, review, decide."""

from charter.evaluation.services.answering import Part, answer, answer_of, content_of, save_draft
from charter.evaluation.services.deciding import cancel_remaining, decide, last_review
from charter.evaluation.services.finding import answers_for, are_shown, checkpoint_of, checkpoints_of, facts_of
from charter.evaluation.services.opening import open_checkpoint, queue_openings
from charter.evaluation.services.planning import Planned, Proposal, open_plan, plan, proposal
from charter.evaluation.services.reminding import is_wanted, queue_reminders, remind
from charter.evaluation.services.reviewing import ReviewData, close, layout_failed, publish, request_layout

__all__ = [
    "Part",
    "Planned",
    "Proposal",
    "ReviewData",
    "answer",
    "answer_of",
    "answers_for",
    "are_shown",
    "cancel_remaining",
    "checkpoint_of",
    "checkpoints_of",
    "close",
    "content_of",
    "decide",
    "facts_of",
    "is_wanted",
    "last_review",
    "layout_failed",
    "open_checkpoint",
    "open_plan",
    "plan",
    "proposal",
    "publish",
    "queue_openings",
    "queue_reminders",
    "remind",
    "request_layout",
    "save_draft",
]
