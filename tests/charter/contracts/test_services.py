"""The contract's verbs on both databases: opened with the charter, answered by those it asks, laid out once, frozen for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox
from charter.adapters.pdf import RenderFailed, RenderTooBig
from charter.alliances import services as alliances
from charter.alliances.models import OrganisationKind as Kind
from charter.contracts import services
from charter.contracts.models import Contract, RenderingProgress
from charter.contracts.states import states
from charter.dashboard.situation import gather
from charter.drafting import services as drafting
from charter.drafting.markdown import text_of
from charter.errors import Conflict, Invalid, NotFound, Refused
from charter.journal import services as journal
from charter.work import Engine, Work
from tests.charter.contracts import factories
from tests.charter.contracts.conftest import PaperEngine
from workflows.base import Blocked, NotNow
from workflows.expectations import expectations

Reread = Callable[[Contract], Contract]
Drain = Callable[[], int]


def told(work: Work, contract: Contract) -> list[str]:
    return [fact.type for fact in journal.facts(work, contract.alliance_id)]


@pytest.fixture
def ready(work: Work, paper: PaperEngine, drain: Drain, outgoing: list[EmailMessage]) -> Contract:
    """A contract laid out, as this test's Work reads it."""
    made = factories.requested(work)
    drain()
    work.session.expire_all()
    assert made.status == "ready"
    return made


def test_the_charter_adopted_opens_the_contract(work: Work) -> None:
    made = factories.contract(work, factories.THREE)
    assert (made.status, made.version) == ("draft", 1)
    assert made.alliance.status == "contract"
    assert made.text_ref == drafting.adopted(work, made.alliance).text_ref
    assert services.open_contract(work, made.alliance, made.text_ref) is made
    assert told(work, made)[-2:] == ["charter.adopted", "contract.assembled"]


def test_same_facts_same_sha(work: Work) -> None:
    made = factories.filled(work)
    first = services.draft_of(work, made).sha256
    work.session.expire_all()
    assert services.draft_of(work, made).sha256 == first
    services.set_parameters(work, made, made.alliance.accepted_parties[0], {"review_days": 9})
    assert services.draft_of(work, made).sha256 != first


def test_answers_are_checked_and_nothing_is_half_kept(work: Work) -> None:
    made = factories.contract(work)
    party = made.alliance.accepted_parties[0]
    with pytest.raises(Invalid) as error:
        services.set_parameters(work, made, party, {"review_days": "sept", "start_date": date(2026, 4, 1), "scope_actions": " "})
    assert set(error.value.fields) == {"review_days", "scope_actions"} and made.parameters == {}
    with pytest.raises(Invalid) as error:
        services.set_parameters(work, made, party, {"start_date": "2026-04-01", "end_date": "2026-03-01"})
    assert set(error.value.fields) == {"end_date"}
    with pytest.raises(NotFound):
        services.set_parameters(work, made, party, {"subsidy_project": "x"})
    services.set_parameters(work, made, party, {"start_date": date(2026, 4, 1), "common_data": True})
    assert made.parameters == {"start_date": "2026-04-01", "common_data": True}
    assert {"data_uses", "data_contact"} <= {one.name for one in services.draft_of(work, made).questions}


def test_a_subsidy_asks_its_giver_and_its_receiver(work: Work) -> None:
    made = factories.contract(work, (Kind.local_authority, Kind.association))
    giver, receiver = made.alliance.accepted_parties
    factories.declare(work, made.alliance, 0, money_flows=[{"nature": "subsidy", "to": receiver.ref, "cents": None, "purpose": "le sas"}])
    asked = {one.name: one.asked for one in services.draft_of(work, made).questions if one.clause.startswith("Subvention")}
    amount = f"subsidy_amount.{giver.ref}.0"
    assert asked == {"subsidy_schedule": (giver.name,), "subsidy_project": (receiver.name,), amount: (giver.name,)}
    with pytest.raises(Refused) as refused:
        services.set_parameters(work, made, receiver, {amount: 2_500_000})
    assert refused.value.missing[0].who == (giver.name,)
    services.set_parameters(work, made, giver, {amount: 2_500_000})
    assert "25\u202f000,00" in "".join(text_of(one.content) for one in services.draft_of(work, made).text.articles)
    factories.answer_all(work, made)
    assert services.freezing(services.draft_of(work, made))[0].text.startswith("Demander la mise en page")


