"""Rounds of consent: what is put to the parties does not move; an objection reopens its article and nothing else."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from charter.adapters.outbox import Outbox
from charter.alliances.models import Alliance
from charter.alliances.services import abandon
from charter.drafting import services, states
from charter.drafting.live import content
from charter.drafting.live.locks import Locked, RoundOpen
from charter.drafting.live.store import text_info
from charter.drafting.models import Article, Text
from charter.errors import Conflict, Invalid
from charter.journal import services as journal
from charter.work import Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.base import Blocked
from workflows.drafting import ConsentKind
from workflows.rounds import RoundStatus

THREE = factories.DEFAULT_KINDS


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work, THREE, articles=3))


def alliance_of(work: Work, text: Text) -> Alliance:
    return work.get(Alliance, text.alliance_id)


def digest(work: Work, article: Article) -> str:
    return content.current_hash(work.session, article)


def object_(work: Work, article: Article, party: int = 0) -> None:
    one = alliance_of(work, article.text).accepted_parties[party]
    services.consent(work, article, one, ConsentKind.objection, digest(work, article), "Le calendrier est intenable")


def test_a_round_locks_every_article_on_the_words_stored(work: Work, text: Text) -> None:
    words = services.article_words(work, text)
    found = services.open_round(work, text, date(2026, 3, 20))
    assert (found.number, found.status, found.closes_on) == (1, RoundStatus.open, date(2026, 3, 20))
    assert [one.sha256 for one in found.articles] == [one.sha256 for one in words]
    assert all(one.locked for one in text.present_articles)
    assert [one.seq for one in found.articles] == [one.head_seq for one in text.present_articles]
    told = next(one for one in journal.facts(work, text.alliance_id) if one.type == "round.opened").payload
    assert told["hashes"] == [one.sha256 for one in words] and told["closes_on"] == "2026-03-20"


def test_nothing_put_to_consent_moves_and_the_refusal_says_how_to_go_on(work: Work, text: Text) -> None:
    services.open_round(work, text)
    article = text.present_articles[1]
    before = digest(work, article)
    for attempt in (
        lambda: services.write(work, article, [made.paragraph("Autre chose")]),
        lambda: services.retitle_article(work, article, "Un autre titre"),
        lambda: services.remove_article(work, article),
        lambda: services.move_article(work, article, 1),
        lambda: content.edit(work.session, article, lambda root: root.children.__delitem__(0), at=work.now()),
    ):
        with pytest.raises(Locked) as refused:
            attempt()
        assert refused.value.params == {"article": 2, "round": 1}
        names = tuple(party.name for party in alliance_of(work, text).accepted_parties)
        assert refused.value.missing[0].who == names and "objection" in str(refused.value.missing[0])
        assert refused.value.missing[1].who == (names[0], alliance_of(work, text).facilitators[0].person.display_name)
    with pytest.raises(RoundOpen):
        services.add_article(work, text, "Un article de plus")
    assert digest(work, article) == before and article.title == services.article_words(work, text)[1].title


def test_an_objection_reopens_its_article_alone(work: Work, text: Text) -> None:
    found = services.open_round(work, text)
    made.consents(work, text)
    first, second, third = text.present_articles
    object_(work, second)
    assert [one.locked for one in text.present_articles] == [True, False, True]
    row = found.articles[1]
    assert row.reopened_by is not None and row.reopened_at == work.now() and row.reason == "Le calendrier est intenable"
    services.write(work, second, [made.paragraph("Une rédaction qui convient à tous")])
    facts = states.states(work, [alliance_of(work, text)])[text.alliance_id]
    assert facts.round is not None and facts.round.locked == {first.ref, third.ref}
    live = {(one.party, one.article) for one in facts.consents if one.hash == next(a.hash for a in facts.articles if a.id == one.article)}
    assert len(live) == 6  # three parties on the two articles still locked
    with pytest.raises(Locked):
        services.write(work, first, [made.paragraph("Non")])
    with pytest.raises(RoundOpen):
        services.move_article(work, second, 1)
    services.remove_article(work, second)
    assert [one.type for one in journal.facts(work, text.alliance_id)].count("round.article_reopened") == 1


def test_reservations_and_agreements_reopen_nothing(work: Work, text: Text) -> None:
    services.open_round(work, text)
    made.consents(work, text, ConsentKind.reservation, "À revoir dans un an")
    assert all(one.locked for one in text.present_articles)
    state = services.round_state(work, text)
    assert state is not None and (state.given, state.awaited) == (9, 9)


def test_the_round_ends_with_the_last_locked_article(work: Work, text: Text) -> None:
    found = services.open_round(work, text)
    for article in text.present_articles:
        object_(work, article)
    assert found.status == RoundStatus.reopened and found.closed_at == work.now()
    assert services.running_round(work, text) is None
    services.add_article(work, text, "Un article de plus")


def test_an_article_under_objection_stays_out_of_the_round(work: Work, text: Text) -> None:
    object_(work, text.present_articles[0])
    before = services.before_round(work, text)
    assert [one.position for one in before.opposed] == [1] and len(before.locked) == 2 and before.missing == ()
    services.open_round(work, text)
    assert [one.locked for one in text.present_articles] == [False, True, True]


def test_a_round_needs_something_to_lock(work: Work, text: Text) -> None:
    for article in text.present_articles:
        object_(work, article, 1)
    with pytest.raises(Blocked) as blocked:
        services.open_round(work, text)
    assert blocked.value.missing[0].who == (alliance_of(work, text).accepted_parties[1].name,)


def test_one_round_at_a_time_and_numbers_go_on(work: Work, text: Text) -> None:
    services.open_round(work, text)
    with pytest.raises(Conflict):
        services.open_round(work, text)
    services.close_round(work, text, 1, "On reprend l’article 2")
    assert not any(one.locked for one in text.present_articles)
    with pytest.raises(Conflict):
        services.close_round(work, text, 1)
    assert services.open_round(work, text).number == 2
    with pytest.raises(Conflict):
        services.close_round(work, text, 1)
    assert [(one.number, one.status) for one in services.rounds_of(work, text)] == [(2, RoundStatus.open), (1, RoundStatus.closed)]


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 2, 1), date(2028, 1, 1)])
def test_a_round_closes_on_a_day_to_come(work: Work, text: Text, day: date) -> None:
    with pytest.raises(Invalid) as wrong:
        services.open_round(work, text, day)
    assert "closes_on" in wrong.value.fields


def test_adopting_concludes_the_round_on_the_very_words_it_locked(work: Work, text: Text) -> None:
    found = services.open_round(work, text)
    made.consents(work, text)
    charter = services.adopt(work, text)
    assert found.status == RoundStatus.adopted and charter.sha256 == found.sha256
    assert [one.sha256 for one in charter.articles] == [one.sha256 for one in found.articles]


def test_a_comment_mark_is_no_word(work: Work, text: Text) -> None:
    article = text.present_articles[0]
    services.open_round(work, text)
    before = digest(work, article)

    def mark(root: object) -> None:
        first = next(one for one in root.children if len(one.children))  # type: ignore[attr-defined]
        words = first.children[0]
        words.format(0, 4, {"comment": {"id": "abc"}})

    content.edit(work.session, article, mark, at=work.now())
    assert digest(work, article) == before


def test_those_who_speak_are_told_once(work: Work, text: Text) -> None:
    services.open_round(work, text)
    object_(work, text.present_articles[0])
    work.session.flush()
    names = [row.name for row in work.session.query(Outbox)]
    assert names.count("mail.drafting.round_opened") == 4 and names.count("mail.drafting.article_reopened") == 4, set(names)


def test_the_live_server_is_told_what_is_locked(work: Work, text: Text) -> None:
    services.open_round(work, text)
    object_(work, text.present_articles[1])
    info = text_info(work.session, text.ref)
    assert info is not None and [one.locked for one in info.articles] == [1, 0, 1]


def test_an_alliance_that_ends_ends_its_round(work: Work, text: Text) -> None:
    found = services.open_round(work, text)
    abandon(work, alliance_of(work, text), "Le besoin a disparu")
    assert found.status == RoundStatus.closed and not any(one.locked for one in text.present_articles)


# -- two at once ------------------------------------------------------------------------------------------------------------------


def test_a_word_is_in_what_is_put_to_consent_or_refused(work: Work, engine: Engine, text: Text) -> None:
    work.commit()
    wrote: list[str] = []

    def write() -> None:
        with engine.work() as other:
            mine = other.get(Text, text.id)
            try:
                services.write(other, mine.present_articles[0], [made.paragraph("Glissé au dernier moment")])
                wrote.append("written")
            except Locked:
                wrote.append("locked")

    found = services.open_round(work, text)  # not committed: the writer waits for the text
    writer = threading.Thread(target=write)
    writer.start()
    work.commit()
    writer.join(20)
    assert wrote == ["locked"]
    with engine.work(write=False) as reader:
        stored = services.article_words(reader, reader.get(Text, text.id))
    assert [one.sha256 for one in stored] == [one.sha256 for one in found.articles]


def test_an_objection_while_the_round_closes_is_heard_either_way(work: Work, engine: Engine, text: Text) -> None:
    services.open_round(work, text)
    work.commit()
    heard: list[bool] = []

    def objects() -> None:
        with engine.work() as other:
            object_(other, other.get(Text, text.id).present_articles[0], 1)
            heard.append(True)

    services.close_round(work, text, 1)
    objector = threading.Thread(target=objects)
    objector.start()
    work.commit()
    objector.join(20)
    assert heard == [True]
    with engine.work(write=False) as reader:
        mine = reader.get(Text, text.id)
        assert not any(one.locked for one in mine.present_articles)
        assert services.rounds_of(reader, mine)[0].status == RoundStatus.closed
        assert any("objection" in str(one) for one in services.missing(reader, mine))


def test_two_rounds_opened_at_once_make_one(work: Work, engine: Engine, text: Text) -> None:
    work.commit()
    fates: list[str] = []

    def opens() -> None:
        try:
            with engine.work() as mine:
                services.open_round(mine, mine.get(Text, text.id))
            fates.append("opened")
        except Conflict:
            fates.append("too late")

    both = [threading.Thread(target=opens) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(fates) == ["opened", "too late"]
