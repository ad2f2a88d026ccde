"""Adopting: live consents of every party on every article, no standing objection, exact words, and nobody writing in between."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785

from charter.alliances.models import OrganisationKind
from charter.alliances.services import leave
from charter.drafting import services, states
from charter.drafting.live import content
from charter.drafting.live.canonical import content_hash
from charter.drafting.models import AdoptedArticle, Text
from charter.errors import Conflict, NotFound
from charter.journal import services as journal
from charter.proposals import services as proposals
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.base import Blocked, NotNow
from workflows.drafting import ConsentKind, TextStatus
from workflows.lifecycle import AllianceStatus

THREE = factories.DEFAULT_KINDS


def first(work: Work, text: Text) -> Any:
    return text.present_articles[0]


def said(blocked: Blocked) -> list[str]:
    return [str(one) for one in blocked.missing]


def test_live_consents_of_every_party_adopt_the_charter(work: Work) -> None:
    alliance = made.drafting(work, THREE)
    text = made.charter(work, alliance)
    made.consents(work, text)
    words = services.article_words(work, text)

    charter = services.adopt(work, text)

    assert text.status == TextStatus.adopted and alliance.status == AllianceStatus.contract
    assert [one.sha256 for one in charter.articles] == [one.sha256 for one in words]
    assert all(content_hash(one.title, one.nodes) == one.sha256 for one in charter.articles)
    whole: Any = {"title": text.title, "version": 1, "articles": [one.sha256 for one in words]}
    assert charter.sha256 == hashlib.sha256(rfc8785.dumps(whole)).hexdigest()
    assert services.adopted(work, alliance) == charter
    told = next(fact for fact in journal.facts(work, alliance.id, newest_first=True) if fact.type == "charter.adopted")
    assert told.payload == {"text": text.ref, "version": 1, "articles": [one.sha256 for one in words]}


def test_a_refusal_names_every_party_and_article_missing(work: Work) -> None:
    alliance = made.drafting(work, THREE)
    text = made.charter(work, alliance)
    one, two, three = alliance.accepted_parties
    words = services.article_words(work, text)
    a, b = text.present_articles
    services.consent(work, a, one, ConsentKind.agree, words[0].sha256)
    services.consent(work, b, one, ConsentKind.agree, words[1].sha256)
    services.consent(work, a, two, ConsentKind.objection, words[0].sha256, "Le calendrier est intenable")
    services.consent(work, b, two, ConsentKind.reservation, words[1].sha256, "À revoir dans un an")

    with pytest.raises(Blocked) as refused:
        services.adopt(work, text)

    assert said(refused.value) == [
        f"{two.name} maintient une objection (art. 1)",
        f"Accord attendu : {three.name} (art. 1, 2)",
    ]
    assert [lack.who for lack in refused.value.missing] == [(two.name,), (three.name,)]
    assert services.missing(work, text) == refused.value.missing
    assert text.status == TextStatus.drafting and work.session.query(AdoptedArticle).count() == 0


def test_a_consent_dies_when_the_words_change_and_lives_again_with_them(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    article = first(work, text)
    before = content.read(work.session, article).agreed
    assert services.missing(work, text) == ()

    made.rewrite(work, article, "D’autres mots.")
    names = [party.name for party in alliance.accepted_parties]
    assert [str(one) for one in services.missing(work, text)] == [f"Accord attendu : {name} (art. 1)" for name in names]
    with pytest.raises(Blocked):
        services.adopt(work, text)

    content.replace(work.session, article, before, at=work.now())
    assert services.missing(work, text) == ()


def test_a_title_is_part_of_the_words(work: Work) -> None:
    text = made.charter(work, made.drafting(work))
    made.consents(work, text)
    services.retitle_article(work, first(work, text), "Un autre titre")
    assert len(services.missing(work, text)) == 2


def test_moving_an_article_kills_no_consent(work: Work) -> None:
    text = made.charter(work, made.drafting(work))
    made.consents(work, text)
    moved = first(work, text)
    services.move_article(work, moved, 2)
    assert services.number_of(moved) == 2
    assert services.missing(work, text) == ()


def test_a_withdrawn_consent_does_not_count(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    services.withdraw(work, first(work, text), alliance.parties[0])
    assert [str(one) for one in services.missing(work, text)] == [f"Accord attendu : {alliance.parties[0].name} (art. 1)"]


def test_one_party_has_one_voice_whoever_speaks_for_it(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    article, party = first(work, text), alliance.parties[0]
    digest = services.article_words(work, text)[0].sha256
    services.consent(work, article, party, ConsentKind.objection, digest, "Nous avons changé d’avis")
    voices = services.voices(alliance, article, digest, services.standing_consents(work, text))
    assert [voice.kind for voice in voices.values()] == ["objection", "agree"]
    assert len(services.path(work, [article])[article.id]) == 3


def test_a_party_that_left_is_no_longer_needed_and_has_no_voice(work: Work) -> None:
    alliance = made.drafting(work, THREE)
    text = made.charter(work, alliance)
    made.consents(work, text)
    gone, article = alliance.parties[2], first(work, text)
    made.rewrite(work, article, "Un texte à trois.")
    digest = services.article_words(work, text)[0].sha256
    leave(work, gone, "Nos priorités ont changé")
    for party in alliance.accepted_parties:
        services.consent(work, article, party, ConsentKind.agree, digest)
    assert services.missing(work, text) == ()
    with pytest.raises(Exception, match="pas de voix"):
        services.consent(work, article, gone, ConsentKind.agree, digest)


def test_reservations_stay_beside_the_article(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    party, digest = alliance.parties[1], services.article_words(work, text)[1].sha256
    services.consent(work, text.present_articles[1], party, ConsentKind.reservation, digest, "Sous réserve du budget voté")
    charter = services.adopt(work, text)
    assert charter.articles[0].reservations == []
    assert charter.articles[1].reservations == [{"party": party.name, "party_ref": party.ref, "reason": "Sous réserve du budget voté"}]


def test_frozen_is_frozen(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    digest = services.adopt(work, text).articles[0].sha256
    article, party = first(work, text), alliance.parties[0]
    with pytest.raises(content.Frozen):
        made.rewrite(work, article, "Trop tard")
    for late in (
        lambda: services.retitle_article(work, article, "Trop tard"),
        lambda: services.add_article(work, text, "Trop tard"),
        lambda: services.consent(work, article, party, ConsentKind.objection, digest, "Trop tard"),
        lambda: services.withdraw(work, article, party),
        lambda: services.post(work, article, factories.speaker(party), party, "Trop tard"),
    ):
        with pytest.raises(Conflict, match="adopté"):
            late()
    with pytest.raises(NotNow):
        services.adopt(work, text)


def test_the_live_rooms_hear_of_it_after_the_commit(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    text = made.charter(work, made.drafting(work))
    made.consents(work, text)
    work.commit()
    monkeypatch.setattr(type(work.bus), "publish", lambda self, channel, message: told.append(message))
    services.adopt(work, text)
    assert told == []
    work.commit()
    assert told == [{"kind": "frozen", "text": text.ref}]


def test_an_amendment_starts_from_the_adopted_words_and_replaces_them(work: Work) -> None:
    alliance = made.adopted(work)
    former = services.adopted(work, alliance)
    alliance.status = AllianceStatus.drafting
    text = services.open_amendment(work, alliance)
    assert text.version == 2 and services.open_amendment(work, alliance) is text
    assert [one.sha256 for one in services.article_words(work, text)] == [one.sha256 for one in former.articles]
    assert len(services.missing(work, text)) == 2
    assert services.adopted(work, alliance).version == 1
    made.consents(work, text)
    services.adopt(work, text)
    assert services.adopted(work, alliance).version == 2
    assert services.text_of(work, alliance, former.text_ref).status == TextStatus.superseded


def test_nothing_is_adopted_before_it_is(work: Work) -> None:
    with pytest.raises(NotFound):
        services.adopted(work, made.drafting(work))


def test_facts_cost_the_same_for_one_alliance_and_for_many(work: Work) -> None:
    from sqlalchemy import event

    alliances = [made.drafting(work, (OrganisationKind.association, OrganisationKind.company), articles=n) for n in (1, 3, None)]
    made.rewrite(work, made.charter(work, alliances[0]).present_articles[0], "Autre")
    for alliance in alliances:
        for article in made.charter(work, alliance).present_articles:
            article.hashed_seq = 0  # as when an update was stored and its hash not yet
    work.session.flush()
    counted: list[str] = []
    event.listen(engine_of(work), "before_cursor_execute", lambda *args: counted.append(args[2]))

    def cost(of: list[Any]) -> int:
        work.session.expire_all()
        for one in of:
            _ = [(party.name, party.ref) for party in one.parties], one.status
        counted.clear()
        assert set(states.states(work, of)) == {one.id for one in of}
        return len(counted)

    assert cost(alliances[:1]) == cost(alliances)


def engine_of(work: Work) -> Any:
    bind = work.session.get_bind()
    return getattr(bind, "engine", bind)


def test_the_voice_of_a_party_that_left_does_not_speak_for_the_same_name_come_back(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    gone = alliance.parties[1]
    leave(work, gone, "Nous changeons d’équipe.")
    back = proposals.invite(work, alliance, gone.name, OrganisationKind.company, "neuf@vigie.test", "Ève Neuve")
    proposals.accept(work, back)

    with pytest.raises(Blocked) as refusal:
        services.adopt(work, text)

    assert said(refusal.value) == [f"Accord attendu : {back.name} (art. 1, 2)"]
    state = states.states(work, [alliance])[alliance.id]
    assert {one.party for one in state.consents} == {alliance.parties[0].name, ""}
