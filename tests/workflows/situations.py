"""Random but truthful alliances, for the tests of the to-do: each accepted party has a referent, versions agree with the stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from workflows.contracts import BlankFacts, ContractStatus
from workflows.drafting import ArticleFacts, ConsentFacts, ConsentKind, TextStatus
from workflows.evaluation import CheckpointStatus, Verdict
from workflows.lifecycle import AllianceStatus
from workflows.proposals import PartyStatus
from workflows.roles import Role
from workflows.signing import AWAITED, EnvelopeStatus, SignatoryFacts, SignatoryStatus
from workflows.todo import AllianceFacts, CheckpointState, ContractState, EnvelopeState, MemberState, PartyState, TextState, Viewer
from workflows.visas import ApproverFacts, ApproverStatus

TODAY = date(2026, 6, 15)
LIVE = (AllianceStatus.proposal, AllianceStatus.drafting, AllianceStatus.contract, AllianceStatus.signature, AllianceStatus.evaluation)
NAMES = ("Les Jardins", "Ville de Metz", "Fonderie Martin", "Université")


@st.composite
def parties(draw: st.DrawFn, name: str, statuses: tuple[PartyStatus, ...]) -> PartyState:
    others = draw(st.lists(st.frozensets(st.sampled_from(Role), min_size=1), max_size=2))
    members = [MemberState(f"{name}/referent", f"Référent de {name}", frozenset({Role.referent}))]
    members += [MemberState(f"{name}/{index}", f"Membre {index} de {name}", roles) for index, roles in enumerate(others)]
    return PartyState(name, draw(st.sampled_from(statuses)), draw(st.booleans()), tuple(members))


@st.composite
def texts(draw: st.DrawFn, names: tuple[str, ...], status: TextStatus) -> TextState:
    articles = tuple(ArticleFacts(f"a{n}", n, f"Article {n}", f"h{n}") for n in range(1, draw(st.integers(0, 3)) + 1))
    consents = tuple(
        ConsentFacts(name, article.id, kind, article.hash if draw(st.booleans()) else "old")
        for article in articles
        for name in names
        for kind in draw(st.lists(st.sampled_from(ConsentKind), max_size=2))
    )
    return TextState("t1", status, articles, consents)


@st.composite
def contracts(draw: st.DrawFn) -> ContractState:
    status = draw(st.sampled_from((ContractStatus.draft, ContractStatus.rendering, ContractStatus.ready)))
    blanks = draw(st.lists(st.builds(BlankFacts, st.just("Durée"), st.just("Durée"), st.sampled_from((*NAMES, "Partie"))), max_size=3))
    return ContractState("c1", status, tuple(blanks) if status == ContractStatus.draft else ())


@st.composite
def signatories(draw: st.DrawFn, party: PartyState, steps: Sequence[SignatoryStatus]) -> SignatoryFacts:
    """Its referent, or somebody in their place; perhaps a visa of another member, or of somebody who has gone."""
    step, first = draw(st.sampled_from(steps)), party.members[0]
    delegate_of = draw(st.sampled_from(("", "", "Présidente")))
    visa, asked = None, draw(st.sampled_from((None, None, *ApproverStatus)))
    if asked is not None:
        asked = asked if step in AWAITED else ApproverStatus.approved
        gone = len(party.members) == 1 or draw(st.booleans())
        one = MemberState("gone", "Parti", frozenset()) if gone else party.members[1]
        visa = ApproverFacts(one.name, party.name, asked, one.person, gone)
    return SignatoryFacts(first.name, party.name, step, first.person, draw(st.integers(1, 3)), delegate_of, visa)


@st.composite
def envelopes(draw: st.DrawFn, accepted: tuple[PartyState, ...]) -> EnvelopeState:
    status = draw(st.sampled_from((EnvelopeStatus.draft, EnvelopeStatus.sent)))
    steps = [step for step in SignatoryStatus if step != SignatoryStatus.declined]
    everyone = tuple(draw(signatories(party, steps)) for party in accepted)
    if status == EnvelopeStatus.draft:
        everyone = tuple(one for one in everyone if draw(st.booleans()))
    departed = draw(st.sampled_from(((), (), ("Partie d’hier",))))
    return EnvelopeState("e1", status, everyone, due=TODAY + timedelta(days=draw(st.sampled_from((14, 0, -3)))), departed=departed)


@st.composite
def checkpoints(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[CheckpointState, ...]:
    made = []
    for index, status in enumerate(draw(st.lists(st.sampled_from(CheckpointStatus), max_size=4))):
        closes = TODAY + timedelta(days=draw(st.integers(-3, 30)))
        answered = tuple(name for name in names if draw(st.booleans()))
        verdict = draw(st.sampled_from(Verdict)) if status == CheckpointStatus.reviewed else None
        due = TODAY + timedelta(days=index * 90)
        made.append(CheckpointState(f"k{index}", f"Point {index}", status, due, closes, answered, verdict, draw(st.booleans())))
    return tuple(made)


@st.composite
def alliances(draw: st.DrawFn, statuses: tuple[AllianceStatus, ...] = LIVE) -> AllianceFacts:
    status = draw(st.sampled_from(statuses))
    later = tuple(one for one in PartyStatus if status == AllianceStatus.proposal or one != PartyStatus.invited)
    everyone = [draw(parties(NAMES[0], (PartyStatus.accepted,)))]
    everyone += [draw(parties(name, later)) for name in NAMES[1 : draw(st.integers(1, 4))]]
    accepted = tuple(party for party in everyone if party.status == PartyStatus.accepted)
    names = tuple(party.name for party in accepted)
    text = texts(names, TextStatus.drafting if status == AllianceStatus.drafting else TextStatus.adopted)
    return AllianceFacts(
        ref="al-1",
        status=status,
        today=TODAY,
        parties=tuple(everyone),
        proposer=draw(st.sampled_from((NAMES[0], NAMES[3]))),
        facilitator=draw(st.sampled_from((None, "facilitator"))),
        model_chosen=draw(st.booleans()),
        text=draw(text) if status != AllianceStatus.drafting else draw(st.none() | text),
        contract=draw(st.none() | contracts()) if status == AllianceStatus.contract else None,
        envelope=draw(st.none() | envelopes(accepted)) if status == AllianceStatus.signature else None,
        checkpoints=draw(checkpoints(names)) if status == AllianceStatus.evaluation else (),
    )


def viewers(facts: AllianceFacts) -> list[Viewer]:
    """Everybody who may look from inside."""
    inside = [
        Viewer(member.person, party.name, member.roles)
        for party in facts.parties
        if party.status in (PartyStatus.accepted, PartyStatus.invited)
        for member in party.members
    ]
    return inside + ([Viewer(facts.facilitator, facilitator=True)] if facts.facilitator else [])
