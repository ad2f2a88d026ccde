"""Rounds, consents, objections and edits in any order: a charter is only ever adopted on words every party consented to, and what a round
locked did not move while it was locked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.models import Article, Text
from charter.errors import CharterError
from charter.work import Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.base import WorkflowError
from workflows.drafting import ConsentKind

ARTICLES, PARTIES = 2, 3
article, party = st.integers(0, ARTICLES - 1), st.integers(0, PARTIES - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("open")),
        st.tuples(st.just("close")),
        st.tuples(st.just("adopt")),
        st.tuples(st.just("write"), article, st.sampled_from(["Un", "Deux", "Trois"])),
        st.tuples(st.just("title"), article, st.sampled_from(["Premier", "Second"])),
        st.tuples(st.just("say"), article, party, st.sampled_from(ConsentKind)),
        st.tuples(st.just("all agree"), article),
        st.tuples(st.just("withdraw"), article, party),
    ),
    min_size=4,
    max_size=18,
)


def hashes(work: Work, text: Text) -> dict[int, str]:
    by_ref = {one.ref: one.id for one in text.present_articles}
    return {by_ref[one.ref]: one.sha256 for one in services.article_words(work, text)}


class Walk:
    """The steps, and what must hold after each."""

    def __init__(self, work: Work) -> None:
        self.work = work
        alliance = made.drafting(work, factories.DEFAULT_KINDS, articles=ARTICLES)
        self.text = made.charter(work, alliance)
        self.alliance = work.get(Alliance, alliance.id)
        self.locked: dict[int, str] = {}

    def all_agree(self, number: int) -> None:
        for one in range(PARTIES):
            self.say(number, one, ConsentKind.agree)

    def take(self, name: str, *rest: object) -> None:
        moves: dict[str, Callable[..., object]] = {
            "open": lambda: services.open_round(self.work, self.text),
            "close": lambda: services.close_round(self.work, self.text, services.rounds_of(self.work, self.text)[0].number),
            "adopt": lambda: services.adopt(self.work, self.text),
            "write": lambda number, words: services.write(self.work, self.one(number), [made.paragraph(words)]),
            "title": lambda number, title: services.retitle_article(self.work, self.one(number), title),
            "say": self.say,
            "all agree": lambda number: self.all_agree(number),
            "withdraw": lambda number, who: services.withdraw(self.work, self.one(number), self.alliance.accepted_parties[who]),
        }
        with suppress(CharterError, WorkflowError, IndexError):  # refused: the walk goes on
            moves[name](*rest)
        self.check()

    def say(self, number: int, who: int, kind: ConsentKind) -> None:
        digest = hashes(self.work, self.text)[self.one(number).id]
        services.consent(self.work, self.one(number), self.alliance.accepted_parties[who], kind, digest, "Voici pourquoi")

    def one(self, number: int) -> Article:
        return self.text.present_articles[number]

    def check(self) -> None:
        now = hashes(self.work, self.text)
        for one in self.text.present_articles:
            if one.locked:
                assert now[one.id] == self.locked.setdefault(one.id, now[one.id]), "a locked word moved"
            else:
                self.locked.pop(one.id, None)
        self.nobody_objects_to_what_is_locked(now)
        if self.text.frozen:
            self.adopted_on_exact_words(now)

    def nobody_objects_to_what_is_locked(self, now: dict[int, str]) -> None:
        said = services.standing_consents(self.work, self.text)
        opposed = {one.article_id for one in said if one.kind == ConsentKind.objection and one.sha256 == now[one.article_id]}
        assert not opposed & {one.id for one in self.text.present_articles if one.locked}

    def adopted_on_exact_words(self, now: dict[int, str]) -> None:
        charter = services.adopted_version(self.work, self.text)
        said = services.standing_consents(self.work, self.text)
        for one in charter.articles:
            live = {each.party_id for each in said if each.article_id == one.article_id and each.sha256 == one.sha256}
            kinds = {each.kind for each in said if each.article_id == one.article_id}
            assert live == {each.id for each in self.alliance.accepted_parties} and ConsentKind.objection not in kinds
            assert now[one.article_id] == one.sha256
        assert services.running_round(self.work, self.text) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_adopted_only_on_words_every_party_consented_to(engine: Engine, walk: list[tuple[object, ...]]) -> None:
    work = engine.open(write=True)
    try:
        path = Walk(work)
        for name, *rest in walk:
            path.take(str(name), *rest)
        for number in range(ARTICLES):
            path.take("all agree", number)
        path.take("adopt")
        assert path.text.frozen
    finally:
        work.session.rollback()
        work.session.close()
