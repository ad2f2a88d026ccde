"""The short questionnaire of a checkpoint: nine axes, one question each, then open questions and a verdict.

Wording is ours. Questions are data, versioned: answers keep the version they answered, so that a longer questionnaire may
come beside this one on the same axes. Narrative first, then figures: the story opens, the scales follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.base import N_
from workflows.evaluation import Verdict

VERSION = "1"
SCALE = (1, 2, 3, 4, 5)
NO_OPINION = "no_opinion"
COMMENT_AT_MOST = 2
LONGEST = 4_000

SCALE_LABELS: Mapping[int | str, str] = {
    1: N_("Pas du tout d’accord"),
    2: N_("Plutôt pas d’accord"),
    3: N_("Ni d’accord ni pas d’accord"),
    4: N_("Plutôt d’accord"),
    5: N_("Tout à fait d’accord"),
    NO_OPINION: N_("Sans avis"),
}

VERDICT_LABELS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.pursue: (N_("Poursuivre"), N_("L’alliance continue comme aujourd’hui.")),
    Verdict.redirect: (N_("Réorienter"), N_("L’alliance continue, mais quelque chose doit changer.")),
    Verdict.stop: (N_("Arrêter"), N_("L’alliance prend fin. Ce n’est pas une faute : on en tire des leçons.")),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One theme; `items` is how many questions the long questionnaire gives it."""

    key: str
    label: str
    items: int


@dataclass(frozen=True, slots=True)
class Question:
    """A statement to agree with, 1 to 5 or without opinion. A comment is required at `COMMENT_AT_MOST` or below."""

    key: str
    axis: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question answered in words."""

    key: str
    text: str
    hint: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version: every axis has at least one question."""

    version: str
    axes: tuple[Axis, ...]
    story: OpenQuestion
    questions: tuple[Question, ...]
    open_questions: tuple[OpenQuestion, ...]


AXES = (
    Axis("vision", N_("Sens et vision"), 3),
    Axis("own_goals", N_("Objectifs propres servis"), 3),
    Axis("balance", N_("Équilibre et asymétries"), 4),
    Axis("governance", N_("Gouvernance et décision"), 3),
    Axis("trust", N_("Confiance et communication"), 3),
    Axis("means", N_("Moyens tenus"), 2),
    Axis("performance", N_("Performance"), 2),
    Axis("innovation", N_("Innovation"), 2),
    Axis("impact", N_("Impact et ODD"), 2),
)

STORY = OpenQuestion(
    "story",
    N_("Racontez un moment qui montre ce que l’alliance a changé depuis le dernier point d’étape."),
    N_("Quelques lignes suffisent : où, avec qui, qu’est-ce qui est différent ?"),
)

QUESTIONS = (
    Question(
        "vision",
        "vision",
        N_("Nous savons tous vers quoi va l’alliance, et nous le disons avec les mêmes mots."),
        N_("Pensez à la façon dont chaque partie présente l’alliance autour d’elle."),
    ),
    Question(
        "own_goals",
        "own_goals",
        N_("L’alliance aide notre organisation à avancer vers ses propres objectifs."),
        N_("Relisez les objectifs que vous aviez déclarés."),
    ),
    Question(
        "balance",
        "balance",
        N_("Chaque partie compte autant que les autres, quels que soient sa taille et ses moyens."),
        N_("Pensez au temps de parole, aux délais, à l’accès à l’information."),
    ),
    Question(
        "governance",
        "governance",
        N_("Nous décidons clairement, au bon moment et ensemble."),
        N_("Pensez à la dernière décision importante."),
    ),
    Question(
        "trust",
        "trust",
        N_("Nous pouvons parler d’une difficulté ou d’une erreur sans crainte."),
        N_("Pensez au dernier désaccord et à la façon dont il s’est réglé."),
    ),
    Question(
        "means",
        "means",
        N_("Chaque partie a fourni ce qu’elle avait promis : argent, temps, matériel."),
        N_("Comparez avec les apports écrits dans le contrat."),
    ),
    Question(
        "performance",
        "performance",
        N_("Les actions prévues sont faites, pour un effort raisonnable."),
        N_("Pensez aussi au temps passé à se coordonner."),
    ),
    Question(
        "innovation",
        "innovation",
        N_("Nous avons essayé ensemble quelque chose de nouveau, et nous en avons appris."),
        N_("Un essai qui n’a pas réussi compte aussi."),
    ),
    Question(
        "impact",
        "impact",
        N_("La situation des personnes concernées s’améliore sur notre territoire."),
        N_("Pensez au besoin de départ et aux objectifs de développement durable choisis."),
    ),
)

