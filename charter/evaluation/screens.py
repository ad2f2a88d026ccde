"""The questionnaire as screens, one question each: a story first, then the scales, words, and the choice for what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from charter.evaluation.questionnaire import Answers, Question, Questionnaire

VERDICT_REASON = "verdict_reason"


@dataclass(frozen=True)
class Screen:
    """`kind`: text (an open question), score (a statement and its comment) or verdict (the choice and its reason)."""

    kind: str
    key: str
    text: str
    hint: str
    axis: str = ""


def screens(asked: Questionnaire) -> tuple[Screen, ...]:
    """All of them, in order; texts are msgids."""
    axes = {axis.key: axis.label for axis in asked.axes}
    words = [Screen("text", one.key, one.text, one.hint) for one in asked.open_questions if one.key != VERDICT_REASON]
    scores = [_score(question, axes) for question in asked.questions]
    reason = next(one for one in asked.open_questions if one.key == VERDICT_REASON)
    story = Screen("text", asked.story.key, asked.story.text, asked.story.hint)
    return (story, *scores, *words, Screen("verdict", VERDICT_REASON, reason.text, reason.hint))


def _score(question: Question, axes: dict[str, str]) -> Screen:
    return Screen("score", question.key, question.text, question.hint, axes[question.axis])


def resume_at(asked: Questionnaire, given: Answers) -> int:
    """The number (from 1) of the screen to go on from; one more than there are when nothing needed is left."""
    every = screens(asked)
    if not given.scores and not given.texts and given.verdict is None:
        return 1
    for number, screen in enumerate(every, start=1):
        if (screen.kind == "score" and screen.key not in given.scores) or (screen.kind == "verdict" and given.verdict is None):
            return number
    return len(every) + 1


def screen_of(asked: Questionnaire, name: str) -> int:
    """The number of the screen where a field (`score.vision`, `comment.vision`, `text.lessons`, `verdict`) is asked."""
    kind, _, key = name.partition(".")
    for number, screen in enumerate(screens(asked), start=1):
        if (kind == "verdict" and screen.kind == "verdict") or key == screen.key:
            return number
    return 1
