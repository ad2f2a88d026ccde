"""What the contract's forms and API read and show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields

from charter.adapters.http.schemas import MissingOut
from charter.alliances.models import Party
from charter.contracts.clauses import ParameterType
from charter.contracts.failures import Failure
from charter.contracts.models import KINDS, Contract, Document, RenderingProgress
from charter.contracts.questions import YES_NO, Question
from charter.i18n import format_date, format_money, format_number, gettext, say
from charter.i18n import lazy_gettext as _l
from charter.proposals.schemas import Euros, euros
from workflows.base import N_, Missing
from workflows.contracts import ContractChart, ContractStatus

STATUS_LABELS = {status: state.name for status in ContractStatus for state in ContractChart.states if state.value == status}
STAGES: Mapping[str, tuple[int, str]] = {
    "started": (5, N_("préparation")),
    "layout": (15, N_("mise en page")),
    "drawing": (35, N_("dessin des pages")),
    "finishing": (45, N_("finitions")),
}
"""How far a document is at each stage of the engine, out of 50, and its name."""
DOCUMENT_NAMES = {"charter": N_("Charte du faire alliance"), "contract": N_("Contrat d’alliance")}


class AnswerForm(Schema):
    """One answer, as it was typed."""

    value = fields.Str(load_default="", metadata={"label": _l(N_("Votre réponse")), "empty": True})


class DeliberationForm(Schema):
    """The decision that allows a public body to sign."""

    number = fields.Str(load_default="", metadata={"label": _l(N_("Numéro de la délibération")), "empty": True})
    date = fields.Date(
        load_default=None,
        error_messages={"invalid": _l(N_("Indiquez une date, par exemple 15/09/2026"))},
        metadata={"label": _l(N_("Date de la délibération"))},
    )


class ContractAnswersIn(Schema):
    """Answers by the name of the question: text, whole number (money in euro cents), ISO date, true or false, null to take one back."""

    answers = fields.Dict(keys=fields.Str(), values=fields.Raw(allow_none=True), required=True)


class ContractDeliberationIn(Schema):
    """Number and ISO date."""

    number = fields.Str(required=True)
    date = fields.Date(required=True)


class ContractQuestionOut(Schema):
    """A question as the API tells it. `value` as `ContractAnswersIn` takes it; `missing`: the contract needs it; `asked`: party names."""

    name = fields.Str()
    type = fields.Str()
    label = fields.Str()
    clause = fields.Str()
    why = fields.Str()
    article = fields.Int(attribute="number")
    asked = fields.List(fields.Str())
    value = fields.Function(lambda one: one.value.isoformat() if isinstance(one.value, date) else one.value)
    answered = fields.Bool()
    required = fields.Bool()
    missing = fields.Bool()
    choices = fields.List(fields.Str())
    minimum = fields.Int(allow_none=True)
    maximum = fields.Int(allow_none=True)


class ContractDocumentOut(Schema):
    """A document laid out. `sha256` is that of the file."""

    ref = fields.Str()
    kind = fields.Str()
    title = fields.Str()
    version = fields.Int()
    pages = fields.Int()
    size = fields.Int()
    sha256 = fields.Str()
    created_at = fields.AwareDateTime()


class RenderingProgressOut(Schema):
    """How far a rendering is: `percent` of the two documents; `says` the same in words."""

    percent = fields.Int()
    says = fields.Str()


class RenderingFailureOut(Schema):
    """Why the last rendering failed, and what to do."""

    reason = fields.Str()
    message = fields.Str()
    advice = fields.Str()


class RenderingOut(Schema):
    """Where the rendering stands."""

    status = fields.Str()
    attempt = fields.Int()
    progress = fields.Nested(RenderingProgressOut, allow_none=True)
    failure = fields.Nested(RenderingFailureOut, allow_none=True)
    documents = fields.List(fields.Nested(ContractDocumentOut))


class ContractArticleOut(Schema):
    """An article of the contract's text. `content`: ProseMirror nodes."""

    number = fields.Int()
    key = fields.Str()
    title = fields.Str()
    why = fields.Str()
    content = fields.List(fields.Dict())


