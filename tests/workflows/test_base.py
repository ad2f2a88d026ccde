"""The strict base: it never guesses, never swallows, and writes nothing it was not asked to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Enum, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from statemachine import State

from workflows.base import Blocked, Chart, Missing, NotNow, blocking, fire, needs, possible
from workflows.proposals import PartyChart, PartyStatus, RefusalFacts


class Base(DeclarativeBase):
    pass


class Party(Base):
    __tablename__ = "party"
    id: Mapped[str] = mapped_column(String, primary_key=True)
    status: Mapped[PartyStatus] = mapped_column(Enum(PartyStatus, native_enum=False))


class Watched:
    """Counts the writes, and carries methods whose names are the library's hooks."""

    def __init__(self, status: object) -> None:
        self.writes: list[object] = []
        self.hooked: list[str] = []
        self._status = status

    @property
    def status(self) -> object:
        return self._status

    @status.setter
    def status(self, value: object) -> None:
        self.writes.append(value)
        self._status = value

    def on_enter_accepted(self) -> None:
        self.hooked.append("on_enter_accepted")

    def before_transition(self) -> None:
        self.hooked.append("before_transition")


def test_binding_writes_nothing() -> None:
    subject = Watched(PartyStatus.accepted)
    PartyChart(subject)
    possible(PartyChart, subject)
    assert (subject.writes, subject.hooked) == ([], [])


def test_fire_writes_once_and_calls_no_hook_of_the_subject() -> None:
    subject = Watched(PartyStatus.invited)
    fire(PartyChart, subject, "accept")
    assert subject.writes == [PartyStatus.accepted]
    assert isinstance(subject.status, PartyStatus)
    assert subject.hooked == []


def test_an_sqlalchemy_row_is_a_subject() -> None:
    party = Party(id="1", status=PartyStatus.invited)
    fire(PartyChart, party, "decline", RefusalFacts("A", "Trop tôt"))
    assert party.status is PartyStatus.declined


def test_a_status_read_as_plain_text_becomes_the_enum() -> None:
    subject = Watched("invited")
    fire(PartyChart, subject, "accept")
    assert subject.status is PartyStatus.accepted


def test_a_row_without_status_starts_at_the_beginning() -> None:
    party = Party(id="1")
    assert "accept" in possible(PartyChart, party)
    fire(PartyChart, party, "accept")
    assert party.status is PartyStatus.accepted


def test_an_unknown_status_is_an_error_not_a_refusal() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        fire(PartyChart, Watched("nowhere"), "accept")


def test_an_unknown_event_is_not_now() -> None:
    with pytest.raises(NotNow):
        fire(PartyChart, Watched(PartyStatus.invited), "explode")


def test_a_guard_without_facts_is_an_error_not_a_pass() -> None:
    subject = Watched(PartyStatus.invited)
    with pytest.raises(TypeError, match="a_reason_is_given"):
        fire(PartyChart, subject, "decline")
    assert subject.writes == []


class Light(StrEnum):
    red = "red"
    green = "green"


def it_rains(facts: dict[str, Any]) -> Iterator[Missing]:
    if facts["rain"]:
        yield Missing("Il pleut", who=("Le ciel",))


class LightChart(Chart):
    red = State(value=Light.red, initial=True)
    green = State(value=Light.green, final=True)
    go = red.to(green, cond=needs(it_rains))


@dataclass
class Crossing:
    status: Light = Light.red


def test_an_error_in_a_guard_comes_out() -> None:
    with pytest.raises(KeyError):
        fire(LightChart, Crossing(), "go", {})
    with pytest.raises(KeyError):
        LightChart(Crossing()).send("go", facts={})


def test_the_library_itself_refuses_what_the_guard_refuses() -> None:
    crossing = Crossing()
    with pytest.raises(LightChart.TransitionNotAllowed):
        LightChart(crossing).send("go", facts={"rain": True})
    assert crossing.status is Light.red


def test_blocking_tells_without_moving() -> None:
    crossing = Crossing()
    assert [lack.who for lack in blocking(LightChart, crossing, "go", {"rain": True})] == [("Le ciel",)]
    assert blocking(LightChart, crossing, "go", {"rain": False}) == ()
    with pytest.raises(Blocked, match="Il pleut"):
        fire(LightChart, crossing, "go", {"rain": True})
    assert crossing.status is Light.red
