"""Whatever byte is flipped, put in or taken out: never intact and complete, never a crash, never longer than allowed."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.adapters.signer import Trust, examinations
from charter.adapters.signer.apart import QUICK, Limits
from charter.i18n import say
from tests.attacks.originals import LATER
from tests.attacks.raw import RANGE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EDITS = st.tuples(
    st.sampled_from(["flip", "put", "take"]), st.floats(0, 1, exclude_max=True), st.integers(0, 7), st.binary(min_size=1, max_size=40)
)


def edited(pdf: bytes, edits: list[tuple[str, float, int, bytes]], start: int = 0, end: int | None = None) -> bytes:
    """`pdf` with those edits somewhere between two places."""
    spoiled = bytearray(pdf)
    for kind, where, bit, put in edits:
        at = start + int(where * ((len(spoiled) if end is None else end) - start))
        if kind == "flip":
            spoiled[at] ^= 1 << bit
        elif kind == "put":
            spoiled[at:at] = put
        else:
            del spoiled[at : at + len(put)]
    return bytes(spoiled)


def never_passes(pdf: bytes, spoiled: bytes, trust: Trust) -> None:
    began = time.monotonic()
    found = examinations.verify(spoiled, now=LATER, trust=trust, full=False)
    assert time.monotonic() - began < QUICK.wall_seconds + 10
    assert found.valid == (spoiled == pdf)
    assert all(say(reason) for reason in found.reasons)


@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(edits=st.lists(EDITS, min_size=1, max_size=3))
def test_no_mutation_passes(final: bytes, trust: Trust, edits: list[tuple[str, float, int, bytes]]) -> None:
    never_passes(final, edited(final, edits), trust)


@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(edits=st.lists(EDITS, min_size=1, max_size=2))
def test_nor_does_one_of_the_last_value_which_nothing_else_covers(
    final: bytes, trust: Trust, edits: list[tuple[str, float, int, bytes]]
) -> None:
    hole, resume = (int(one) for one in list(RANGE.finditer(final))[-1].groups()[1:3])
    never_passes(final, edited(final, edits, hole, resume - 100), trust)


@pytest.mark.parametrize("limits", [Limits(1, 0.001, QUICK.memory_bytes), Limits(10, 30.0, 60_000_000)], ids=["no time", "no memory"])
def test_a_file_that_takes_too_much_is_given_up(final: bytes, trust: Trust, limits: Limits) -> None:
    found = examinations.verify(final, now=LATER, trust=trust, full=True, limits=limits)
    assert found.verdict.value == "unreadable"
    assert "trop de temps ou de mémoire" in say(found.reasons[0])
    assert examinations.verify(final, now=LATER, trust=trust, full=False).valid
