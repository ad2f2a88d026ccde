"""Deciding: a review's verdict is acted upon. The alliance goes on, writes an amendment, or ends."""

from __future__ import annotations

from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.alliances.services import hold
from charter.errors import Conflict, Refused
from charter.evaluation.models import Checkpoint
from charter.evaluation.services.finding import checkpoints_of, in_evaluation
from charter.evaluation.services.planning import LIVE, withdraw
from charter.work import Work
from workflows.base import N_, Missing
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.events import AllianceClosed, DraftingReopened


def last_review(checkpoints: list[Checkpoint]) -> Checkpoint | None:
    """The latest checkpoint reviewed, by date."""
    reviewed = [one for one in checkpoints if one.status == CheckpointStatus.reviewed]
    return max(reviewed, key=lambda one: (one.due_on, one.id), default=None)


def decide(work: Work, alliance: Alliance, verdict: Verdict, reason: str = "") -> None:
    """Follows the latest review: `redirect` reopens the co-drafting, `stop` ends the alliance, `pursue` changes nothing.

    Once no checkpoint is left to come, the parties may also end the alliance whatever the last verdict was.
    Raises Refused when no review has decided this, Conflict when it was followed already or outside evaluation.
    """
    hold(work, alliance)
    in_evaluation(alliance)
    rows = checkpoints_of(work, alliance)
    last = last_review(rows)
    ending = verdict == Verdict.stop and last is not None and not any(row.status in LIVE for row in rows)
    if last is None or (last.verdict != verdict and not ending):
        raise Refused(
            missing=[Missing(N_("Un bilan publié qui en décide ainsi"), who=tuple(party.name for party in alliance.accepted_parties))]
        )
    if last.followed and not ending:
        if verdict == Verdict.pursue:
            return
        raise Conflict(N_("La décision de ce bilan est déjà suivie : rechargez la page pour voir où en est l’alliance."))
    last.followed = True
    _follow(work, alliance, rows, last, verdict, reason.strip() or last.verdict_reason)


def _follow(work: Work, alliance: Alliance, rows: list[Checkpoint], last: Checkpoint, verdict: Verdict, reason: str) -> None:
    if verdict == Verdict.redirect:
        _cancel(work, rows)
        announce(work, alliance, DraftingReopened(checkpoint=last.ref, reason=reason))
    elif verdict == Verdict.stop:
        alliance.closed_at = work.now()
        announce(work, alliance, AllianceClosed(reason=reason))


def cancel_remaining(work: Work, alliance: Alliance) -> None:
    """The alliance is over: what was still to come is cancelled. The caller holds the alliance's lock."""
    _cancel(work, checkpoints_of(work, alliance))


def _cancel(work: Work, rows: list[Checkpoint]) -> None:
    for row in rows:
        if row.status in LIVE:
            withdraw(work, row)
