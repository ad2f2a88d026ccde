"""Frames are read strictly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.drafting.live.cursors import Cursors
from charter.drafting.live.peer import Peer
from charter.drafting.live.protocol import (
    MAX_AWARENESS,
    At,
    BadFrame,
    ClientId,
    Frame,
    Kind,
    Open,
    Ping,
    build,
    build_update,
    parse,
    parse_control,
)
from charter.drafting.live.tokens import Identity


def test_frames_are_read_as_they_were_built() -> None:
    assert parse(build(Kind.SYNC1, "abc", b"\x00"), sequenced=True) == Frame(Kind.SYNC1, "abc", b"\x00")
    assert parse(build_update("abc", 70000, b"xy"), sequenced=True) == Frame(Kind.UPDATE, "abc", b"xy", 70000)
    assert parse(build(Kind.UPDATE, "abc", b"xy"), sequenced=False) == Frame(Kind.UPDATE, "abc", b"xy")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x04\x01a",
        b"\x00\x00",
        b"\x00\x05ab",
        b"\x00\x01\xff",
        b"\x02\x01a\x00",
        b"\x03\x01a" + b"x" * (MAX_AWARENESS + 1),
        b"\x00\x41" + b"a" * 65,
    ],
)
def test_bad_binary_frames_are_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        parse(data, sequenced=True)


def test_control_messages_are_read() -> None:
    assert parse_control('{"type":"open","article":"a","epoch":2}') == Open("a", 2)
    assert parse_control('{"type":"open","article":"a"}') == Open("a", None)
    assert parse_control('{"type":"at","article":null,"typing":1}') == At(None, False)
    assert parse_control('{"type":"client","article":"a","client_id":4294967295}') == ClientId("a", 4294967295)
    assert parse_control('{"type":"ping"}') == Ping()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"type":"x"}',
        '{"type":"open"}',
        '{"type":"open","article":"a","epoch":-1}',
        '{"type":"open","article":"a","epoch":true}',
        '{"type":"open","article":"é"}',
        '{"type":"client","article":"a"}',
        '{"type":"client","article":"a","client_id":1e3}',
        "[" * 4000,
        " " * 5000,
    ],
)
def test_bad_control_messages_are_refused(text: str) -> None:
    with pytest.raises(BadFrame):
        parse_control(text)


def test_a_connection_speaks_for_its_own_cursor_only() -> None:
    anna = Identity("text", 1, "Anna", "Les Passerelles", 1, "A", True, "12")
    cursors, one, two = Cursors(), Peer(anna), Peer(replace(anna, person=2))
    assert cursors.claim(5, one) and not cursors.claim(5, two)
    state = b'\x01\x05\x01\x0d{"anchor":12}'
    assert not cursors.accept(state, two)
    assert cursors.accept(state, one) and cursors.present() == [state]
    assert not cursors.accept(b"\x02" + state[1:], one) and not cursors.accept(b"\x01\x05", one)
    assert cursors.forget(one) == [b"\x01\x05\x02\x04null"] and cursors.present() == []
