"""Every status × event pair of every chart, as a table: where it leads, or that it is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from workflows.amendments import AmendmentChart, AmendmentFacts, AmendmentStatus
from workflows.base import Blocked, Chart, NotNow, event_names, fire, possible
from workflows.contracts import BlankFacts, ContractChart, ContractFacts, ContractStatus
from workflows.diagrams import CHARTS
from workflows.drafting import ArticleFacts, ConsentFacts, ConsentKind, DraftingFacts, TextChart, TextStatus
from workflows.evaluation import CheckpointChart, CheckpointFacts, CheckpointStatus
from workflows.lifecycle import AllianceChart, AllianceStatus
from workflows.proposals import PartyChart, PartyFacts, PartyStatus, ProposalFacts, RefusalFacts
from workflows.rounds import RoundChart, RoundStatus
from workflows.signing import EnvelopeChart, EnvelopeFacts, EnvelopeStatus, SignatoryChart, SignatoryFacts, SignatoryStatus, TurnFacts
from workflows.visas import ApproverChart, ApproverFacts, ApproverStatus, VisaFacts


@dataclass
class Subject:
    status: Any


ARTICLE = ArticleFacts("a1", 1, "Objet", "h1")
AGREED = tuple(ConsentFacts(party, "a1", ConsentKind.agree, "h1") for party in ("A", "B"))
READY_PARTIES = tuple(PartyFacts(name, PartyStatus.accepted, True, True) for name in ("A", "B"))
DAY = date(2026, 6, 1)
ANA, BOB = SignatoryFacts("Ana", "A"), SignatoryFacts("Bob", "B", rank=2)
APPROVED, HELD = (replace(ANA, visa=ApproverFacts("Eve", "A", status)) for status in (ApproverStatus.approved, ApproverStatus.refused))
GONE = replace(ANA, visa=ApproverFacts("Eve", "A", ApproverStatus.awaited, gone=True))
OWN_ACTS = ("open", "send_code", "present_passkey", "confirm", "decline")
HER_TURN = TurnFacts(APPROVED, (BOB, APPROVED))
NOT_YET = (TurnFacts(BOB, (ANA, BOB)), TurnFacts(HELD, (HELD,)), TurnFacts(GONE, (GONE,)), TurnFacts(BOB, (ANA, BOB)), TurnFacts(HELD))

# chart, status enum, {event: {from: to}}, {event: (facts that let it pass, facts that block it)}
TABLES: list[tuple[type[Chart], type[StrEnum], dict[str, dict[str, str]], dict[str, tuple[object, object]]]] = [
    (
        AllianceChart,
        AllianceStatus,
        {
            "begin_drafting": {"proposal": "drafting"},
            "charter_adopted": {"drafting": "contract"},
            "contract_frozen": {"contract": "signature"},
            "all_signed": {"signature": "evaluation"},
            "back_to_contract": {"signature": "contract"},
            "reopen_drafting": {"evaluation": "drafting"},
            "close": {"evaluation": "closed"},
            "abandon": dict.fromkeys(("proposal", "drafting", "contract", "signature", "evaluation"), "abandoned"),
        },
        {"begin_drafting": (ProposalFacts(READY_PARTIES, True, "A"), ProposalFacts(READY_PARTIES, False, "A"))},
    ),
    (
        PartyChart,
        PartyStatus,
        {
            "accept": {"invited": "accepted"},
            "decline": {"invited": "declined"},
            "cancel": {"invited": "cancelled"},
            "leave": {"accepted": "left"},
        },
        {"decline": (RefusalFacts("A", "Pas cette année"), RefusalFacts("A", "  "))},
    ),
    (
        TextChart,
        TextStatus,
        {"adopt": {"drafting": "adopted"}, "supersede": {"adopted": "superseded"}},
        {"adopt": (DraftingFacts(("A", "B"), (ARTICLE,), AGREED), DraftingFacts(("A", "B"), (ARTICLE,), AGREED[:1]))},
    ),
    (
        RoundChart,
        RoundStatus,
        {"adopt": {"open": "adopted"}, "empty": {"open": "reopened"}, "close": {"open": "closed"}},
        {},
    ),
    (
        AmendmentChart,
        AmendmentStatus,
        {
            "accept": {"open": "accepted"},
            "settle": {"open": "accepted"},
            "refuse": {"open": "refused"},
            "withdraw": {"open": "withdrawn"},
            "lapse": {"open": "lapsed"},
        },
        {
            "accept": (
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset({"B", "C"})),
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset({"B"})),
            ),
            "settle": (
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset({"B"})),
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset({"B"}), frozenset({"C"})),
            ),
            "refuse": (
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset(), frozenset({"C"})),
                AmendmentFacts("m", ("A", "B", "C"), "A", frozenset({"B"})),
            ),
        },
    ),
    (
        ContractChart,
        ContractStatus,
        {
            "render": {"draft": "rendering"},
            "rendered": {"rendering": "ready"},
            "render_failed": {"rendering": "draft"},
            "revise": {"ready": "draft"},
            "freeze": {"ready": "frozen"},
            "supersede": {"frozen": "superseded"},
        },
        {
            "render": (ContractFacts(("A", "B"), ("A", "B")), ContractFacts(("A", "B"), ("A", "B"), (BlankFacts("Durée", "Durée", "A"),))),
            "freeze": (ContractFacts(("A", "B"), ("A", "B")), ContractFacts(("A", "B"), ("A",))),
        },
    ),
    (
        EnvelopeChart,
        EnvelopeStatus,
        {
            "send": {"draft": "sent"},
            "complete": {"sent": "completed"},
            "decline": {"sent": "declined"},
            "void": {"draft": "voided", "sent": "voided"},
        },
        {
            "send": (EnvelopeFacts(("A",), (SignatoryFacts("Ana", "A"),)), EnvelopeFacts(("A",), ())),
            "complete": (
                EnvelopeFacts(("A",), (SignatoryFacts("Ana", "A", SignatoryStatus.signed),)),
                EnvelopeFacts(("A",), (SignatoryFacts("Ana", "A", SignatoryStatus.sealing),)),
            ),
        },
    ),
    (
        SignatoryChart,
        SignatoryStatus,
        {
            "open": {"waiting": "opened", "opened": "opened"},
            "delegate": dict.fromkeys(("waiting", "opened", "identifying"), "waiting"),
            "send_code": {"opened": "identifying", "identifying": "identifying"},
            "present_passkey": {"opened": "identifying", "identifying": "identifying"},
            "confirm": {"identifying": "sealing"},
            "seal": {"sealing": "signed"},
            "seal_failed": {"sealing": "opened"},
            "decline": dict.fromkeys(("waiting", "opened", "identifying"), "declined"),
        },
        {event: (HER_TURN, blocked) for event, blocked in zip(OWN_ACTS, NOT_YET, strict=True)},
    ),
    (
        ApproverChart,
        ApproverStatus,
        {
            "approve": {"awaited": "approved", "refused": "approved"},
            "refuse": {"awaited": "refused", "approved": "refused"},
            "remove": dict.fromkeys(("awaited", "approved", "refused"), "removed"),
        },
        {
            "approve": (VisaFacts(True, "A"), VisaFacts(False, "A")),
            "refuse": (VisaFacts(True, "A"), VisaFacts(True, "A", signed="Ana")),
            "remove": (VisaFacts(False, "A"), VisaFacts(True, "A", signed="Ana")),
        },
    ),
    (
        CheckpointChart,
        CheckpointStatus,
        {
            "open": {"planned": "open"},
            "close": {"open": "reviewed"},
            "cancel": {"planned": "cancelled", "open": "cancelled"},
        },
        {"close": (CheckpointFacts(("A",), ("A",), DAY, DAY), CheckpointFacts(("A",), (), DAY, DAY))},
    ),
]

PAIRS = [
    pytest.param(chart, status, event, moves.get(status), *guarded.get(event, (None, None)), id=f"{chart.__name__}-{status}-{event}")
    for chart, statuses, table, guarded in TABLES
    for status in statuses
    for event, moves in table.items()
]


@pytest.mark.parametrize(("chart", "status", "event", "target", "passing", "blocking_facts"), PAIRS)
def test_pair(chart: type[Chart], status: StrEnum, event: str, target: str | None, passing: object, blocking_facts: object) -> None:
    subject = Subject(status)
    if target is None:
        with pytest.raises(NotNow) as refusal:
            fire(chart, subject, event, passing)
        assert (refusal.value.status, refusal.value.event) == (status, event)
        assert subject.status is status
        return
    if blocking_facts is not None:
        with pytest.raises(Blocked) as blocked:
            fire(chart, subject, event, blocking_facts)
        assert blocked.value.missing and all(lack.who and str(lack) for lack in blocked.value.missing)
        assert subject.status is status
    fire(chart, subject, event, passing)
    assert subject.status is type(status)(target)


@pytest.mark.parametrize(("chart", "statuses", "table", "guarded"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_table_is_the_whole_chart(chart: type[Chart], statuses: type[StrEnum], table: Any, guarded: Any) -> None:
    assert {state.value for state in chart.states} == set(statuses)
    drawn = {
        (name, str(state.value), str(transition.target.value))
        for state in chart.states
        for transition in state.transitions
        for name in event_names(transition)
    }
    assert drawn == {(event, source, target) for event, moves in table.items() for source, target in moves.items()}
    for status in statuses:
        assert set(possible(chart, Subject(status))) == {event for event, moves in table.items() if status in moves}


def test_every_chart_has_its_table() -> None:
    assert {chart for _, chart in CHARTS} == {chart for chart, *_ in TABLES}


PROPOSALS = [
    ("one party", ProposalFacts(READY_PARTIES[:1], True, "A"), ["A"]),
    ("one still invited", ProposalFacts((*READY_PARTIES, PartyFacts("C", PartyStatus.invited)), True, "A"), ["C"]),
    ("no declaration", ProposalFacts((*READY_PARTIES, PartyFacts("C", PartyStatus.accepted, False, True)), True, "A"), ["C"]),
    ("no signatory", ProposalFacts((*READY_PARTIES, PartyFacts("C", PartyStatus.accepted, True, False)), True, "A"), ["C"]),
    ("no model, proposer gone", ProposalFacts(READY_PARTIES, False, "Z"), ["A"]),
    ("declined ones do not count", ProposalFacts((*READY_PARTIES, PartyFacts("C", PartyStatus.declined)), True, "A"), []),
    ("nobody", ProposalFacts((), True), ["Partie à l’initiative"]),
]


@pytest.mark.parametrize(("facts", "who"), [pytest.param(facts, who, id=name) for name, facts, who in PROPOSALS])
def test_begin_drafting_names_who_is_missing(facts: ProposalFacts, who: list[str]) -> None:
    subject = Subject(AllianceStatus.proposal)
    if not who:
        fire(AllianceChart, subject, "begin_drafting", facts)
        assert subject.status is AllianceStatus.drafting
        return
    with pytest.raises(Blocked) as blocked:
        fire(AllianceChart, subject, "begin_drafting", facts)
    assert [name for lack in blocked.value.missing for name in lack.who] == who


def test_a_party_with_two_signatories_cannot_be_sent_to() -> None:
    twice = EnvelopeFacts(("A",), (SignatoryFacts("Ana", "A"), SignatoryFacts("Alix", "A")))
    with pytest.raises(Blocked):
        fire(EnvelopeChart, Subject(EnvelopeStatus.draft), "send", twice)


def test_an_envelope_without_a_party_is_not_complete() -> None:
    facts = EnvelopeFacts(("A", "B"), (SignatoryFacts("Ana", "A", SignatoryStatus.signed),))
    with pytest.raises(Blocked):
        fire(EnvelopeChart, Subject(EnvelopeStatus.sent), "complete", facts)


def test_a_checkpoint_closes_the_day_after_its_last_day() -> None:
    subject = Subject(CheckpointStatus.open)
    with pytest.raises(Blocked):
        fire(CheckpointChart, subject, "close", CheckpointFacts(("A",), (), DAY, DAY))
    fire(CheckpointChart, subject, "close", CheckpointFacts(("A",), (), DAY, date(2026, 6, 2)))
    assert subject.status is CheckpointStatus.reviewed
