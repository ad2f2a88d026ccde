"""Answering: one party, one voice. A draft grows answer by answer; sent, it is final and its hash goes into the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from charter.alliances.announce import announce
from charter.alliances.models import Party
from charter.alliances.services import hold
from charter.errors import Conflict, Invalid
from charter.evaluation import questionnaire, schedule
from charter.evaluation.models import Answer, Checkpoint
from charter.evaluation.questionnaire import QUESTIONNAIRES, Answers, Questionnaire
from charter.i18n import format_datetime, gettext
from charter.work import Work
from workflows.base import N_, Missing
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.events import CheckpointAnswered


@dataclass(frozen=True)
class Part:
    """Some of the answers, as they come: what is absent keeps its value."""

    scores: Mapping[str, int | None] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None


def answer_of(checkpoint: Checkpoint, party: Party | None) -> Answer | None:
    """The party's own answer, draft or sent."""
    return next((one for one in checkpoint.answers if party is not None and one.party_id == party.id), None)


def content_of(answer: Answer | None) -> Answers:
    """What was answered, empty before the first answer."""
    if answer is None:
        return Answers({}, {}, {})
    return Answers(dict(answer.scores), dict(answer.comments), dict(answer.texts), answer.verdict)


def save_draft(work: Work, checkpoint: Checkpoint, party: Party, part: Part) -> Answer:
    """Keeps some of the party's answers, seen by the party alone.

    Raises Invalid naming what cannot be read, Conflict once sent or closed.
    """
    hold(work, checkpoint.alliance)
    found = _open_answer(work, checkpoint, party)
    errors = _check_part(QUESTIONNAIRES[found.questionnaire], part)
    if errors:
        raise Invalid(errors)
    _keep(work, found, part)
    return found


def answer(work: Work, checkpoint: Checkpoint, party: Party, answers: Answers | None = None) -> Answer:
    """Sends the party's answers (its draft when none are given): final, masked from the others, hashed in the journal.

    Raises Invalid with a message a field (`score.vision`, `comment.vision`, `text.lessons`, `verdict`), Conflict when the party has
    answered already or the checkpoint is not open.
    """
    alliance = hold(work, checkpoint.alliance)
    found = _open_answer(work, checkpoint, party)
    given = answers or content_of(found)
    wanted = QUESTIONNAIRES[found.questionnaire]
    errors = {key: [gettext(one) for one in messages] for key, messages in questionnaire.check(wanted, given).items()}
    errors |= _unknown(wanted, Part(given.scores, given.comments, given.texts))
    if errors:
        raise Invalid(errors)
    _keep(work, found, Part(given.scores, given.comments, given.texts, given.verdict))
    found.answered_at, found.sha256 = work.now(), fingerprint(found)
    found.late = schedule.today(alliance, work.now()) > checkpoint.closes_on
    work.session.flush()
    announce(work, alliance, CheckpointAnswered(checkpoint=checkpoint.ref, party=party.ref, sha256=found.sha256))
    return found


def canonical(answer: Answer) -> dict[str, Any]:
    """What is hashed: the version of the questionnaire, every answer, and a random salt of the answer's own.

    Without the salt, short answers could be guessed from their hash in the journal while they are still masked (promise 7).
    """
    verdict = answer.verdict.value if answer.verdict else None
    return {
        "questionnaire": answer.questionnaire,
        "salt": answer.salt,
        "scores": answer.scores,
        "comments": answer.comments,
        "texts": answer.texts,
        "verdict": verdict,
    }


def fingerprint(answer: Answer) -> str:
    """SHA-256 (hex) of the RFC 8785 canonical JSON of the answers."""
    return hashlib.sha256(rfc8785.dumps(canonical(answer))).hexdigest()


def _open_answer(work: Work, checkpoint: Checkpoint, party: Party) -> Answer:
    work.session.refresh(checkpoint)
    if checkpoint.status != CheckpointStatus.open:
        raise Conflict(N_("Ce point d’étape ne reçoit pas de réponses : il n’est pas encore ouvert, ou son bilan est publié."))
    found = answer_of(checkpoint, party)
    if found is None:
        found = Answer(
            checkpoint=checkpoint,
            party=party,
            questionnaire=checkpoint.questionnaire,
            scores={},
            comments={},
            texts={},
            saved_at=work.now(),
        )
        return work.add(found)
    work.session.refresh(found)
    if found.is_sent:
        raise Conflict(N_("Les réponses de votre organisation sont déjà parties."), _sent_by(found))
    return found


def _sent_by(answer: Answer) -> Missing:
    name = answer.person.display_name if answer.person else answer.party.name
    at = format_datetime(answer.answered_at) if answer.answered_at else ""
    return Missing(N_("%(name)s les a envoyées le %(at)s"), params={"name": name, "at": at})


def _keep(work: Work, found: Answer, part: Part) -> None:
    found.scores = {**found.scores, **part.scores}
    found.comments = {key: text for key, text in {**found.comments, **_stripped(part.comments)}.items() if text}
    found.texts = {key: text for key, text in {**found.texts, **_stripped(part.texts)}.items() if text}
    found.verdict = part.verdict or found.verdict
    found.person_id, found.saved_at = work.actor.person_id, work.now()
    work.session.flush()


def _stripped(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text.strip() for key, text in texts.items()}


def _check_part(wanted: Questionnaire, part: Part) -> dict[str, list[str]]:
    """A draft may be incomplete; what it holds must be readable, and a low score comes with its comment."""
    given = {key for key, text in part.texts.items() if text.strip()}
    whole = questionnaire.check(wanted, Answers(part.scores, part.comments, part.texts, part.verdict))
    keys = {f"{kind}.{key}" for key in part.scores for kind in ("score", "comment")} | {f"text.{key}" for key in given}
    return {key: [gettext(one) for one in found] for key, found in whole.items() if key in keys} | _unknown(wanted, part)


def _unknown(wanted: Questionnaire, part: Part) -> dict[str, list[str]]:
    questions = {one.key for one in wanted.questions}
    texts = {wanted.story.key, *(one.key for one in wanted.open_questions)}
    names = [f"score.{key}" for key in part.scores if key not in questions]
    names += [f"comment.{key}" for key in part.comments if key not in questions]
    names += [f"text.{key}" for key in part.texts if key not in texts]
    return {name: [gettext(N_("Cette question n’est pas dans le questionnaire"))] for name in names}
