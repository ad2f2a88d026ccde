"""Where it blocks: articles by tension, silent parties, one reminder a day; and a board that says when it moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import event

from charter.adapters.clock import FixedClock
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.models import Nudge, Text
from charter.errors import Refused
from charter.journal import services as journal
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work, factories.DEFAULT_KINDS, articles=3))


def parties(work: Work, text: Text) -> list[str]:
    return [party.name for party in work.get(Alliance, text.alliance_id).accepted_parties]


def say(work: Work, text: Text, number: int, party: int, kind: ConsentKind) -> None:
    words = services.article_words(work, text)[number - 1]
    one = work.get(Alliance, text.alliance_id).accepted_parties[party]
    services.consent(work, services.article_of(work, text, words.ref), one, kind, words.sha256, "Voici pourquoi")


def test_the_heaviest_article_comes_first_and_says_why(work: Work, text: Text) -> None:
    names = parties(work, text)
    say(work, text, 2, 0, ConsentKind.reservation)
    say(work, text, 3, 1, ConsentKind.objection)
    say(work, text, 1, 2, ConsentKind.agree)
    made.rewrite(work, text.present_articles[0], "Tout autre chose")
    article = text.present_articles[1]
    services.post(work, article, factories.speaker(work.get(Alliance, text.alliance_id).parties[0]), None, "Et l’été ?")
    found = services.tension(work, text).articles
    assert [one.number for one in found] == [3, 1, 2]
    assert found[0].objections == (names[1],) and found[1].died == (names[2],)
    assert (found[2].reservations, found[2].threads) == ((names[0],), 1)


def test_it_takes_as_many_queries_for_ten_articles_as_for_three(work: Work, text: Text) -> None:
    def queries(of: Text) -> int:
        work.session.expire_all()
        ran: list[str] = []

        def count(_c: object, _u: object, statement: str, *_: object) -> None:
            ran.append(statement)

        bind = work.session.get_bind()
        event.listen(bind, "before_cursor_execute", count)
        services.tension(work, of)
        event.remove(bind, "before_cursor_execute", count)
        return len(ran)

    services.tension(work, text)
    few = queries(text)
    for number in range(7):
        services.add_article(work, text, f"Un article de plus {number}")
    assert queries(text) == few


def test_a_party_unheard_of_for_a_week_is_silent(work: Work, text: Text, clock: FixedClock) -> None:
    say(work, text, 1, 0, ConsentKind.agree)
    clock.advance(timedelta(days=6))
    assert [one.silent(work.now()) for one in services.tension(work, text).parties] == [False, True, True]
    clock.advance(timedelta(days=2))
    assert [one.silent(work.now()) for one in services.tension(work, text).parties] == [True, True, True]


def test_a_reminder_leaves_once_a_day_and_is_recorded(
    work: Work, text: Text, clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    party = work.get(Alliance, text.alliance_id).accepted_parties[1]
    services.nudge(work, text, party)
    with pytest.raises(Refused, match="relancée"):
        services.nudge(work, text, party)
    ref, person = text.alliance_id, factories.speaker(party).email
    work.commit()
    drain()
    told = [one for one in outgoing if "On attend l’avis" in str(one["Subject"])]
    assert [one["To"].addresses[0].addr_spec for one in told] == [person]
    body = told[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "art. 1, 2, 3" in body and "/charte" in body
    clock.advance(timedelta(days=1))
    services.nudge(work, text, party)
    assert work.session.query(Nudge).count() == 2
    assert [one.type for one in journal.facts(work, ref)].count("party.nudged") == 2


def test_nobody_is_reminded_of_nothing(work: Work, text: Text) -> None:
    made.consents(work, text)
    with pytest.raises(Refused, match="rien à lui rappeler"):
        services.nudge(work, text, work.get(Alliance, text.alliance_id).accepted_parties[0])


def test_the_board_mark_moves_with_what_the_board_shows(work: Work, text: Text) -> None:
    party = work.get(Alliance, text.alliance_id).accepted_parties[0]
    seen = [services.board_stamp(work, text)]
    assert services.board_stamp(work, text) == seen[0]
    for move in (
        lambda: say(work, text, 1, 0, ConsentKind.agree),
        lambda: services.withdraw(work, text.present_articles[0], party),
        lambda: made.rewrite(work, text.present_articles[1], "Autre chose"),
        lambda: services.open_round(work, text),
        lambda: say(work, text, 1, 1, ConsentKind.objection),
        lambda: services.close_round(work, text, 1),
        lambda: services.retitle_article(work, text.present_articles[0], "Un autre titre"),
        lambda: services.move_article(work, text.present_articles[0], 2),
        lambda: services.choose_speakers(work, party, [factories.speaker(party).id]),
    ):
        move()
        seen.append(services.board_stamp(work, text))
    assert len(set(seen)) == len(seen)
