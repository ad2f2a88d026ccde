"""Facts of the evaluation, and of the end of an alliance."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.fact import Event


@dataclass(frozen=True, kw_only=True)
class EvaluationPlanned(Event, type="evaluation.planned"):
    """``dates``: ISO 8601 days, in order."""

    preset: str
    dates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckpointOpened(Event, type="checkpoint.opened"):
    checkpoint: str
    due: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckpointAnswered(Event, type="checkpoint.answered"):
    """``sha256``: of the canonical answers, which stay confidential."""

    checkpoint: str
    party: str
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ReminderSent(Event, type="reminder.sent"):
    """``kind``: what is recalled; ``recipient``: the person's opaque id; ``due``: ISO 8601."""

    kind: str
    subject: str
    recipient: str
    due: str


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(Event, type="review.published"):
    checkpoint: str
    verdict: str
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckpointClosed(Event, type="checkpoint.closed"):
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class DraftingReopened(Event, type="alliance.drafting_reopened"):
    checkpoint: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AllianceClosed(Event, type="alliance.closed"):
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AllianceAbandoned(Event, type="alliance.abandoned"):
    stage: str
    reason: str = ""
