"""« Où en est-on, qui attend quoi de qui, que dois-je faire ? »"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from tests.workflows.situations import LIVE, NAMES, TODAY, alliances, viewers
from workflows.contracts import BlankFacts, ContractStatus
from workflows.drafting import ArticleFacts, ConsentFacts, ConsentKind, TextStatus
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.expectations import APPLICATION, CALENDAR
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import LEADING, MAY, VOICED, Role
from workflows.signing import EnvelopeStatus, SignatoryFacts, SignatoryStatus
from workflows.todo import (
    AllianceFacts,
    CheckpointState,
    ContractState,
    EnvelopeState,
    MemberState,
    PartyState,
    StageState,
    TextState,
    Viewer,
    todo,
)
from workflows.visas import ApproverFacts, ApproverStatus

ENDPOINTS = {
    "proposals.show",
    "proposals.invite",
    "proposals.answer",
    "proposals.declaration",
    "proposals.model",
    "proposals.begin",
    "proposals.abandon",
    "drafting.board",
    "drafting.editor",
    "drafting.adopt",
    "contracts.show",
    "contracts.freeze",
    "signing.show",
    "signing.prepare",
    "signing.voiding",
    "signing.extending",
    "signing.ceremony",
    "signing.visa",
    "evaluation.show",
    "evaluation.answer",
    "evaluation.review",
    "evaluation.plan",
}
STRANGER = Viewer("somebody")


@settings(max_examples=200, deadline=None)
@given(alliances())
def test_no_live_alliance_waits_for_nobody(facts: AllianceFacts) -> None:
    mine = [one for viewer in viewers(facts) for one in todo(facts, viewer).todos]
    awaited = [name for waiting in todo(facts, STRANGER).waiting for name in waiting.who]
    assert mine or (awaited and set(awaited) <= {APPLICATION, CALENDAR})


@settings(max_examples=150, deadline=None)
@given(alliances())
def test_who_blocks_is_awaited(facts: AllianceFacts) -> None:
    situation = todo(facts, STRANGER)
    awaited = {name for waiting in situation.waiting for name in waiting.who}
    sealing = {one.name for one in facts.envelope.signatories if one.status == SignatoryStatus.sealing} if facts.envelope else set()
    for lack in situation.blocks:
        assert lack.who and str(lack)
        assert set(lack.who) - sealing <= awaited


@settings(max_examples=150, deadline=None)
@given(alliances())
def test_what_one_must_do_the_others_wait_for(facts: AllianceFacts) -> None:
    everything = todo(facts, STRANGER)
    assert everything.todos == ()
    for viewer in viewers(facts):
        situation = todo(facts, viewer)
        assert len(situation.todos) + len(situation.waiting) == len(everything.waiting)
        assert (situation.line, situation.blocks) == (everything.line, everything.blocks)
        for one in situation.todos:
            assert one.text % one.params and one.endpoint in ENDPOINTS and one.url["alliance"] == facts.ref
        for waiting in situation.waiting:
            assert all(waiting.who) and waiting.text % waiting.params


@settings(max_examples=150, deadline=None)
@given(alliances())
def test_nobody_is_asked_what_its_role_forbids(facts: AllianceFacts) -> None:
    for viewer in viewers(facts):
        for one in todo(facts, viewer).todos:
            assert viewer.facilitator or MAY[one.action] & viewer.roles or one.action == "signing.sign"
            assert not (viewer.facilitator and one.action in VOICED)
            assert one.action not in LEADING or viewer.facilitator or viewer.party == facts.leader


@settings(max_examples=100, deadline=None)
@given(alliances((AllianceStatus.closed, AllianceStatus.abandoned)))
def test_the_end_asks_nothing(facts: AllianceFacts) -> None:
    for viewer in (*viewers(facts), STRANGER):
        situation = todo(facts, viewer)
        assert (situation.todos, situation.waiting, situation.blocks) == ((), (), ())


@pytest.mark.parametrize("status", LIVE)
def test_the_line_of_five_stages(status: AllianceStatus) -> None:
    line = todo(alliance(status), STRANGER).line
    here = LIVE.index(status)
    assert [stage.key for stage in line] == list(LIVE)
    assert [stage.state for stage in line] == [StageState.done] * here + [StageState.current] + [StageState.coming] * (4 - here)
    assert line[here].who and all(not stage.who for stage in line if stage is not line[here])


def test_the_line_of_an_ended_alliance() -> None:
    assert {stage.state for stage in todo(alliance(AllianceStatus.closed), STRANGER).line} == {StageState.done}
    stopped = replace(alliance(AllianceStatus.abandoned), abandoned_at=AllianceStatus.contract)
    assert [stage.state.value for stage in todo(stopped, STRANGER).line] == ["done", "done", "stopped", "coming", "coming"]


JARDINS, METZ = NAMES[:2]
ALL_ROLES = frozenset({Role.referent, Role.signatory, Role.drafter})
JEANNE, MEHDI = Viewer("jeanne", JARDINS, ALL_ROLES), Viewer("mehdi", METZ, ALL_ROLES)
TIERS = Viewer("tiers", facilitator=True)
ARTICLES = (ArticleFacts("a1", 1, "Objet", "h1"), ArticleFacts("a2", 2, "Moyens", "h2"))


def alliance(status: AllianceStatus, **changes: object) -> AllianceFacts:
    """Two parties, everything said; Jeanne's proposed."""
    parties = (
        PartyState(JARDINS, PartyStatus.accepted, True, (MemberState("jeanne", "Jeanne", ALL_ROLES),)),
        PartyState(METZ, PartyStatus.accepted, True, (MemberState("mehdi", "Mehdi", ALL_ROLES),)),
    )
    facts = AllianceFacts("al-1", status, TODAY, parties, JARDINS, "tiers", True, text=TextState("t", TextStatus.adopted, ARTICLES))
    return replace(facts, **changes)  # type: ignore[arg-type]