def test_a_deliberation_is_asked_of_the_authority_itself(work: Work) -> None:
    made = factories.contract(work, (Kind.local_authority, Kind.association))
    authority, association = made.alliance.accepted_parties
    blanks = {one.who for one in services.draft_of(work, made).blanks if "délibération" in one.label}
    assert blanks == {authority.name}
    with pytest.raises(Refused):
        services.set_deliberation(work, association, "1", date(2026, 1, 1))
    with pytest.raises(Invalid) as error:
        services.set_deliberation(work, authority, "", date(2027, 1, 1))
    assert set(error.value.fields) == {"number", "date"}
    services.set_deliberation(work, authority, "2026-047", date(2026, 2, 9))
    assert "2026-047" in str(services.draft_of(work, made).text.articles[0].content)


def test_a_blank_contract_is_not_laid_out(work: Work) -> None:
    made = factories.contract(work)
    with pytest.raises(Blocked) as blocked:
        services.request_render(work, made)
    assert all(one.who for one in blocked.value.missing)
    assert not work.session.scalar(select(Outbox).where(Outbox.name == "contracts.render"))


def test_states_tell_the_blanks_of_many_in_a_constant_number_of_queries(work: Work) -> None:
    first, second = factories.contract(work), factories.filled(work)
    found = states(work, [first.alliance, second.alliance])
    assert found[first.alliance_id].missing and not found[second.alliance_id].missing
    assert found[second.alliance_id].ref == second.ref


def test_laid_out_once_even_when_delivered_twice(
    work: Work, paper: PaperEngine, engine: Engine, drain: Drain, reread: Reread, outgoing: list[EmailMessage]
) -> None:
    asked = factories.requested(work)
    with pytest.raises(NotNow):
        services.request_render(work, asked)
    work.session.rollback()
    drain()
    contract = reread(asked)
    before = [(one.id, one.sha256) for one in contract.documents]
    assert contract.status == "ready" and [one.kind for one in contract.documents] == ["charter", "contract"]
    assert all(one.pages == 1 and one.size for one in contract.documents)
    with engine.work() as other:
        row = other.session.scalars(select(Outbox).where(Outbox.name == "contracts.render")).one()
        row.status, row.next_try = outbox.OutboxStatus.PENDING, other.now()
    drain()
    again = reread(asked)
    assert [(one.id, one.sha256) for one in again.documents] == before and len(paper.asked) == 2
    assert told(work, again).count("contract.rendered") == 1
    assert {mail["To"] for mail in outgoing if "à relire" in mail["Subject"]}


def test_the_head_of_the_journal_is_the_request_itself(work: Work, ready: Contract) -> None:
    head = next(fact for fact in journal.facts(work, ready.alliance_id) if fact.type == "contract.render_requested")
    assert (ready.journal_seq, ready.journal_hash) == (head.seq, head.hash)
    assert head.payload["input_sha256"] == ready.input_sha256


def test_an_answer_changed_withdraws_the_documents(work: Work, ready: Contract, drain: Drain) -> None:
    party = ready.alliance.accepted_parties[1]
    services.set_parameters(work, ready, party, {"review_days": 7})  # what it was already, by default: an answer all the same
    assert ready.status == "draft" and not ready.documents
    services.request_render(work, ready)
    work.commit()
    drain()
    work.session.expire_all()
    assert ready.status == "ready" and ready.attempt == 2


def test_frozen_is_frozen(work: Work, ready: Contract, drain: Drain, outgoing: list[EmailMessage]) -> None:
    bytes_before = [services.bytes_of(work, one) for one in ready.documents]
    services.freeze(work, ready)
    work.commit()
    assert (ready.status, ready.alliance.status) == ("frozen", "signature")
    assert [one.sha256 for one in services.frozen_documents(work, ready.alliance)] == [one.sha256 for one in ready.documents]
    party = ready.alliance.accepted_parties[0]
    with pytest.raises(Conflict):
        services.set_parameters(work, ready, party, {"review_days": 30})
    work.session.rollback()
    with pytest.raises(Conflict):
        services.request_render(work, ready)
    work.session.rollback()
    with pytest.raises(Conflict):
        services.freeze(work, ready)
    work.session.rollback()
    assert [services.bytes_of(work, one) for one in ready.documents] == bytes_before
    fact = next(one for one in journal.facts(work, ready.alliance_id) if one.type == "contract.frozen")
    assert fact.payload["documents"] == [one.sha256 for one in ready.documents]
    work.session.rollback()
    drain()
    assert any("est figé" in mail["Subject"] for mail in outgoing)