OPEN_QUESTIONS = (
    OpenQuestion(
        "added_value",
        N_("Qu’avons-nous réussi ensemble qu’aucune partie n’aurait pu réussir seule ?"),
        N_("Donnez un exemple. S’il y a un chiffre, dites qui le fournit."),
    ),
    OpenQuestion(
        "drawbacks",
        N_("Qu’est-ce que l’alliance vous a coûté, ou rendu plus difficile ?"),
        N_("Du temps, de l’argent, de la liberté d’agir, des tensions…"),
    ),
    OpenQuestion(
        "lessons",
        N_("Qu’avons-nous appris, et que changeriez-vous en premier ?"),
        N_("Une seule idée, mais concrète."),
    ),
    OpenQuestion(
        "verdict_reason",
        N_("Pourquoi ce choix pour la suite ?"),
        N_("Les autres parties le liront quand toutes auront répondu."),
        required=True,
    ),
)

QUESTIONNAIRES: Mapping[str, Questionnaire] = {VERSION: Questionnaire(VERSION, AXES, STORY, QUESTIONS, OPEN_QUESTIONS)}


@dataclass(frozen=True, slots=True)
class Answers:
    """One party's answers, by question key. A score is 1 to 5, or None without opinion; a comment and a text may be empty."""

    scores: Mapping[str, int | None]
    comments: Mapping[str, str]
    texts: Mapping[str, str]
    verdict: Verdict | None = None


ANSWER_EXPECTED = N_("Choisissez une réponse, ou « sans avis ».")
ANSWER_UNKNOWN = N_("Cette réponse n’est pas dans la liste.")
COMMENT_EXPECTED = N_("Expliquez en quelques mots ce qui ne va pas : cela aide à y remédier.")
TEXT_EXPECTED = N_("Répondez en quelques mots.")
TEXT_TOO_LONG = N_("Ce texte est trop long : 4 000 caractères au plus.")
VERDICT_EXPECTED = N_("Choisissez : poursuivre, réorienter ou arrêter.")


def check(questionnaire: Questionnaire, answers: Answers) -> dict[str, list[str]]:
    """What is wrong, by field (`score.vision`, `comment.vision`, `text.lessons`, `verdict`), as msgids; empty when complete."""
    wrong: dict[str, list[str]] = {}
    for question in questionnaire.questions:
        wrong.update(_check_score(question, answers))
    for open_question in (questionnaire.story, *questionnaire.open_questions):
        text = answers.texts.get(open_question.key, "").strip()
        if open_question.required and not text:
            wrong[f"text.{open_question.key}"] = [TEXT_EXPECTED]
        elif len(text) > LONGEST:
            wrong[f"text.{open_question.key}"] = [TEXT_TOO_LONG]
    if answers.verdict is None:
        wrong["verdict"] = [VERDICT_EXPECTED]
    return wrong


def _check_score(question: Question, answers: Answers) -> dict[str, list[str]]:
    if question.key not in answers.scores:
        return {f"score.{question.key}": [ANSWER_EXPECTED]}
    score = answers.scores[question.key]
    if score is not None and (type(score) is not int or score not in SCALE):
        return {f"score.{question.key}": [ANSWER_UNKNOWN]}
    comment = answers.comments.get(question.key, "").strip()
    if score is not None and score <= COMMENT_AT_MOST and not comment:
        return {f"comment.{question.key}": [COMMENT_EXPECTED]}
    return {f"comment.{question.key}": [TEXT_TOO_LONG]} if len(comment) > LONGEST else {}


@dataclass(frozen=True, slots=True)
class Spread:
    """How the parties differ on one question: `mean`, `low` and `high` are None when nobody had an opinion."""

    key: str
    answered: int
    without_opinion: int
    mean: float | None
    low: int | None
    high: int | None

    @property
    def gap(self) -> int:
        """Distance between the lowest and the highest score."""
        return 0 if self.low is None or self.high is None else self.high - self.low


def spread(questionnaire: Questionnaire, every: Mapping[str, Answers]) -> tuple[Spread, ...]:
    """For each question, the spread between parties (`every`: answers by party). The gap matters as much as the mean."""
    return tuple(
        _spread(question.key, [a.scores[question.key] for a in every.values() if question.key in a.scores])
        for question in questionnaire.questions
    )


def _spread(key: str, given: list[int | None]) -> Spread:
    scores = [score for score in given if score is not None]
    if not scores:
        return Spread(key, 0, len(given), None, None, None)
    return Spread(key, len(scores), len(given) - len(scores), sum(scores) / len(scores), min(scores), max(scores))
