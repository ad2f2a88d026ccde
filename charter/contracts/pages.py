"""The contract's pages: where it stands, its questions one at a time, its text, its documents, freezing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from charter.adapters.http import Form, allowed, current_work, inside, page, partial, standing
from charter.adapters.pdf.templates import rich
from charter.alliances.models import PUBLIC_KINDS, OrganisationKind, Party
from charter.contracts import services
from charter.contracts.models import CHARTER, CONTRACT, Contract, Document
from charter.contracts.questions import Question
from charter.contracts.schemas import (
    STATUS_LABELS,
    AnswerForm,
    DeliberationForm,
    deliberation_view,
    document_view,
    failure_view,
    field_value,
    missing_view,
    progress_view,
    question_view,
    read_answer,
)
from charter.contracts.services import Draft
from charter.errors import Invalid, NotFound, Refused
from charter.i18n import gettext
from workflows.base import N_, Missing
from workflows.contracts import ContractStatus

pages = Blueprint("contracts", __name__, url_prefix="/alliances/<alliance_ref>/contrat")
BLUEPRINTS = (pages,)
NAMES = {CHARTER: "charte", CONTRACT: "contrat"}


@pages.get("")
@inside("alliance.see")
def show(alliance_ref: str) -> Response:
    """Where the contract stands, and what it waits for."""
    draft = _draft()
    mine = services.asked(draft, standing().party)
    return page(
        "contracts/show.html",
        contract=_contract(draft.contract, draft),
        may=_may(),
        left=mine.left,
        left_in_all=mine.left_in_all,
        next_question=next((one.name for one in mine.mine if one.missing), ""),
        blanks=missing_view(services.rendering_blocks(draft)),
        missing=missing_view(services.freezing(draft)),
        deliberations=_deliberations(),
    )


@pages.get("/avancement")
@inside("alliance.see")
def progress(alliance_ref: str) -> Response:
    """How far the rendering is, as a fragment asked for again and again; when it is over, the page is read afresh."""
    contract = _current()
    telling = progress_view(contract, services.progress_of(current_work(), contract))
    response = partial("contracts/_progress.html", progress=telling)
    if telling is None:
        response.headers["HX-Refresh"] = "true"
    return response


@pages.get("/reponses")
@inside("alliance.see")
def questions(alliance_ref: str) -> Response:
    """Every question of the contract, article by article, with its answer and why it is asked."""
    draft = _draft()
    found = services.asked(draft, standing().party)
    editable = draft.contract.is_open and _may()["edit"]
    groups = _by_clause(draft.questions, {one.name for one in found.mine} if editable else set())
    return page(
        "contracts/questions.html", groups=groups, left=found.left, left_in_all=found.left_in_all, contract=_contract(draft.contract)
    )


@pages.get("/reponses/<name>")
@inside("contract.edit")
def question(alliance_ref: str, name: str) -> Response:
    """One question."""
    draft = _draft()
    found = _question(draft, name)
    return _ask(draft, found, Form(AnswerForm(), {"value": field_value(found)}))


@pages.post("/reponses/<name>")
@inside("contract.edit")
def answer(alliance_ref: str, name: str) -> Response:
    """Takes the answer and goes to the next question that waits for one."""
    draft, form = _draft(), Form(AnswerForm())
    found = _question(draft, name)
    form.read()
    try:
        services.set_parameters(current_work(), draft.contract, standing().party, {name: read_answer(found, form.data.get("value", ""))})
    except Invalid as error:
        form.refuse(Invalid({"value": error.fields.get(name, [gettext(error.message)])}))
        return _ask(draft, found, form, 422)
    return redirect(_next(alliance_ref))


@pages.get("/deliberation")
@inside("contract.edit")
def deliberation(alliance_ref: str) -> Response:
    """Asks a public body's own people for its deliberation."""
    party, contract = _public_party(), _current()
    day = party.deliberation_date.isoformat() if party.deliberation_date else ""
    form = Form(DeliberationForm(), {"number": party.deliberation_number, "date": day})
    return page("contracts/deliberation.html", form=form, party=party.name, contract=_contract(contract))


@pages.post("/deliberation")
@inside("contract.edit")
def set_deliberation(alliance_ref: str) -> Response:
    """Keeps it."""
    form, party = Form(DeliberationForm()), _public_party()
    if form.read():
        try:
            services.set_deliberation(current_work(), party, form.data["number"], form.data["date"])
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext(N_("La délibération est enregistrée ; elle figurera dans le contrat.")), "success")
            return redirect(url_for("contracts.show", alliance_ref=alliance_ref))
    return page("contracts/deliberation.html", 422, form=form, party=party.name, contract=_contract(_current()))


@pages.get("/texte")
@inside("alliance.see")
def preview(alliance_ref: str) -> Response:
    """The contract as it stands, each article with the reason it is there."""
    contract = _current()
    if contract.is_open:
        return _read(contract, CONTRACT, services.draft_of(current_work(), contract).data[CONTRACT], project=True)
    return _read(contract, CONTRACT, contract.assembled[CONTRACT])


@pages.post("/mise-en-page")
@inside("contract.render")
def render(alliance_ref: str) -> Response:
    """Asks for the documents."""
    services.request_render(current_work(), _current())
    return redirect(url_for("contracts.show", alliance_ref=alliance_ref))


@pages.get("/figer")
@inside("contract.freeze")
def freeze(alliance_ref: str) -> Response:
    """What will be frozen, or what is missing."""
    draft = _draft()
    return page(
        "contracts/freeze.html", contract=_contract(draft.contract, draft), missing=missing_view(services.freezing(draft)), may=_may()
    )


