"""Answering, one question a screen, kept as one goes; then a look at the whole, and it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from charter.adapters.http import Form, current_work, inside, page, standing
from charter.errors import Invalid
from charter.evaluation import questionnaire, report, services
from charter.evaluation.models import Checkpoint
from charter.evaluation.pages.blueprint import checkpoint_here, pages
from charter.evaluation.questionnaire import NO_OPINION, SCALE_LABELS, VERDICT_LABELS, Answers
from charter.evaluation.schemas import ScoreForm, TextForm, VerdictForm
from charter.evaluation.screens import Screen, resume_at, screen_of, screens
from charter.evaluation.views import checkpoint_view, scale_options, verdict_options
from charter.i18n import gettext
from workflows.base import N_
from workflows.evaluation import CheckpointStatus, awaited_parties

FORMS: Mapping[str, type[Schema]] = {"text": TextForm, "score": ScoreForm, "verdict": VerdictForm}


@pages.get("/<checkpoint>/repondre")
@inside("evaluation.answer")
def answer(alliance_ref: str, checkpoint: str) -> Response:
    """The question asked for, or where the party left off; the whole once every question has its answer; what was sent, afterwards."""
    row, party = checkpoint_here(checkpoint), standing().party
    own = services.answer_of(row, party)
    if row.status != CheckpointStatus.open or (own is not None and own.is_sent):
        return _whole(row)
    asked = report.questionnaire_of(row)
    number = request.args.get("question", default=resume_at(asked, services.content_of(own)), type=int)
    if number > len(screens(asked)):
        return _whole(row)
    screen = screens(asked)[max(number, 1) - 1]
    return _question(row, screen, Form(FORMS[screen.kind](), _values(screen, services.content_of(own))))


@pages.post("/<checkpoint>/repondre")
@inside("evaluation.answer")
def keep_answer(alliance_ref: str, checkpoint: str) -> Response:
    """Keeps one answer in the party's draft and goes on to the next question, or back to the whole."""
    row = checkpoint_here(checkpoint)
    every = screens(report.questionnaire_of(row))
    number = min(max(request.args.get("question", default=1, type=int), 1), len(every))
    form = Form(FORMS[every[number - 1].kind]())
    if form.read():
        try:
            services.save_draft(current_work(), row, standing().party, _part(every[number - 1], form.data))
        except Invalid as error:
            form.refuse(Invalid({name.partition(".")[0]: messages for name, messages in error.fields.items()}))
        else:
            following = len(every) + 1 if request.args.get("retour") else number + 1
            return redirect(url_for("evaluation.answer", alliance_ref=alliance_ref, checkpoint=checkpoint, question=following))
    return _question(row, every[number - 1], form, 422)


@pages.post("/<checkpoint>/envoyer")
@inside("evaluation.answer")
def send_answers(alliance_ref: str, checkpoint: str) -> Response:
    """Sends the party's answers."""
    row = checkpoint_here(checkpoint)
    try:
        services.answer(current_work(), row, standing().party)
    except Invalid as error:
        return _whole(row, error)
    words = N_("Vos réponses sont parties. Les autres parties les liront quand toutes auront répondu, ou la date passée.")
    flash(gettext(words), "success")
    return redirect(url_for("evaluation.show", alliance_ref=alliance_ref))


def _question(row: Checkpoint, screen: Screen, form: Form, status: int = 200) -> Response:
    every = screens(report.questionnaire_of(row))
    number = every.index(screen) + 1
    here = {"alliance_ref": standing().alliance.ref, "checkpoint": row.ref}
    start = url_for("evaluation.show", alliance_ref=here["alliance_ref"])
    before = url_for("evaluation.answer", **here, question=number - 1) if number > 1 else start
    action = url_for("evaluation.keep_answer", **here, question=number, retour=request.args.get("retour"))
    said = {"kind": screen.kind, "text": gettext(screen.text), "hint": gettext(screen.hint), "axis": gettext(screen.axis)}
    return page(
        "evaluation/question.html",
        status,
        form=form,
        screen=said,
        options=scale_options() if screen.kind == "score" else verdict_options(),
        checkpoint=checkpoint_view(standing().alliance, row, standing().party),
        party=standing().party.name,
        back_url=before,
        action=action,
        step=number,
        steps=len(every),
    )


def _whole(row: Checkpoint, error: Invalid | None = None) -> Response:
    """The answers, each with its « Modifier » while they are not sent, and what lacks before they may be."""
    party, asked = standing().party, report.questionnaire_of(row)
    own = services.answer_of(row, party)
    given, sent = services.content_of(own), own is not None and own.is_sent
    lacking = {} if sent else {name: [gettext(one) for one in found] for name, found in questionnaire.check(asked, given).items()}
    awaited = awaited_parties(services.facts_of(current_work(), standing().alliance, row))
    return page(
        "evaluation/answers.html",
        422 if error else 200,
        checkpoint=checkpoint_view(standing().alliance, row, party),
        party=party.name,
        sent=sent,
        sent_at=own.answered_at if own else None,
        sha256=own.sha256 if own else "",
        items=[_item(row, number, screen, given, sent) for number, screen in enumerate(screens(asked), start=1)],
        lacking=[{"text": text, "url": _address(row, screen_of(asked, name))} for name, found in lacking.items() for text in found],
        awaited=[name for name in awaited if name != party.name],
    )


def _item(row: Checkpoint, number: int, screen: Screen, given: Answers, sent: bool) -> tuple[str, str, str]:
    url = "" if sent or row.status != CheckpointStatus.open else _address(row, number)
    return gettext(screen.axis or screen.text), _said(screen, given), url


def _said(screen: Screen, given: Answers) -> str:
    text = given.texts.get(screen.key, "")
    if screen.kind == "verdict":
        label = gettext(VERDICT_LABELS[given.verdict][0]) if given.verdict else ""
        return f"{label}. {text}" if label and text else label or text
    if screen.kind == "text" or screen.key not in given.scores:
        return text
    score = given.scores[screen.key]
    label = gettext(SCALE_LABELS[NO_OPINION if score is None else score])
    figure = label if score is None else f"{score} – {label}"
    comment = given.comments.get(screen.key, "")
    return f"{figure}. {comment}" if comment else figure


def _address(row: Checkpoint, number: int) -> str:
    return url_for("evaluation.answer", alliance_ref=standing().alliance.ref, checkpoint=row.ref, question=number, retour=1)


def _values(screen: Screen, given: Answers) -> dict[str, Any]:
    text = given.texts.get(screen.key, "")
    if screen.kind == "score":
        score = given.scores.get(screen.key, "")
        return {"score": NO_OPINION if score is None else score, "comment": given.comments.get(screen.key, "")}
    return {"text": text, "verdict": given.verdict.value if given.verdict else ""}


def _part(screen: Screen, data: Mapping[str, Any]) -> services.Part:
    if screen.kind == "score":
        score = None if data["score"] == NO_OPINION else int(data["score"])
        return services.Part(scores={screen.key: score}, comments={screen.key: data["comment"]})
    return services.Part(texts={screen.key: data["text"]}, verdict=data.get("verdict"))
