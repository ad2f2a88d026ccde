"""Events, reactions, roles and the written document: the tables hold together."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from workflows import events
from workflows.diagrams import CHARTS, document, mermaid
from workflows.lifecycle import AllianceChart
from workflows.reactions import REACTIONS, RECIPIENTS, Advance, Call, Mail, reactions_to
from workflows.roles import FACILITATOR, LEADING, MAY, VOICED, Role, may
from workflows.signing import EnvelopeChart

SAMPLES: dict[str, object] = {
    "str": "é’1",
    "int": 3,
    "str | None": None,
    "tuple[str, ...]": ("x", "y"),
    "tuple[int, ...]": (7, 2),
}
ALL = [cls(**{field.name: SAMPLES[str(field.type)] for field in fields(cls)}) for cls in events.EVENTS.values()]


@pytest.mark.parametrize("event", ALL, ids=lambda event: event.type)
def test_an_event_survives_the_journal(event: events.Event) -> None:
    told = json.loads(json.dumps(event.payload()))
    assert events.from_payload(event.type, told) == event
    assert events.from_payload(event.type, {**told, "added_later": 1}) == event


def test_every_event_is_exported_under_its_own_type() -> None:
    assert len(events.EVENTS) >= 48
    for name, cls in events.EVENTS.items():
        assert cls.type == name
        assert getattr(events, cls.__name__) is cls


def test_facts_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ALL[0].title = "autre"  # type: ignore[attr-defined]


def test_two_events_may_not_share_a_type() -> None:
    with pytest.raises(ValueError, match=r"party\.invited"):
        type("Again", (events.Event,), {}, type="party.invited")


def test_reactions_name_only_what_exists() -> None:
    known = {str(event) for event in AllianceChart._events}
    for follow in REACTIONS.values():
        assert follow
        for reaction in follow:
            match reaction:
                case Mail(template, to):
                    assert template.count(".") == 1 and to in RECIPIENTS
                case Call(name):
                    assert name.count(".") == 1
                case Advance(event):
                    assert event in known


def test_every_event_of_the_alliance_but_the_guarded_one_follows_a_fact() -> None:
    advanced = {one.event for follow in REACTIONS.values() for one in follow if isinstance(one, Advance)}
    assert advanced == {str(event) for event in AllianceChart._events} - {"begin_drafting"}


def test_a_fact_only_recorded_has_no_reaction() -> None:
    assert reactions_to(events.DeclarationMade(party="1")) == ()


def test_the_facilitator_has_no_voice() -> None:
    assert set(MAY) >= VOICED and set(MAY) >= LEADING
    for action in VOICED:
        assert FACILITATOR not in MAY[action]
        assert not may(action, facilitator=True)


def test_an_observer_only_reads() -> None:
    assert {action for action in MAY if may(action, {Role.observer}, leading=True)} == {"alliance.see"}


@pytest.mark.parametrize("action", sorted(LEADING))
def test_only_the_leading_party_moves_things_on(action: str) -> None:
    assert may(action, {Role.referent}, leading=True)
    assert not may(action, {Role.referent}, leading=False)


def test_an_unknown_action_is_an_error() -> None:
    with pytest.raises(KeyError):
        may("proposal.explode", {Role.referent})


def test_the_written_document_is_up_to_date() -> None:
    written = Path(__file__).parents[2] / "docs" / "lifecycle.md"
    assert written.read_text(encoding="utf-8") == document(), "run: python -m workflows.diagrams > docs/lifecycle.md"


def test_the_document_shows_every_chart_and_every_event() -> None:
    text = document()
    assert all(mermaid(chart).rstrip() in text for _, chart in CHARTS)
    assert "send*" in mermaid(EnvelopeChart) and "send_" not in mermaid(EnvelopeChart).replace("send_code", "")
