"""The review as data: what `templates/documents/review.html` lays out, and what the page and the API show of the shared answers.

« Avant de compter, conter »: stories come first, then figures, each with the party that supplies it, and the spread beside the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from charter.alliances.models import KIND_LABELS, Alliance, Party
from charter.evaluation.models import Answer, Checkpoint
from charter.evaluation.questionnaire import QUESTIONNAIRES, VERDICT_LABELS, VERSION, Axis, OpenQuestion, Question, Questionnaire
from charter.i18n import format_datetime, gettext, ngettext
from workflows.base import N_
from workflows.evaluation import Verdict


def questionnaire_of(checkpoint: Checkpoint) -> Questionnaire:
    """The version the checkpoint asks."""
    return QUESTIONNAIRES[checkpoint.questionnaire or VERSION]


def document(alliance: Alliance, checkpoint: Checkpoint, answers: Sequence[Answer], *, head: str, language: str = "fr") -> dict[str, Any]:
    """The whole review, for the template of the PDF. `head` is the journal's; `answers` those that were sent."""
    parties = concerned(alliance, answers)
    verdict = checkpoint.verdict or Verdict.pursue
    closed = checkpoint.closed_at
    return {
        "lang": language,
        "title": gettext(N_("Bilan : %(title)s"), title=gettext(checkpoint.title)),
        "alliance": alliance.title,
        "reference": alliance.ref,
        "purpose": "",
        "draft": False,
        "parties": [_party(party) for party in parties],
        "facilitator": _facilitator(alliance),
        "date": closed.astimezone(ZoneInfo(alliance.zone)).date() if closed else checkpoint.due_on,
        "checkpoint": gettext(checkpoint.title),
        "verdict": gettext(VERDICT_LABELS[verdict][0]),
        "verdict_reason": checkpoint.verdict_reason,
        "answered": len(answers),
        "expected": len(parties),
        "story": stories(checkpoint, answers),
        "axes": axes(checkpoint, parties, answers),
        "questions": [_suppliers(checkpoint, answers), *comments(checkpoint, answers), *words(checkpoint, answers), _wishes(answers)],
        "next_steps": [{**step, "due": date.fromisoformat(step["due"])} for step in checkpoint.next_steps],
        "journal_head": head,
    }


