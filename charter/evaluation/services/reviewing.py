"""Reviewing: the answers are shared, the parties say what they draw from them, and the review is laid out and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from charter.adapters import outbox
from charter.alliances.announce import announce
from charter.alliances.services import hold
from charter.errors import Conflict, Invalid
from charter.evaluation.models import Checkpoint
from charter.evaluation.services.finding import facts_of, in_evaluation
from charter.evaluation.services.planning import forget_reminders
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, fire
from workflows.evaluation import CheckpointChart, CheckpointStatus, Verdict
from workflows.events import CheckpointClosed, ReviewPublished

LONGEST = 4_000
MOST_STEPS = 12


@dataclass(frozen=True)
class ReviewData:
    """What the parties conclude together. `next_steps`: (what, who, by when)."""

    verdict: Verdict | None
    reason: str
    story: str = ""
    next_steps: Sequence[tuple[str, str, date]] = ()


def close(work: Work, checkpoint: Checkpoint, data: ReviewData) -> None:
    """Closes the checkpoint on a verdict and asks for its review to be laid out.

    Raises Blocked naming the parties still awaited, NotNow when it is closed already, Invalid (verdict, reason, story, next_steps).
    """
    alliance = hold(work, checkpoint.alliance)
    work.session.refresh(checkpoint)
    in_evaluation(alliance)
    facts = facts_of(work, alliance, checkpoint)
    errors = _check(data)
    if errors and checkpoint.status == CheckpointStatus.open:
        raise Invalid(errors)
    fire(CheckpointChart, checkpoint, "close", facts)
    checkpoint.verdict, checkpoint.verdict_reason, checkpoint.story = data.verdict, data.reason.strip(), data.story.strip()
    checkpoint.next_steps = [{"what": what.strip(), "who": who.strip(), "due": due.isoformat()} for what, who, due in data.next_steps]
    checkpoint.closed_at, checkpoint.followed = work.now(), data.verdict == Verdict.pursue
    forget_reminders(work, checkpoint)
    announce(work, alliance, CheckpointClosed(checkpoint=checkpoint.ref))
    request_layout(work, checkpoint)


def request_layout(work: Work, checkpoint: Checkpoint) -> None:
    """Asks for the review's PDF. Raises Conflict before the review is closed, or when the document is there already."""
    if checkpoint.status != CheckpointStatus.reviewed or checkpoint.document:
        raise Conflict(N_("Ce bilan est déjà mis en page, ou n’est pas encore clos."))
    checkpoint.render_error = ""
    payload = {"checkpoint_id": checkpoint.id}
    outbox.put(work, "evaluation.review", subject=f"checkpoint:{checkpoint.id}", payload=payload, alliance_id=checkpoint.alliance_id)


def publish(work: Work, checkpoint_id: int, document: str) -> None:
    """The review is laid out: `document` is its storage key. Everybody is told, once."""
    checkpoint = work.get(Checkpoint, checkpoint_id)
    alliance = hold(work, checkpoint.alliance)
    work.session.refresh(checkpoint)
    if checkpoint.document:
        return
    checkpoint.document, checkpoint.render_error = document, ""
    verdict = checkpoint.verdict.value if checkpoint.verdict else ""
    announce(work, alliance, ReviewPublished(checkpoint=checkpoint.ref, verdict=verdict, document=document))


def layout_failed(work: Work, checkpoint_id: int, error: str) -> None:
    """The layout was given up: the page says so and lets one ask again."""
    work.get(Checkpoint, checkpoint_id).render_error = error[:300]


def _check(data: ReviewData) -> Mapping[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if data.verdict is None:
        errors["verdict"] = [gettext(N_("Choisissez : poursuivre, réorienter ou arrêter."))]
    if len(data.reason.strip()) < 3:
        errors["reason"] = [gettext(N_("Dites en quelques mots pourquoi : ce sera la première page du bilan."))]
    for name, text in (("reason", data.reason), ("story", data.story)):
        if len(text) > LONGEST:
            errors[name] = [gettext(N_("Ce texte est trop long : 4 000 caractères au plus."))]
    if len(data.next_steps) > MOST_STEPS or any(not what.strip() or len(what + who) > 500 for what, who, _due in data.next_steps):
        errors["next_steps"] = [gettext(N_("Dites chaque suite en une phrase : quoi, qui, pour quand."))]
    return errors
