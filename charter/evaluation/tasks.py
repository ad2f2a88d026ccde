"""What the evaluation does by itself: it opens in time, recalls, lays reviews out, and writes to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from charter.accounts.models import Person
from charter.adapters.mail import Mail, builder
from charter.adapters.outbox import GiveUp, Outbox, job, on_failure, task
from charter.adapters.pdf import Rendering, RenderTooBig
from charter.alliances.announce import follows
from charter.alliances.models import Alliance
from charter.contracts.rendering import environment, pdf_engine
from charter.evaluation import calendars, report, services
from charter.evaluation.models import Checkpoint, Reminder
from charter.evaluation.questionnaire import VERDICT_LABELS
from charter.i18n import format_day, gettext, speaking
from charter.journal import services as journal
from charter.work import Engine, Work
from workflows.base import N_
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.events import Event

DOCUMENT_LANGUAGE = "fr"
WHY = N_("Vous recevez ce message parce que vous prenez part à l’alliance « %(alliance)s ».")


def open_due(work: Work) -> None:
    """Each minute: the checkpoints whose moment has come go to the outbox."""
    services.queue_openings(work)


def remind_due(work: Work) -> None:
    """Each minute: the reminders due go to the outbox."""
    services.queue_reminders(work)


TICKS = (open_due, remind_due)


@task("evaluation.open")
def open_one(work: Work, checkpoint_id: int) -> None:
    """One checkpoint opens."""
    services.open_checkpoint(work, checkpoint_id)


@task("evaluation.remind")
def remind_one(work: Work, reminder_id: int) -> None:
    """One reminder becomes mails."""
    services.remind(work, reminder_id)


@follows("evaluation.open_plan")
def open_plan(work: Work, alliance: Alliance, event: Event) -> None:
    """Everything is signed: the dates of the checkpoints are to be chosen."""
    services.open_plan(work, alliance)


@follows("evaluation.cancel_remaining")
def cancel_remaining(work: Work, alliance: Alliance, event: Event) -> None:
    """The alliance is over: nothing more comes due."""
    services.cancel_remaining(work, alliance)


@dataclass(frozen=True)
class Layout:
    """What laying a review out needs, read once."""

    checkpoint_id: int
    rendering: Rendering


@job("evaluation.review")
class ReviewJob:
    """Lays a review out, keeps the PDF, publishes it."""

    def prepare(self, work: Work, row: Outbox) -> Layout | None:
        """The document's data and its HTML; None when it is there already."""
        checkpoint = work.get(Checkpoint, row.payload["checkpoint_id"])
        if checkpoint.document:
            return None
        return Layout(checkpoint.id, rendering(work, checkpoint))

    def compute(self, engine: Engine, inputs: Layout | None) -> tuple[int, str] | None:
        """The PDF, kept under its hash. A review too big to lay out is given up at once."""
        if inputs is None:
            return None
        try:
            pdf = pdf_engine(engine.settings).render(inputs.rendering)
        except RenderTooBig as error:
            raise GiveUp(str(error)) from error
        return inputs.checkpoint_id, engine.storage.put(pdf)

    def apply(self, work: Work, row: Outbox, outputs: tuple[int, str] | None) -> None:
        """The review is published and everybody is told."""
        if outputs is not None:
            services.publish(work, *outputs)


@on_failure("evaluation.review")
def review_failed(work: Work, error: str, checkpoint_id: int) -> None:
    """The page will say so, and let one ask again."""
    services.layout_failed(work, checkpoint_id, error)


def rendering(work: Work, checkpoint: Checkpoint) -> Rendering:
    """The review ready to lay out; its date is that of its closing."""
    alliance = checkpoint.alliance
    answers = [answer for answer in checkpoint.answers if answer.is_sent]
    last = journal.head(work, alliance.id)
    with speaking(DOCUMENT_LANGUAGE):
        data = report.document(alliance, checkpoint, answers, head=last.hash if last else "", language=DOCUMENT_LANGUAGE)
        html = environment().get_template("review.html").render(document=data)
    title = f"{data['title']} — {alliance.title}"
    created = checkpoint.closed_at or datetime(1970, 1, 1, tzinfo=UTC)
    return Rendering(html=html, title=title, created=created, lang=DOCUMENT_LANGUAGE, author=alliance.title)


# --- mails ----------------------------------------------------------------------------------------------------------


@builder("evaluation.planned")
def planned(work: Work, person_id: int, event: dict[str, Any], alliance_id: int) -> Mail | None:
    """The dates, and a calendar that holds them all."""
    alliance = work.get(Alliance, alliance_id)
    rows = [one for one in services.checkpoints_of(work, alliance) if one.status in (CheckpointStatus.planned, CheckpointStatus.open)]
    if not rows:
        return None

    def values() -> dict[str, Any]:
        return {"checkpoints": [{"title": gettext(one.title), "day": format_day(one.due_on)} for one in rows], "url": _url(work, alliance)}

    subject = N_("Les points d’étape de « %(alliance)s » sont fixés")
    return _mail(work, person_id, alliance, "planned", subject, values, lambda: calendars.whole(alliance, rows, work.settings.public_url))