@pages.post("/figer")
@inside("contract.freeze")
def freeze_now(alliance_ref: str) -> Response:
    """Freezes it; the alliance moves to the signature."""
    services.freeze(current_work(), _current())
    flash(gettext(N_("Le contrat et la charte sont figés : ils ne changent plus. La signature peut commencer.")), "success")
    return redirect(url_for("alliances.show", alliance_ref=alliance_ref))


@pages.get("/documents/<document_ref>.pdf")
@inside("alliance.see", parties=("accepted", "left"))
def document(alliance_ref: str, document_ref: str) -> Response:
    """The PDF, shown in the browser, or kept with `?telecharger=1`."""
    found = _document(document_ref)
    response = make_response(services.bytes_of(current_work(), found))
    kept = "attachment" if request.args.get("telecharger") else "inline"
    response.headers["Content-Type"] = "application/pdf"
    response.headers.set("Content-Disposition", kept, filename=f"{NAMES[found.kind]}-v{found.version}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(found.sha256)
    return response


@pages.get("/documents/<document_ref>")
@inside("alliance.see", parties=("accepted", "left"))
def reading(alliance_ref: str, document_ref: str) -> Response:
    """The same words as the PDF, as a page: for those a PDF does not suit."""
    found = _document(document_ref)
    return _read(found.contract, found.kind, found.contract.assembled[found.kind], document=document_view(found))


def _document(ref: str) -> Document:
    """The document of this address; those who left keep what was frozen before. Raises NotFound."""
    found = services.document_of(current_work(), standing().alliance, ref)
    if not standing().may_read(found.contract.frozen_at):
        raise NotFound
    return found


def _current() -> Contract:
    return services.contract_of(current_work(), standing().alliance)


def _draft() -> Draft:
    return services.draft_of(current_work(), _current())


def _contract(contract: Contract, draft: Draft | None = None) -> dict[str, Any]:
    return {
        "version": contract.version,
        "status": contract.status.value,
        "label": gettext(STATUS_LABELS[contract.status]),
        "open": contract.is_open,
        "requested_at": contract.requested_at,
        "frozen_at": contract.frozen_at,
        "failure": failure_view(contract),
        "progress": progress_view(contract, services.progress_of(current_work(), contract)),
        "documents": [document_view(one) for one in contract.documents],
        "stale": draft is not None and contract.status == ContractStatus.ready and not services.is_current(contract, draft),
    }


def _may() -> dict[str, bool]:
    return {name: allowed(f"contract.{name}") for name in ("edit", "render", "freeze")}


def _deliberations() -> list[dict[str, Any]]:
    public = [one for one in standing().alliance.accepted_parties if one.organisation.kind in PUBLIC_KINDS]
    needed = [
        one
        for one in public
        if one.organisation.kind is OrganisationKind.local_authority or one.deliberation_number or one is standing().party
    ]
    return [deliberation_view(one, standing().party) for one in needed]


def _public_party() -> Party:
    """The visitor's own party, when it is a public body; others are told whose it is to answer."""
    party: Party | None = standing().party
    if party is not None and party.organisation.kind in PUBLIC_KINDS:
        return party
    public = tuple(one.name for one in standing().alliance.accepted_parties if one.organisation.kind in PUBLIC_KINDS)
    if not public:
        raise NotFound(N_("Aucune collectivité ni service de l’État n’est partie à cette alliance."))
    missing = Missing(N_("Sa délibération est demandée à ses propres membres"), who=public)
    raise Refused(N_("Cette réponse ne revient pas à votre organisation."), [missing])


def _question(draft: Draft, name: str) -> Question:
    found = next((one for one in draft.questions if one.name == name), None)
    if found is None:
        raise NotFound(N_("Ce contrat ne pose pas cette question."))
    return found


def _ask(draft: Draft, found: Question, form: Form, status: int = 200) -> Response:
    data = {"question": question_view(found), "left": services.asked(draft, standing().party).left, "contract": _contract(draft.contract)}
    party = standing().party
    mine = party is not None and party.name in found.asked
    return page("contracts/question.html", status, form=form, mine=mine, **data)


def _next(alliance_ref: str) -> str:
    left = [one for one in services.asked(_draft(), standing().party).mine if one.missing]
    if left:
        return url_for("contracts.question", alliance_ref=alliance_ref, name=left[0].name)
    flash(gettext(N_("Votre réponse est enregistrée. Votre organisation a répondu à tout ce qui lui est demandé.")), "success")
    return url_for("contracts.questions", alliance_ref=alliance_ref)


def _by_clause(found: tuple[Question, ...], mine: set[str]) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for one in found:
        if not groups or groups[-1]["title"] != one.clause:
            groups.append({"title": one.clause, "number": one.number, "why": one.why, "questions": []})
        groups[-1]["questions"].append({**question_view(one), "mine": one.name in mine})
    return groups


def _read(
    contract: Contract, kind: str, data: dict[str, Any], *, project: bool = False, document: dict[str, Any] | None = None
) -> Response:
    sections = data.get("sections") or [{"title": "", "clauses": data.get("articles", [])}]
    shown = [{"title": one["title"], "articles": [{**each, "html": rich(each["content"])} for each in one["clauses"]]} for one in sections]
    about = {name: data[name] for name in ("title", "version", "parties", "facilitator", "sha256")}
    listed = {"contributions": data.get("contributions", []), "annexes": data.get("annexes", [])}
    return page(
        "contracts/reading.html",
        kind=kind,
        text={**about, **listed, "sections": shown},
        project=project,
        document=document,
        contract=_contract(contract),
    )