def test_what_changed_since_the_layout_cannot_be_frozen(work: Work, ready: Contract) -> None:
    ready.alliance.accepted_parties[1].organisation.address = "9 rue Neuve, 38000 Grenoble"
    work.session.flush()
    with pytest.raises(Refused) as refused:
        services.freeze(work, ready)
    assert "a changé depuis" in refused.value.missing[0].text
    services.request_render(work, ready)
    assert ready.status == "rendering"


def test_an_envelope_refused_opens_the_next_version(work: Work, ready: Contract) -> None:
    services.freeze(work, ready)
    following = services.open_new_version(work, ready.alliance)
    assert (ready.status, following.status, following.version) == ("superseded", "draft", 2)
    assert following.parameters == ready.parameters
    assert services.open_new_version(work, ready.alliance) is following
    assert services.frozen_documents(work, ready.alliance) == []
    assert services.document_of(work, ready.alliance, ready.documents[0].ref)


def test_a_document_too_big_says_so(work: Work, paper: PaperEngine, drain: Drain, reread: Reread, outgoing: list[EmailMessage]) -> None:
    paper.fail = RenderTooBig("pages", "Le document compte trop de pages : %(limit)s au plus", 600)
    contract = factories.requested(work)
    drain()
    failed = reread(contract)
    assert failed.status == "draft" and failed.failure == {
        "reason": "pages",
        "message": "Le document compte trop de pages : %(limit)s au plus",
        "params": {"limit": 600},
    }
    assert told(work, failed)[-1] == "contract.render_failed"
    mail = next(one for one in outgoing if "n’a pas pu être mis en page" in one["Subject"])
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "trop de pages : 600 au plus" in text and "Raccourcissez" in text
    paper.fail = None
    work.session.expire_all()
    services.request_render(work, contract)
    work.commit()
    drain()
    assert reread(contract).status == "ready" and not reread(contract).failure


def test_an_engine_that_died_is_tried_again_by_itself(
    work: Work, engine: Engine, paper: PaperEngine, drain: Drain, reread: Reread, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    paper.fail = RenderFailed("killed", "gone")
    contract = factories.requested(work)
    drain()
    assert reread(contract).status == "rendering"
    with engine.work(write=False) as other:
        assert services.progress_of(other, reread(contract))
    paper.fail = None
    clock.advance(timedelta(minutes=10))
    drain()
    assert reread(contract).status == "ready"
    work.session.expire_all()
    assert work.session.get(RenderingProgress, contract.id) is None


def test_an_engine_that_keeps_dying_is_told(
    work: Work, paper: PaperEngine, drain: Drain, reread: Reread, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    paper.fail = RenderFailed("killed", "gone")
    contract = factories.requested(work)
    for _ in range(3):
        drain()
        clock.advance(timedelta(minutes=10))
    failed = reread(contract)
    assert failed.status == "draft" and failed.failure["reason"] == "killed"


def test_nothing_moves_in_an_alliance_abandoned(work: Work) -> None:
    made = factories.filled(work)
    alliances.abandon(work, made.alliance, "plus de temps")
    with pytest.raises(Conflict):
        services.set_parameters(work, made, made.alliance.accepted_parties[0], {"review_days": 3})
    with pytest.raises(Conflict):
        services.request_render(work, made)


def test_two_freeze_at_once(work: Work, ready: Contract, engine: Engine) -> None:
    work.commit()
    with engine.work() as other:
        services.freeze(other, other.get(Contract, ready.id))
    work.session.expire_all()
    with pytest.raises(Conflict):
        services.freeze(work, ready)


def test_a_rendering_of_an_attempt_replaced_is_left_alone(work: Work, ready: Contract) -> None:
    made = services.Made("charter", "x", "0" * 64, 1, 1)
    services.rendered(work, ready, ready.attempt, [made])
    services.rendered(work, ready, ready.attempt - 1, [replace(made, kind="contract")])
    assert [one.sha256 for one in ready.documents] != ["0" * 64]


def test_a_party_left_alone_has_nobody_to_contract_with(work: Work) -> None:
    contract = factories.filled(work)
    alliances.leave(work, contract.alliance.accepted_parties[1], "Nous changeons de priorité.")

    with pytest.raises(Blocked) as refused:
        services.request_render(work, contract)

    alone = contract.alliance.accepted_parties[0]
    assert any("au moins deux parties" in str(one) and one.who == (alone.name,) for one in refused.value.missing)
    expected = expectations(gather(work, [contract.alliance])[contract.alliance_id])
    assert [(one.action, one.endpoint) for one in expected] == [("alliance.abandon", "proposals.abandon")]
