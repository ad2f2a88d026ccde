"""What the evaluation's forms and API read and show."""

from __future__ import annotations

from collections.abc import Iterable

from marshmallow import Schema, fields, validate

from charter.adapters.http.forms import REQUIRED
from charter.evaluation import schedule
from charter.evaluation.questionnaire import NO_OPINION, SCALE
from charter.i18n import gettext
from charter.i18n import lazy_gettext as _l
from workflows.base import N_
from workflows.calendar import PRESETS
from workflows.evaluation import Verdict

ONE_OF = _l(N_("Choisissez une réponse de la liste"))
BAD_DATE = _l(N_("Écrivez une date : jour, mois, année"))
STEPS = 3


class PresetForm(Schema):
    """Which calendar."""

    preset = fields.Str(
        required=True,
        validate=validate.OneOf(list(PRESETS), error=ONE_OF),
        error_messages=REQUIRED,
        metadata={"label": _l(N_("Calendrier"))},
    )


def dates_form(preset: str, settled: Iterable[str] = ()) -> Schema:
    """One date for each step of the preset that has not begun."""
    steps = {key: title for key, title in schedule.titles(preset).items() if key not in set(settled)}
    made = {
        f"date_{key}": fields.Date(required=True, error_messages={**REQUIRED, "invalid": BAD_DATE}, metadata={"label": gettext(title)})
        for key, title in steps.items()
    }
    return Schema.from_dict(dict(made), name="DatesForm")()


class TextForm(Schema):
    """An open question."""

    text = fields.Str(load_default="", metadata={"label": _l(N_("Votre réponse")), "empty": True})


class ScoreForm(Schema):
    """A statement, 1 to 5 or without opinion, and a comment."""

    score = fields.Str(
        required=True,
        validate=validate.OneOf([*map(str, SCALE), NO_OPINION], error=ONE_OF),
        error_messages={"required": _l(N_("Choisissez une réponse, ou « sans avis »."))},
        metadata={"label": _l(N_("Votre avis"))},
    )
    comment = fields.Str(load_default="", metadata={"label": _l(N_("Pourquoi ?")), "empty": True})


class VerdictForm(Schema):
    """What one wishes next, and why."""

    verdict = fields.Enum(
        Verdict,
        by_value=True,
        required=True,
        error_messages={"required": _l(N_("Choisissez : poursuivre, réorienter ou arrêter.")), "unknown": ONE_OF},
        metadata={"label": _l(N_("Pour la suite"))},
    )
    text = fields.Str(
        required=True,
        error_messages={"required": _l(N_("Répondez en quelques mots."))},
        metadata={"label": _l(N_("Vos raisons"))},
    )


class ReviewForm(Schema):
    """What the parties conclude, with up to three next steps."""

    story = fields.Str(load_default="", metadata={"label": _l(N_("Ce que vous racontez ensemble")), "empty": True})
    verdict = fields.Enum(
        Verdict,
        by_value=True,
        required=True,
        error_messages={"required": _l(N_("Choisissez : poursuivre, réorienter ou arrêter.")), "unknown": ONE_OF},
        metadata={"label": _l(N_("Ce que vous décidez"))},
    )
    reason = fields.Str(required=True, error_messages=REQUIRED, metadata={"label": _l(N_("Vos raisons"))})
    what_1 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 1 : quoi")), "empty": True})
    who_1 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 1 : qui")), "empty": True})
    due_1 = fields.Date(load_default=None, error_messages={"invalid": BAD_DATE}, metadata={"label": _l(N_("Suite 1 : pour le"))})
    what_2 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 2 : quoi")), "empty": True})
    who_2 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 2 : qui")), "empty": True})
    due_2 = fields.Date(load_default=None, error_messages={"invalid": BAD_DATE}, metadata={"label": _l(N_("Suite 2 : pour le"))})
    what_3 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 3 : quoi")), "empty": True})
    who_3 = fields.Str(load_default="", metadata={"label": _l(N_("Suite 3 : qui")), "empty": True})
    due_3 = fields.Date(load_default=None, error_messages={"invalid": BAD_DATE}, metadata={"label": _l(N_("Suite 3 : pour le"))})


class DecisionForm(Schema):
    """A word on the decision."""

    reason = fields.Str(load_default="", validate=validate.Length(max=4000), metadata={"label": _l(N_("Vos raisons")), "empty": True})


# --- API ------------------------------------------------------------------------------------------------------------


class EvaluationPlanIn(Schema):
    """A preset, and the dates to change by step."""

    preset = fields.Str(required=True, validate=validate.OneOf(list(PRESETS), error=ONE_OF))
    start = fields.Date(load_default=None)
    dates = fields.Dict(keys=fields.Str(), values=fields.Date(), load_default=dict)


class CheckpointOut(Schema):
    """A checkpoint: its days, who answered (never what), and its conclusion once reviewed."""

    ref = fields.Str()
    key = fields.Str()
    title = fields.Function(lambda row: gettext(row.title))
    due = fields.Date(attribute="due_on")
    closes_on = fields.Date()
    status = fields.Function(lambda row: row.status.value)
    answered = fields.Function(lambda row: [answer.party.ref for answer in row.answers if answer.is_sent])
    verdict = fields.Function(lambda row: row.verdict.value if row.verdict else None)
    reason = fields.Str(attribute="verdict_reason")
    followed = fields.Bool()
    document = fields.Str()


class MovedOut(Schema):
    """A date that fell on a day off."""

    wanted = fields.Date()
    kept = fields.Date()


class PlannedOut(Schema):
    """The checkpoints to come, and the dates that were moved."""

    checkpoints = fields.List(fields.Nested(CheckpointOut))
    moved = fields.List(fields.Nested(MovedOut))


class CheckpointAnswersIn(Schema):
    """Answers by question key; a score is 1 to 5, or null without opinion."""

    scores = fields.Dict(keys=fields.Str(), values=fields.Int(allow_none=True, strict=True), load_default=dict)
    comments = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    texts = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    verdict = fields.Enum(Verdict, by_value=True, load_default=None, allow_none=True)


class CheckpointAnswerOut(Schema):
    """One party's answers, as far as the reader may see them."""

    party = fields.Function(lambda answer: answer.party.ref)
    scores = fields.Dict()
    comments = fields.Dict()
    texts = fields.Dict()
    verdict = fields.Function(lambda answer: answer.verdict.value if answer.verdict else None)
    sent = fields.Bool(attribute="is_sent")
    late = fields.Bool()
    sha256 = fields.Str()
    answered_at = fields.AwareDateTime(allow_none=True)


class CheckpointAnswersOut(Schema):
    """`shown`: whether the parties may read one another's answers; before that, only one's own is here."""

    shown = fields.Bool()
    awaited = fields.List(fields.Str())
    answers = fields.List(fields.Nested(CheckpointAnswerOut))


class NextStepIn(Schema):
    """One thing decided."""

    what = fields.Str(required=True)
    who = fields.Str(load_default="")
    due = fields.Date(required=True)


class ReviewIn(Schema):
    """What the parties conclude."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reason = fields.Str(required=True)
    story = fields.Str(load_default="")
    next_steps = fields.List(fields.Nested(NextStepIn), load_default=list)


class DecisionIn(Schema):
    """The verdict to act upon."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    reason = fields.Str(load_default="")