def asked(facts: AllianceFacts, viewer: Viewer) -> list[tuple[str, str]]:
    return [(one.text % one.params, one.endpoint) for one in todo(facts, viewer).todos]


def awaits(facts: AllianceFacts, viewer: Viewer) -> list[tuple[str, str]]:
    return [(", ".join(one.who), one.text % one.params) for one in todo(facts, viewer).waiting]


def test_proposal_ready_to_begin() -> None:
    facts = alliance(AllianceStatus.proposal)
    assert asked(facts, JEANNE) == asked(facts, TIERS) == [("Lancez la co-rédaction", "proposals.begin")]
    assert (asked(facts, MEHDI), awaits(facts, MEHDI)) == ([], [(JARDINS, "lancer la co-rédaction")])


def test_proposal_with_an_invited_party() -> None:
    facts = alliance(AllianceStatus.proposal)
    facts = replace(facts, parties=(facts.parties[0], replace(facts.parties[1], status=PartyStatus.invited, declared=False)))
    assert asked(facts, MEHDI) == [("Répondez à l’invitation", "proposals.answer")]
    assert (asked(facts, JEANNE), awaits(facts, JEANNE)) == ([], [(METZ, "répondre à l’invitation")])
    assert todo(facts, JEANNE).blocks[0].who == (METZ,)


def test_the_next_party_leads_when_the_proposer_has_left() -> None:
    facts = alliance(AllianceStatus.proposal, model_chosen=False)
    facts = replace(facts, parties=(replace(facts.parties[0], status=PartyStatus.left), facts.parties[1]))
    assert asked(facts, JEANNE) == []
    assert ("Choisissez le modèle de partenariat", "proposals.model") in asked(facts, MEHDI)


