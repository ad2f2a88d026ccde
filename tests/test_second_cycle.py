"""An alliance of two, without facilitator, goes round twice: signed, evaluated, amended, signed again; refused once on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

import pytest

from charter.accounts.services import actor_of
from charter.adapters.clock import FixedClock
from charter.adapters.pdf import PdfEngine, Rendering
from charter.alliances.models import Alliance
from charter.alliances.services import find
from charter.contracts import services as contracts
from charter.dashboard.situation import gather
from charter.drafting import services as drafting
from charter.evaluation import services as evaluation
from charter.evaluation.services import ReviewData
from charter.journal import services as journal
from charter.signing import services as signing
from charter.work import Engine, Work
from tests import factories
from tests.charter.adapters.signer_samples import draft
from tests.charter.contracts import factories as terms
from tests.charter.drafting import factories as charters
from tests.charter.evaluation.factories import answers, let_pass, speaking
from tests.charter.signing import factories as ceremonies
from workflows.contracts import ContractStatus
from workflows.drafting import TextStatus
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus
from workflows.todo import Viewer, todo

Drain = Callable[[], int]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Journey:
    """One alliance, a short transaction at each step, as requests would be."""

    def __init__(self, engine: Engine, clock: FixedClock, drain: Drain) -> None:
        self.engine, self.clock, self.drain = engine, clock, drain
        with engine.work() as work:
            alliance = charters.drafting(work)
            alliance.facilitators[0].ended_at = work.now()
            self.ref = alliance.ref

    def do(self, step: Callable[[Work, Alliance], object]) -> None:
        """One step acted in by the leading party's speaker, then what follows it."""
        with self.engine.work() as work:
            alliance = find(work, self.ref)
            step(work.by(actor_of(factories.speaker(alliance.accepted_parties[0]))), alliance)
        self.drain()
        self.clock.advance(timedelta(minutes=5))

    def check_somebody_is_awaited(self, status: AllianceStatus) -> None:
        with self.engine.work(write=False) as work:
            alliance = find(work, self.ref)
            assert alliance.status == status
            situation = todo(gather(work, [alliance])[alliance.id], Viewer("nobody"))
            assert situation.waiting

    def adopt(self) -> None:
        self.do(lambda work, alliance: charters.consents(work, drafting.charter_of(work, alliance)))
        self.do(lambda work, alliance: drafting.adopt(work, drafting.charter_of(work, alliance)))
        self.check_somebody_is_awaited(AllianceStatus.contract)

    def freeze(self) -> None:
        self.do(lambda work, alliance: terms.answer_all(work, contracts.contract_of(work, alliance)))
        self.do(lambda work, alliance: contracts.request_render(work, contracts.contract_of(work, alliance)))
        self.do(lambda work, alliance: contracts.freeze(work, contracts.contract_of(work, alliance)))
        self.check_somebody_is_awaited(AllianceStatus.signature)

    def send(self) -> None:
        self.do(lambda work, alliance: signing.send(work, signing.the_current(work, alliance)))

    def sign(self) -> None:
        def sign(work: Work, alliance: Alliance, number: int) -> None:
            ceremonies.sign(work, signing.the_current(work, alliance).signatories[number])

        for number in (0, 1):
            self.do(partial(sign, number=number))
        self.check_somebody_is_awaited(AllianceStatus.evaluation)

    def refuse(self) -> None:
        def decline(work: Work, alliance: Alliance) -> None:
            signatory = signing.the_current(work, alliance).signatories[1]
            signing.decline(ceremonies.acting(work, signatory), signatory, "Le montant n’est pas le bon.", "192.0.2.7", "essai")

        self.do(decline)
        self.check_somebody_is_awaited(AllianceStatus.contract)

    def evaluate(self, verdict: Verdict) -> None:
        self.do(lambda work, alliance: evaluation.plan(work, alliance, "path_9_months"))
        let_pass(self.engine, self.clock, self.clock.now() + timedelta(days=100))

        def respond(work: Work, alliance: Alliance) -> None:
            row = next(one for one in evaluation.checkpoints_of(work, alliance) if one.status == CheckpointStatus.open)
            for party in alliance.accepted_parties:
                evaluation.answer(speaking(work, party), row, party, answers())
            evaluation.close(work, row, ReviewData(verdict, "Nous en avons parlé."))

        self.do(respond)
        self.do(lambda work, alliance: evaluation.decide(work, alliance, verdict))


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small documents laid out at once, with the signature fields asked for."""

    def render(self: PdfEngine, request: Rendering, progress: object = None) -> bytes:
        return draft(*(field.name for field in request.signature_fields), text=request.digest({}))

    monkeypatch.setattr(PdfEngine, "render", render)


def test_an_amendment_goes_all_the_way_round(
    engine: Engine, clock: FixedClock, drain: Drain, paper: None, outgoing: list[EmailMessage]
) -> None:
    journey = Journey(engine, clock, drain)
    journey.adopt()
    journey.freeze()
    journey.send()
    journey.sign()
    with engine.work(write=False) as work:
        first = {one.sha256 for one in signing.signed_documents(work, find(work, journey.ref))}

    journey.evaluate(Verdict.redirect)
    journey.check_somebody_is_awaited(AllianceStatus.drafting)
    journey.do(lambda work, alliance: charters.rewrite(work, drafting.charter_of(work, alliance).present_articles[0], "Autrement."))
    journey.adopt()
    journey.freeze()
    journey.send()
    journey.refuse()
    journey.freeze()
    journey.send()
    journey.sign()

    with engine.work(write=False) as work:
        alliance = find(work, journey.ref)
        texts = drafting.texts_of(work, alliance)
        versions = contracts.contracts_of(work, alliance)
        assert [(one.version, one.status) for one in texts] == [(2, TextStatus.adopted), (1, TextStatus.superseded)]
        assert [one.status for one in versions] == [ContractStatus.frozen, ContractStatus.superseded, ContractStatus.superseded]
        assert [one.text_ref for one in versions] == [texts[0].ref, texts[0].ref, texts[1].ref]
        assert signing.the_current(work, alliance).status == EnvelopeStatus.completed
        again = {one.sha256 for one in signing.signed_documents(work, alliance)}
        assert len(again) == 2 and not again & first
        for sha256 in first | again:
            assert work.storage.get(sha256)
        assert journal.recheck(work, alliance.id).holds
    journey.evaluate(Verdict.stop)
    with engine.work(write=False) as work:
        assert find(work, journey.ref).status == AllianceStatus.closed
