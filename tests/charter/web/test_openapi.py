"""The documented API: its description is valid, and nothing that can be sent to it breaks anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from charter.accounts import services as accounts
from charter.alliances.models import Alliance
from charter.drafting import services as drafting
from charter.evaluation import services as evaluation
from charter.work import Work
from tests import factories
from tests.charter.contracts import factories as contracts
from tests.charter.drafting import factories as texts
from tests.charter.evaluation import factories as evaluations
from tests.charter.proposals import factories as proposals
from tests.charter.signing import factories as envelopes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

schemathesis.serializer.alias("application/pdf", "application/octet-stream")
Operation = APIOperation[Any, Any, Any, Any]
STAGES = ("texts", "contract", "signature", "evaluation")
LAST = ("abandon", "void", "refusal", "decision", "adoption", "freeze", "begin")
"""What ends a stage is asked after everything else: the others would then answer nothing but 409."""
EACH = 3
MANY = 60


@dataclass(frozen=True)
class Place:
    """An alliance at one stage: what stands in its addresses, and the token of somebody in it."""

    parameters: Mapping[str, Any]
    token: str


@pytest.fixture
def places(work: Work) -> dict[str, Place]:
    """An alliance at each stage."""
    proposal, _invited = proposals.one_invited(work)
    alliance = texts.drafting(work)
    text = texts.charter(work, alliance)
    article, writer = text.present_articles[0], alliance.parties[0]
    thread = drafting.post(work, article, factories.speaker(writer), writer, "Un mot.")
    contract, envelope, reviewed = contracts.filled(work), envelopes.sent(work), evaluations.in_evaluation(work)
    evaluation.plan(work, reviewed, "path_9_months")
    checkpoint = evaluation.checkpoints_of(work, reviewed)[0]
    evaluation.open_checkpoint(work, checkpoint.id)
    own = {
        "proposal": (proposal, {"party_ref": proposal.parties[-1].ref}),
        "texts": (alliance, {"text_ref": text.ref, "article_ref": article.ref, "comment_ref": thread.ref}),
        "contract": (contract.alliance, {"document_ref": "charter"}),
        "signature": (envelope.alliance, {"party_ref": envelope.alliance.parties[0].ref, "signatory_ref": envelope.signatories[0].ref}),
        "evaluation": (reviewed, {"checkpoint": checkpoint.ref}),
    }
    made = {stage: Place({"alliance_ref": one.ref, **parameters}, _token(work, one)) for stage, (one, parameters) in own.items()}
    work.commit()
    return made


def _token(work: Work, alliance: Alliance) -> str:
    return accounts.make_token(work, factories.speaker(alliance.parties[0]), "essai")[0]


def test_nothing_sent_to_the_api_breaks_it(app: Flask, places: dict[str, Place], outgoing: list[EmailMessage]) -> None:
    """A few requests to each operation: as documented and not, on addresses that exist and on made-up ones; no answer is a 500."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    schema.validate()
    operations = sorted((each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)), key=_order)
    answers: Counter[int] = Counter()
    broken: list[str] = []
    for operation in operations:
        place = places[next((stage for stage in STAGES if f"/{stage}" in operation.path), "proposal")]
        for strategy in _strategies(operation, place):
            answers += _send(strategy, place, broken)
    assert broken == []
    assert len(operations) > MANY and {200, 404, 409, 422} <= set(answers)


def _order(operation: Operation) -> tuple[bool, str]:
    return operation.path.rsplit("/", 1)[-1] in LAST, operation.label


def _strategies(operation: Operation, place: Place) -> Iterator[SearchStrategy[Case]]:
    """As documented on made-up addresses, then on those that exist; and, where something can be typed, not as documented."""
    named = {one.name: place.parameters[one.name] for one in operation.path_parameters if one.name in place.parameters}
    if named:
        yield operation.as_strategy()
    yield operation.as_strategy(path_parameters=named)
    if operation.body or operation.query:
        yield operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=named)


def _send(strategy: SearchStrategy[Case], place: Place, broken: list[str]) -> Counter[int]:
    answers: Counter[int] = Counter()

    @settings(
        max_examples=EACH, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def send(case: Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {place.token}"})
        answers[answer.status_code] += 1
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            broken.append(f"{answer.status_code} {case.method} {case.formatted_path} {case.query} {case.body!r:.300}")

    send()
    return answers