def stories(checkpoint: Checkpoint, answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Rich text: the common story, then each party's own under its name."""
    key = questionnaire_of(checkpoint).story.key
    told = [(answer.party.name, str(answer.texts[key])) for answer in answers if answer.texts.get(key)]
    nodes = _paragraphs(checkpoint.story)
    for name, story in told:
        nodes += [_paragraph(name, strong=True), *_paragraphs(story)]
    return nodes


def axes(checkpoint: Checkpoint, parties: Sequence[Party], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """For each axis: label, every party's value (None without opinion; `silent` when it has not answered), mean, gap."""
    asked = questionnaire_of(checkpoint)
    given = {answer.party_id: answer for answer in answers}
    return [_axis(asked, axis, parties, given) for axis in asked.axes]


def _axis(asked: Questionnaire, axis: Axis, parties: Sequence[Party], given: dict[int, Answer]) -> dict[str, Any]:
    questions = [question for question in asked.questions if question.axis == axis.key]
    columns: list[dict[str, Any]] = [
        {
            "party": party.name,
            "initial": party.initials,
            "color": party.color,
            "silent": party.id not in given,
            "value": _value(questions, given.get(party.id)),
        }
        for party in parties
    ]
    known = [column["value"] for column in columns if column["value"] is not None]
    mean, gap = (sum(known) / len(known), max(known) - min(known)) if known else (None, None)
    return {"key": axis.key, "label": gettext(axis.label), "answers": columns, "mean": mean, "gap": gap}


def _value(questions: Sequence[Question], answer: Answer | None) -> float | None:
    scores = [answer.scores.get(question.key) for question in questions] if answer else []
    known = [int(score) for score in scores if score is not None]
    return sum(known) / len(known) if known else None


def comments(checkpoint: Checkpoint, answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """What the parties wrote beside their figures, question by question."""
    asked = questionnaire_of(checkpoint)
    labels = {axis.key: gettext(axis.label) for axis in asked.axes}
    found = [
        {"label": f"{labels[question.axis]} : {gettext(question.text)}", "answers": _said(answers, "comments", question.key)}
        for question in asked.questions
    ]
    return [one for one in found if one["answers"]]


def words(checkpoint: Checkpoint, answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The open questions, but the story (told first) and the reasons of the verdicts (told last)."""
    asked = [one for one in questionnaire_of(checkpoint).open_questions if not _is_reason(one)]
    found = [{"label": gettext(question.text), "answers": _said(answers, "texts", question.key)} for question in asked]
    return [one for one in found if one["answers"]]


def wishes(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """What each party would rather do next, and why."""
    return [
        {
            "party": answer.party.name,
            "verdict": answer.verdict.value,
            "label": gettext(VERDICT_LABELS[answer.verdict][0]),
            "reason": str(answer.texts.get("verdict_reason", "")),
        }
        for answer in answers
        if answer.verdict is not None
    ]


def suppliers(checkpoint: Checkpoint, answers: Sequence[Answer]) -> list[dict[str, str]]:
    """Who supplies each party's figures, and when."""
    total = len(questionnaire_of(checkpoint).questions)
    return [{"party": answer.party.name, "content": _supplied(answer, total)} for answer in answers]


def _supplied(answer: Answer, total: int) -> str:
    given = sum(1 for score in answer.scores.values() if score is not None)
    figures = ngettext("%(n)s chiffre sur %(total)s", "%(n)s chiffres sur %(total)s", given, total=total)
    name = answer.person.display_name if answer.person else answer.party.name
    at = format_datetime(answer.answered_at) if answer.answered_at else ""
    text = gettext(N_("%(figures)s, donnés par %(name)s le %(at)s."), figures=figures, name=name, at=at)
    return f"{text} {gettext(N_('Réponse reçue après la date prévue.'))}" if answer.late else text


def _suppliers(checkpoint: Checkpoint, answers: Sequence[Answer]) -> dict[str, Any]:
    told = [{**one, "content": _paragraphs(one["content"])} for one in suppliers(checkpoint, answers)]
    own = gettext(N_("Les moyennes et les écarts sont calculés par l’application à partir de ces seuls chiffres."))
    return {
        "label": gettext(N_("Qui fournit ces chiffres")),
        "answers": [*told, {"party": gettext(N_("Calculs")), "content": _paragraphs(own)}],
    }


def _wishes(answers: Sequence[Answer]) -> dict[str, Any]:
    told = [
        {"party": one["party"], "content": [_paragraph(one["label"], strong=True), *_paragraphs(one["reason"])]} for one in wishes(answers)
    ]
    return {"label": gettext(N_("Ce que chaque partie souhaitait pour la suite")), "answers": told}


def _said(answers: Sequence[Answer], column: str, key: str) -> list[dict[str, Any]]:
    told = [(answer.party.name, str(getattr(answer, column).get(key, ""))) for answer in answers]
    return [{"party": name, "content": _paragraphs(text), "text": text} for name, text in told if text]


def _is_reason(question: OpenQuestion) -> bool:
    return question.key == "verdict_reason"


def concerned(alliance: Alliance, answers: Sequence[Answer]) -> list[Party]:
    """Those who are in, and those who answered before they left."""
    answered = {answer.party_id for answer in answers}
    accepted = {party.id for party in alliance.accepted_parties}
    return [party for party in alliance.parties if party.id in accepted | answered]


def _party(party: Party) -> dict[str, Any]:
    kind = gettext(KIND_LABELS[party.organisation.kind])
    return {"name": party.name, "short": "", "initial": party.initials, "kind": kind, "identity": party.organisation.identifier}


def _facilitator(alliance: Alliance) -> dict[str, str] | None:
    found = next((one for one in alliance.facilitators if one.ended_at is None), None)
    return {"name": found.organisation or found.person.display_name} if found else None


def _paragraphs(text: str) -> list[dict[str, Any]]:
    return [_paragraph(part.strip()) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _paragraph(text: str, *, strong: bool = False) -> dict[str, Any]:
    marks = {"marks": [{"type": "strong"}]} if strong else {}
    return {"type": "paragraph", "content": [{"type": "text", "text": text, **marks}]}