def test_drafting_from_silence_to_adoption() -> None:
    facts = alliance(AllianceStatus.drafting, text=TextState("t", TextStatus.drafting, ARTICLES))
    assert asked(facts, MEHDI) == [("Donnez votre accord, ou dites ce qui vous retient (art. 1, 2)", "drafting.board")]
    assert asked(facts, TIERS) == []
    said = [ConsentFacts(party, one.id, ConsentKind.agree, one.hash) for party in (JARDINS, METZ) for one in ARTICLES]
    said[3] = replace(said[3], kind=ConsentKind.objection)
    opposed = replace(facts, text=TextState("t", TextStatus.drafting, ARTICLES, tuple(said)))
    assert asked(opposed, MEHDI) == [("Proposez une rédaction qui lève votre objection (art. 2)", "drafting.editor")]
    assert asked(opposed, JEANNE) == [(f"Cherchez une rédaction qui lève l’objection de {METZ} (art. 2)", "drafting.editor")]
    said[3] = replace(said[3], kind=ConsentKind.reservation)
    agreed = replace(facts, text=TextState("t", TextStatus.drafting, ARTICLES, tuple(said)))
    assert (asked(agreed, MEHDI), asked(agreed, JEANNE)) == ([], [("Adoptez la charte", "drafting.adopt")])


def test_contract_blanks_are_gathered_by_party() -> None:
    blanks = (BlankFacts("Durée", "Durée", METZ), BlankFacts("Siège", "Parties", METZ), BlankFacts("Montant", "Apports", "Partie partie"))
    facts = alliance(AllianceStatus.contract, contract=ContractState("c", ContractStatus.draft, blanks))
    assert asked(facts, MEHDI) == [("Complétez ce qui vous revient dans le contrat (2)", "contracts.show")]
    assert asked(facts, JEANNE) == [("Complétez ce qui vous revient dans le contrat (1)", "contracts.show")]
    assert len(todo(facts, JEANNE).blocks) == 3


def test_contract_being_rendered_waits_for_the_application() -> None:
    facts = alliance(AllianceStatus.contract, contract=ContractState("c", ContractStatus.rendering))
    assert (asked(facts, JEANNE), awaits(facts, JEANNE)) == ([], [(APPLICATION, "mettre le contrat en page")])
    ready = replace(facts, contract=ContractState("c", ContractStatus.ready))
    assert asked(ready, JEANNE) == [("Relisez le contrat, puis figez-le", "contracts.freeze")]


def test_signature_is_asked_of_the_very_person() -> None:
    people = (
        SignatoryFacts("Jeanne", JARDINS, SignatoryStatus.signed, "jeanne"),
        SignatoryFacts("Mehdi", METZ, SignatoryStatus.identifying, "mehdi"),
    )
    facts = alliance(AllianceStatus.signature, envelope=EnvelopeState("e", EnvelopeStatus.sent, people, due=date(2026, 6, 30)))
    assert asked(facts, MEHDI) == [(f"Terminez votre signature pour {METZ}", "signing.ceremony")]
    assert todo(facts, MEHDI).todos[0].due == date(2026, 6, 30)
    assert asked(facts, Viewer("colleague", METZ, ALL_ROLES)) == asked(facts, TIERS) == []
    assert awaits(facts, JEANNE) == [("Mehdi", f"signer pour {METZ}")]
    assert [lack.who for lack in todo(facts, JEANNE).blocks] == [("Mehdi",)]


def test_a_later_rank_is_asked_nothing_and_holds_nobody() -> None:
    first = SignatoryFacts("Jeanne", JARDINS, SignatoryStatus.opened, "jeanne", delegate_of="Présidente")
    later = SignatoryFacts("Mehdi", METZ, SignatoryStatus.waiting, "mehdi", rank=2)
    facts = alliance(AllianceStatus.signature, envelope=EnvelopeState("e", EnvelopeStatus.sent, (first, later)))
    assert asked(facts, MEHDI) == []
    assert asked(facts, JEANNE) == [(f"Lisez et signez pour {JARDINS}, par délégation de Présidente", "signing.ceremony")]
    assert awaits(facts, MEHDI) == [("Jeanne", f"signer pour {JARDINS}")]
    assert [lack.who for lack in todo(facts, MEHDI).blocks] == [("Jeanne",), ("Jeanne",)]


