"""Answering the contract's questions. An answer changes the contract, so documents laid out before it are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from charter.alliances.models import PUBLIC_KINDS, Alliance, Party
from charter.alliances.services import hold
from charter.contracts.models import Contract
from charter.contracts.questions import Question, check
from charter.contracts.services.versions import Draft, contract_of, draft_of
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.i18n import gettext
from charter.work import Work
from workflows.base import N_, Missing, fire
from workflows.contracts import ContractChart, ContractStatus
from workflows.lifecycle import AllianceStatus

LATER: Mapping[ContractStatus, str] = {
    ContractStatus.rendering: N_("Le contrat est en cours de mise en page : attendez qu’elle soit finie, puis changez votre réponse."),
    ContractStatus.frozen: N_("Le contrat est figé : il ne change plus. Un changement passe par une nouvelle version."),
    ContractStatus.superseded: N_("Cette version du contrat a été remplacée : ouvrez la nouvelle."),
}
ELSEWHERE = N_("L’alliance n’est plus à l’étape du contrat : ceci ne peut plus y être changé.")
NUMBER = 80


@dataclass(frozen=True)
class Asked:
    """The questions one party may answer, and how many necessary ones remain, for it and for all."""

    mine: tuple[Question, ...]
    others: tuple[Question, ...]
    left: int
    left_in_all: int


def asked(draft: Draft, party: Party | None) -> Asked:
    """The contract's questions as `party` meets them; the facilitator (None) reads them all."""
    name = party.name if party else ""
    mine = tuple(one for one in draft.questions if name in one.asked)
    others = tuple(one for one in draft.questions if name not in one.asked)
    return Asked(mine, others, sum(one.missing for one in mine), sum(one.missing for one in draft.questions))


def set_parameters(work: Work, contract: Contract, party: Party, values: Mapping[str, Any]) -> Contract:
    """Takes `party`'s answers by name: text, whole number (money in euro cents), a date, True or False, None to take an answer back.

    Documents already laid out are withdrawn when an answer changes them. Raises Invalid naming each field, NotFound on a question this
    contract does not ask, Refused when it is asked of another party (saying which), Conflict once frozen or while it is laid out.
    """
    open_for_changes(work, contract)
    known = {one.name: one for one in draft_of(work, contract).questions}
    answers, errors = dict(contract.parameters), {}
    for name, value in values.items():
        question = _question(known, name, party)
        kept, wrong = check(question, value)
        if wrong:
            errors[name] = [wrong]
        elif kept is None:
            answers.pop(name, None)
        else:
            answers[name] = kept
    errors |= {} if errors else _dates(answers, values)
    if errors:
        raise Invalid(errors)
    if answers != contract.parameters:
        withdraw(work, contract)
        contract.parameters = answers
        work.session.flush()
    return contract


def set_deliberation(work: Work, party: Party, number: str, day: date | None) -> None:
    """The decision by which a public body's competent organ allows the signature: its number and date, as the party's own people say.

    Raises Invalid (number, date), Refused when the party is not a public body, Conflict once frozen or while it is laid out.
    """
    contract = contract_of(work, party.alliance)
    open_for_changes(work, contract)
    if party.organisation.kind not in PUBLIC_KINDS:
        raise Refused(N_("Seule une collectivité ou un service de l’État indique une délibération."))
    clean, errors = " ".join(number.split()), {}
    if not 1 <= len(clean) <= NUMBER:
        errors["number"] = [gettext(N_("Indiquez le numéro de la délibération, par exemple 2026-047"))]
    if day is None:
        errors["date"] = [gettext(N_("Indiquez une date, par exemple 15/09/2026"))]
    elif day > work.now().astimezone(ZoneInfo(party.alliance.zone)).date():
        errors["date"] = [gettext(N_("La délibération est prise avant la signature : cette date est dans l’avenir"))]
    if errors:
        raise Invalid(errors)
    if (party.deliberation_number, party.deliberation_date) != (clean, day):
        withdraw(work, contract)
        party.deliberation_number, party.deliberation_date = clean, day
        work.session.flush()


def open_for_changes(work: Work, contract: Contract) -> None:
    """Takes the alliance's lock and reads the contract afresh. Raises Conflict when it may not change now."""
    take(work, contract)
    if not contract.is_open:
        raise Conflict(LATER[contract.status])


def take(work: Work, contract: Contract) -> Alliance:
    """Takes the alliance's lock and reads the contract afresh. Raises Conflict once it is frozen, or the alliance elsewhere."""
    alliance = hold(work, contract.alliance)
    work.session.refresh(contract)
    if contract.status in (ContractStatus.frozen, ContractStatus.superseded):
        raise Conflict(LATER[contract.status])
    if alliance.status != AllianceStatus.contract:
        raise Conflict(ELSEWHERE)
    return alliance


def withdraw(work: Work, contract: Contract) -> None:
    """Takes back documents that are no longer the contract."""
    if contract.status == ContractStatus.ready:
        fire(ContractChart, contract, "revise")
        contract.documents = []
        contract.assembled, contract.input_sha256 = {}, ""
        work.session.flush()


def _question(known: Mapping[str, Question], name: str, party: Party) -> Question:
    question = known.get(name)
    if question is None:
        raise NotFound(N_("Ce contrat ne pose pas cette question."))
    if party.name not in question.asked:
        missing = Missing(N_("« %(label)s » est demandé à une autre partie"), who=question.asked, params={"label": question.label})
        raise Refused(N_("Cette réponse ne revient pas à votre organisation."), [missing])
    return question


def _dates(answers: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, list[str]]:
    start, end = answers.get("start_date"), answers.get("end_date")
    if start and end and str(end) <= str(start) and {"start_date", "end_date"} & changed.keys():
        field = "end_date" if "end_date" in changed else "start_date"
        return {field: [gettext(N_("La fin du contrat vient après son début"))]}
    return {}
