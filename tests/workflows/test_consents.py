"""Random walks in the drafting room: consents die when words change, one party has one voice, adoption needs all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from workflows.base import Blocked, blocking, fire
from workflows.drafting import ArticleFacts, ConsentFacts, ConsentKind, DraftingFacts, TextChart, TextStatus, voice

PARTIES = ("Les Jardins", "Ville de Metz", "Fonderie Martin")
OUTSIDER = "Tiers de confiance"


@dataclass
class Text:
    status: TextStatus = TextStatus.drafting


class DraftingRoom(RuleBasedStateMachine):
    """The model keeps, apart from the facts, what each party thinks of the words it can read now."""

    def __init__(self) -> None:
        super().__init__()
        self.text = Text()
        self.facts = DraftingFacts(PARTIES, ())
        self.model: dict[str, dict[str, ConsentKind]] = {}
        self.words = 0

    def fresh_hash(self) -> str:
        self.words += 1
        return f"hash {self.words}"

    @precondition(lambda self: len(self.facts.articles) < 3)
    @rule()
    def add_article(self) -> None:
        number = len(self.facts.articles) + 1
        article = ArticleFacts(f"a{number}", number, f"Article {number}", self.fresh_hash())
        self.facts = replace(self.facts, articles=(*self.facts.articles, article))
        self.model[article.id] = {}

    @precondition(lambda self: self.facts.articles)
    @rule(data=st.data())
    def change_words(self, data: st.DataObject) -> None:
        changed = data.draw(st.sampled_from(self.facts.articles))
        articles = tuple(replace(one, hash=self.fresh_hash()) if one is changed else one for one in self.facts.articles)
        self.facts = replace(self.facts, articles=articles)
        self.model[changed.id] = {}

    @precondition(lambda self: self.facts.articles)
    @rule(data=st.data(), party=st.sampled_from((*PARTIES, OUTSIDER)), kind=st.sampled_from(ConsentKind))
    def speak(self, data: st.DataObject, party: str, kind: ConsentKind) -> None:
        article = data.draw(st.sampled_from(self.facts.articles))
        said = ConsentFacts(party, article.id, kind, article.hash)
        self.facts = replace(self.facts, consents=(*self.facts.consents, said))
        if party != OUTSIDER:
            self.model[article.id][party] = kind

    @precondition(lambda self: self.facts.articles)
    @rule()
    def everybody_agrees(self) -> None:
        said = tuple(ConsentFacts(p, a.id, ConsentKind.agree, a.hash) for p in PARTIES for a in self.facts.articles)
        self.facts = replace(self.facts, consents=self.facts.consents + said)
        self.model = {article: dict.fromkeys(PARTIES, ConsentKind.agree) for article in self.model}

    @precondition(lambda self: self.text.status == TextStatus.drafting)
    @rule()
    def try_to_adopt(self) -> None:
        complete = bool(self.model) and all(
            set(said) == set(PARTIES) and ConsentKind.objection not in said.values() for said in self.model.values()
        )
        if complete:
            fire(TextChart, Text(), "adopt", self.facts)
            return
        with pytest.raises(Blocked) as blocked:
            fire(TextChart, self.text, "adopt", self.facts)
        assert self.text.status is TextStatus.drafting
        assert all(lack.who and set(lack.who) <= set(PARTIES) for lack in blocked.value.missing)

    @invariant()
    def the_voices_are_those_of_the_model(self) -> None:
        for article in self.facts.articles:
            heard = {party: said for party in PARTIES if (said := voice(self.facts, party, article))}
            assert heard == self.model[article.id]

    @invariant()
    def whoever_is_silent_or_objects_is_named(self) -> None:
        named = {name for lack in blocking(TextChart, Text(), "adopt", self.facts) for name in lack.who}
        holding = {party for said in self.model.values() for party in PARTIES if said.get(party) in (None, ConsentKind.objection)} or (
            set() if self.model else set(PARTIES)
        )
        assert named == holding


TestDraftingRoom = DraftingRoom.TestCase
TestDraftingRoom.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_restoring_the_very_words_brings_the_consent_back() -> None:
    article = ArticleFacts("a1", 1, "Objet", "h1")
    facts = DraftingFacts(("A", "B"), (article,), (ConsentFacts("A", "a1", ConsentKind.agree, "h1"),))
    assert voice(facts, "A", replace(article, hash="h2")) is None
    assert voice(facts, "A", article) is ConsentKind.agree


def test_one_party_speaking_many_times_is_one_voice() -> None:
    article = ArticleFacts("a1", 1, "Objet", "h1")
    shouting = tuple(ConsentFacts("A", "a1", ConsentKind.agree, "h1") for _ in range(5))
    with pytest.raises(Blocked) as blocked:
        fire(TextChart, Text(), "adopt", DraftingFacts(("A", "B"), (article,), shouting))
    assert [lack.who for lack in blocked.value.missing] == [("B",)]


def test_a_party_listed_twice_is_still_one() -> None:
    article = ArticleFacts("a1", 1, "Objet", "h1")
    said = (ConsentFacts("A", "a1", ConsentKind.agree, "h1"),)
    with pytest.raises(Blocked):
        fire(TextChart, Text(), "adopt", DraftingFacts(("A", "A"), (article,), said))