def test_a_visa_is_asked_of_the_approver_then_of_the_party_when_refused() -> None:
    eve, own = Viewer("eve", METZ, frozenset({Role.observer})), SignatoryFacts("Mehdi", METZ, SignatoryStatus.waiting, "mehdi")
    said = {}
    for status in (ApproverStatus.awaited, ApproverStatus.refused, ApproverStatus.approved):
        visa = ApproverFacts("Eve", METZ, status, "eve")
        facts = alliance(AllianceStatus.signature, envelope=EnvelopeState("e", EnvelopeStatus.sent, (replace(own, visa=visa),)))
        said[status] = ([page for _, page in asked(facts, eve)], [page for _, page in asked(facts, MEHDI)], todo(facts, eve).blocks[-1].who)
    assert said == {
        ApproverStatus.awaited: (["signing.visa"], [], ("Eve",)),
        ApproverStatus.refused: (["signing.visa"], ["signing.show"], ("Eve", METZ)),
        ApproverStatus.approved: ([], ["signing.ceremony"], ("Mehdi",)),
    }


@pytest.mark.parametrize("status", [EnvelopeStatus.draft, EnvelopeStatus.sent])
def test_documents_naming_a_party_that_left_are_only_taken_back(status: EnvelopeStatus) -> None:
    people = (
        SignatoryFacts("Jeanne", JARDINS, SignatoryStatus.signed, "jeanne"),
        SignatoryFacts("Mehdi", METZ, SignatoryStatus.opened, "mehdi"),
        SignatoryFacts("Léa", "Ancienne", SignatoryStatus.waiting, "lea"),
    )
    facts = alliance(AllianceStatus.signature, envelope=EnvelopeState("e", status, people, departed=("Ancienne",)))
    assert asked(facts, JEANNE) == [("Annulez l’envoi et refaites le contrat : Ancienne a quitté l’alliance", "signing.voiding")]
    assert asked(facts, MEHDI) == []
    assert awaits(facts, MEHDI) == [(JARDINS, "annuler l’envoi et refaire le contrat")]
    assert [lack.who for lack in todo(facts, MEHDI).blocks] == [(JARDINS,)]


def checkpoint(status: CheckpointStatus, **changes: object) -> CheckpointState:
    point = CheckpointState("k", "Première année", status, TODAY, date(2026, 7, 13))
    return replace(point, **changes)  # type: ignore[arg-type]


def test_evaluation_from_plan_to_decision() -> None:
    facts = alliance(AllianceStatus.evaluation)
    assert asked(facts, JEANNE) == [("Choisissez les dates des points d’étape", "evaluation.plan")]
    planned = replace(facts, checkpoints=(checkpoint(CheckpointStatus.planned),))
    assert awaits(planned, JEANNE) == [(CALENDAR, "ouvrir le point d’étape « Première année »")]
    half = replace(facts, checkpoints=(checkpoint(CheckpointStatus.open, answered=(JARDINS,)),))
    assert (asked(half, JEANNE), asked(half, MEHDI)) == ([], [("Répondez au point d’étape « Première année »", "evaluation.answer")])
    assert todo(half, MEHDI).todos[0].url == {"alliance": "al-1", "checkpoint": "k"}
    late = replace(half, today=date(2026, 7, 14))
    assert (asked(late, JEANNE), asked(late, MEHDI)) == ([("Publiez le bilan « Première année »", "evaluation.review")], [])
    stop = replace(facts, checkpoints=(checkpoint(CheckpointStatus.reviewed, verdict=Verdict.stop),))
    assert asked(stop, JEANNE) == [("Clôturez l’alliance, comme le bilan en a décidé", "evaluation.show")]
    done = replace(facts, checkpoints=(checkpoint(CheckpointStatus.reviewed, verdict=Verdict.pursue),))
    assert asked(done, JEANNE)[0][0].startswith("Décidez de la suite")