class ContractTextOut(Schema):
    """The contract's text as it stands. `sha256`: of the RFC 8785 JSON of its articles."""

    sha256 = fields.Str()
    articles = fields.List(fields.Nested(ContractArticleOut))


class ContractOut(Schema):
    """The contract. `missing`: before it can be frozen; `current`: its documents, if any, still say what it says."""

    ref = fields.Str()
    version = fields.Int()
    status = fields.Str()
    charter = fields.Str()
    current = fields.Bool()
    missing = fields.List(fields.Nested(MissingOut))
    questions = fields.List(fields.Nested(ContractQuestionOut))
    documents = fields.List(fields.Nested(ContractDocumentOut))
    failure = fields.Nested(RenderingFailureOut, allow_none=True)
    frozen_at = fields.AwareDateTime(allow_none=True)


def read_answer(question: Question, raw: str) -> Any:
    """What was typed in the form, as the service takes it; what cannot be read is left as it was typed, for the service to refuse."""
    text = raw.strip()
    if not text:
        return None
    if question.type == YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    if question.type == ParameterType.money:
        try:
            return Euros().deserialize(text)
        except ValidationError:
            return text
    digits = "".join(text.split())
    return int(digits) if question.type == ParameterType.int and digits.isdecimal() and len(digits) < 16 else text


def field_value(question: Question) -> str:
    """The answer as the form shows it."""
    value = question.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("yes" if value else "no") if question.answered else ""
    if isinstance(value, date):
        return value.isoformat()
    return euros(int(value)) if question.type == ParameterType.money else str(value)


def said(question: Question) -> str:
    """The answer as one reads it; empty when there is none."""
    value = question.value
    if isinstance(value, bool):
        return gettext(N_("Oui")) if value else gettext(N_("Non"))
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, int):
        return format_money(value) if question.type == ParameterType.money else format_number(value)
    return value or ""


def question_view(question: Question) -> dict[str, Any]:
    """A question as the pages show it."""
    shown = ("name", "type", "label", "clause", "why", "number", "required", "missing", "answered", "choices", "minimum", "maximum")
    return {**{name: getattr(question, name) for name in shown}, "asked": list(question.asked), "said": said(question)}


def document_view(document: Document) -> dict[str, Any]:
    """A document as the pages show it; its name is said in the reader's language."""
    return {
        **ContractDocumentOut().dump(document),
        "title": gettext(DOCUMENT_NAMES[document.kind]),
        "kilobytes": max(1, document.size // 1000),
    }


def progress_view(contract: Contract, row: RenderingProgress | None) -> dict[str, Any] | None:
    """How far the rendering is; None when none is under way."""
    if contract.status != ContractStatus.rendering:
        return None
    if row is None:
        return {"percent": 0, "says": gettext(N_("En attente : la mise en page va commencer."))}
    done, stage = STAGES.get(row.stage, (0, ""))
    percent = KINDS.index(row.kind) * 50 + done
    values = {"document": gettext(DOCUMENT_NAMES[row.kind]), "stage": gettext(stage), "page": row.page}
    if row.page:
        return {"percent": percent, "says": gettext(N_("%(document)s : %(stage)s, page %(page)s"), **values)}
    return {"percent": percent, "says": gettext(N_("%(document)s : %(stage)s"), **values)}


def failure_view(contract: Contract) -> dict[str, str] | None:
    """Why the last rendering failed, said; None when it did not."""
    found = Failure.of(contract)
    return {"reason": found.reason, "message": found.said, "advice": found.advice} if found else None


def missing_view(items: tuple[Missing, ...]) -> list[dict[str, Any]]:
    """What is missing, said."""
    return [{"what": say(one), "who": list(one.who)} for one in items]


def deliberation_view(party: Party, mine: Party | None) -> dict[str, Any]:
    """A public body's deliberation; `mine` when the reader acts for it."""
    return {"party": party.name, "number": party.deliberation_number, "date": party.deliberation_date, "mine": party is mine}
