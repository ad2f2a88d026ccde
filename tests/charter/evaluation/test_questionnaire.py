"""The short questionnaire: nine axes, comments where they help, the spread between parties."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.evaluation.questionnaire import (
    ANSWER_EXPECTED,
    ANSWER_UNKNOWN,
    AXES,
    COMMENT_EXPECTED,
    QUESTIONNAIRES,
    TEXT_EXPECTED,
    TEXT_TOO_LONG,
    VERDICT_EXPECTED,
    VERDICT_LABELS,
    VERSION,
    Answers,
    check,
    spread,
)
from workflows.evaluation import Verdict

SHORT = QUESTIONNAIRES[VERSION]
GOOD = Answers({q.key: 4 for q in SHORT.questions}, {}, {"verdict_reason": "Tout avance."}, Verdict.pursue)


def test_one_question_for_each_of_the_nine_axes() -> None:
    assert [question.axis for question in SHORT.questions] == [axis.key for axis in AXES]
    assert sum(axis.items for axis in AXES) == 24
    assert set(VERDICT_LABELS) == set(Verdict)
    keys = [q.key for q in SHORT.questions] + [q.key for q in (SHORT.story, *SHORT.open_questions)]
    assert len(set(keys)) == len(keys)


def test_complete_answers_pass() -> None:
    assert check(SHORT, GOOD) == {}
    assert check(SHORT, replace(GOOD, scores={q.key: None for q in SHORT.questions})) == {}


@pytest.mark.parametrize(("score", "wrong"), [(1, True), (2, True), (3, False), (None, False)])
def test_a_comment_is_asked_at_two_or_below(score: int | None, wrong: bool) -> None:
    low = replace(GOOD, scores={**GOOD.scores, "trust": score})
    assert check(SHORT, low) == ({"comment.trust": [COMMENT_EXPECTED]} if wrong else {})
    assert check(SHORT, replace(low, comments={"trust": "On n'ose pas."})) == {}


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        (replace(GOOD, scores={k: v for k, v in GOOD.scores.items() if k != "means"}), "score.means", ANSWER_EXPECTED),
        (replace(GOOD, scores={**GOOD.scores, "means": 6}), "score.means", ANSWER_UNKNOWN),
        (replace(GOOD, scores={**GOOD.scores, "means": True}), "score.means", ANSWER_UNKNOWN),
        (replace(GOOD, texts={"verdict_reason": "  "}), "text.verdict_reason", TEXT_EXPECTED),
        (replace(GOOD, texts={**GOOD.texts, "story": "x" * 4001}), "text.story", TEXT_TOO_LONG),
        (replace(GOOD, comments={"vision": "x" * 4001}), "comment.vision", TEXT_TOO_LONG),
        (replace(GOOD, verdict=None), "verdict", VERDICT_EXPECTED),
    ],
)
def test_what_is_wrong_names_its_field(answers: Answers, field: str, message: str) -> None:
    assert check(SHORT, answers) == {field: [message]}


def test_the_spread_between_parties() -> None:
    every = {
        "A": GOOD,
        "B": replace(GOOD, scores={**GOOD.scores, "balance": 1}),
        "C": replace(GOOD, scores={**GOOD.scores, "balance": None}),
    }
    by_key = {one.key: one for one in spread(SHORT, every)}
    balance = by_key["balance"]
    assert (balance.answered, balance.without_opinion, balance.mean, balance.low, balance.high, balance.gap) == (2, 1, 2.5, 1, 4, 3)
    assert by_key["vision"].gap == 0
    silent = spread(SHORT, {"A": replace(GOOD, scores={q.key: None for q in SHORT.questions})})[0]
    assert (silent.mean, silent.gap, silent.without_opinion) == (None, 0, 1)