@builder("evaluation.opened")
def opened(work: Work, person_id: int, event: dict[str, Any], alliance_id: int) -> Mail | None:
    """A checkpoint is open, with its last day as one calendar event. Nothing when the party has answered meanwhile."""
    alliance = work.get(Alliance, alliance_id)
    checkpoint = services.checkpoint_of(work, alliance, event["checkpoint"])
    party = _party_of(alliance, person_id)
    if checkpoint.status != CheckpointStatus.open or party is None or party.id in checkpoint.answered_party_ids:
        return None
    return _asking(work, person_id, alliance, checkpoint, "opened", N_("À vous de répondre : %(title)s, avant le %(closes)s"), party.name)


@builder("evaluation.reminder")
def reminder(work: Work, person_id: int, reminder_id: int, alliance_id: int) -> Mail | None:
    """One recall; nothing when what it recalls was done meanwhile."""
    alliance, found = work.get(Alliance, alliance_id), work.session.get(Reminder, reminder_id)
    if found is None or not services.is_wanted(work, alliance, found):
        return None
    subject = REMINDERS[found.kind]
    return _asking(work, person_id, alliance, found.checkpoint, f"reminder_{found.kind}", subject, found.party.name)


REMINDERS = {
    "before_opening": N_("Bientôt un point d’étape : %(title)s, le %(opens)s"),
    "before_closing": N_("Votre réponse est attendue avant le %(closes)s : %(title)s"),
    "after": N_("Votre réponse manque encore : %(title)s"),
    "review": N_("Le bilan peut être publié : %(title)s"),
}


@builder("evaluation.review")
def review(work: Work, person_id: int, event: dict[str, Any], alliance_id: int) -> Mail | None:
    """The review is out."""
    alliance = work.get(Alliance, alliance_id)
    checkpoint = services.checkpoint_of(work, alliance, event["checkpoint"])
    verdict = Verdict(event["verdict"])

    def values() -> dict[str, Any]:
        label, meaning = VERDICT_LABELS[verdict]
        words = {"verdict": gettext(label), "meaning": gettext(meaning), "reason_given": checkpoint.verdict_reason}
        return {**words, "title": gettext(checkpoint.title), "url": f"{_url(work, alliance)}/{checkpoint.ref}/bilan"}

    return _mail(work, person_id, alliance, "review", N_("Le bilan de « %(alliance)s » est publié"), values)


@builder("evaluation.closed")
def closed(work: Work, person_id: int, event: dict[str, Any], alliance_id: int) -> Mail | None:
    """The alliance has ended."""
    alliance = work.get(Alliance, alliance_id)
    url = f"{work.settings.public_url}/alliances/{alliance.ref}"
    return _mail(
        work, person_id, alliance, "closed", N_("« %(alliance)s » est close"), lambda: {"reason_given": event["reason"], "url": url}
    )


def _asking(work: Work, person_id: int, alliance: Alliance, checkpoint: Checkpoint, template: str, subject: str, party: str) -> Mail:
    """A mail that asks something of a checkpoint, with the calendar event that goes with it."""
    before, page = template == "reminder_before_opening", "bilan" if template == "reminder_review" else "repondre"

    def values() -> dict[str, Any]:
        days = {"opens": format_day(checkpoint.due_on), "closes": format_day(checkpoint.closes_on)}
        url = _url(work, alliance) if before else f"{_url(work, alliance)}/{checkpoint.ref}/{page}"
        return {"title": gettext(checkpoint.title), "party": party, "url": url, **days}

    event = None if before or page == "bilan" else lambda: calendars.deadline(alliance, checkpoint, work.settings.public_url)
    return _mail(work, person_id, alliance, template, subject, values, event)


def _mail(
    work: Work,
    person_id: int,
    alliance: Alliance,
    template: str,
    subject: str,
    values: Callable[[], dict[str, Any]],
    calendar: Callable[[], bytes] | None = None,
) -> Mail:
    """The mail in its reader's language; `calendar` is attached."""
    person = work.get(Person, person_id)
    with speaking(person.language):
        said = {"alliance": alliance.title, "name": person.name, **values()}
        said["reason"] = gettext(
            N_("Vous recevez ce message parce que vous prenez part à l’alliance « %(alliance)s »."), alliance=alliance.title
        )
        return Mail(
            to=person.email,
            to_name=person.name,
            subject=gettext(subject, **said),
            template=f"evaluation/{template}",
            values=said,
            language=person.language,
            attachments=(calendars.attached(calendar()),) if calendar else (),
        )


def _party_of(alliance: Alliance, person_id: int) -> Any:
    members = ((party, member) for party in alliance.accepted_parties for member in party.members)
    return next((party for party, member in members if member.is_active and member.person_id == person_id), None)


def _url(work: Work, alliance: Alliance) -> str:
    return f"{work.settings.public_url}/alliances/{alliance.ref}/evaluation"
