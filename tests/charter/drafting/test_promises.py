"""Promises 2 and 3, whatever people do at once: several write live, lose their connection and come back, consent to what they last
read, withdraw, object, amend, put the text to a round, try to adopt.

What is believed here is neither a cached hash nor a snapshot: each article is built again from every update stored, and hashed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from charter.config import Settings
from charter.work import Engine
from tests.charter.drafting.at_work import PARTIES, Step, World
from tests.charter.drafting.live.harness import Server
from workflows.drafting import ConsentKind

WHO = st.integers(0, len(PARTIES) - 1)
WHICH = st.integers(0, 1)
WORDS = st.text("abc de", min_size=1, max_size=4)
SAID = st.sampled_from([ConsentKind.agree, ConsentKind.agree, ConsentKind.reservation, ConsentKind.objection])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), WHO, WHICH, st.integers(0, 30), WORDS),
        st.tuples(st.just("erase"), WHO, WHICH, st.integers(0, 30)),
        st.tuples(st.sampled_from(["cut", "back", "settle", "read"]), WHO),
        st.tuples(st.just("say"), WHO, WHICH, SAID),
        st.tuples(st.just("withdraw"), WHO, WHICH),
        st.tuples(st.just("amend"), WHO, WHICH, WORDS),
        st.tuples(st.just("retitle"), WHO, WHICH, WORDS),
        st.tuples(st.sampled_from(["agree", "open_round", "close_round", "adopt", "agree", "adopt"])),
    ),
    min_size=4,
    max_size=22,
)


@pytest.fixture
def server(settings: Settings, engine: Engine) -> Iterator[Server]:
    """A live server in a thread, over the test's database."""
    started = Server(settings, "").start()
    yield started
    started.stop()


def check(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A property tried so many times, on one database."""
    bounded = bounds(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    )
    return lambda test: bounded(given(steps=STEPS)(test))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@check(20)
def test_only_words_everybody_consented_to_are_adopted_and_they_stay(server: Server, engine: Engine, steps: list[Step]) -> None:
    asyncio.run(World(engine, server).live(steps))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@check(5)
def test_so_too_where_several_write_to_the_database_at_once(server: Server, engine: Engine, steps: list[Step]) -> None:
    asyncio.run(World(engine, server).live(steps))
