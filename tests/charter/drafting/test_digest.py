"""One digest a day at most, of what others did; mentions at once or in it; and the link that stops them without signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.alliances.announce import announce
from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.models import Comment, Digest, Mentions
from charter.journal import services as journal
from charter.work import Actor, Engine, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind
from workflows.events import DeadlinePassed
from workflows.lifecycle import AllianceStatus

WEDNESDAY, THURSDAY, FRIDAY, MONDAY = (datetime(2026, 3, day, 8, 0, tzinfo=UTC) for day in (4, 5, 6, 9))


@pytest.fixture
def people(engine: Engine) -> tuple[Person, Person]:
    """Ana of the association and Tom of the company, whose charter is being written; they are alone."""
    with engine.work() as work:
        alliance = made.drafting(work)
        alliance.facilitators[0].ended_at = work.now()
        ana, tom = (factories.speaker(party) for party in alliance.parties)
        ana.name, tom.name = "Ana Bello", "Tom Nguyen"
        return ana, tom


def alliance_in(work: Work) -> Alliance:
    found = work.session.scalar(select(Alliance))
    assert found is not None
    return found


def as_(work: Work, person: Person) -> Work:
    return work.by(Actor(person.id, person.display_name))


def say(work: Work, person: Person, body: str, *called: Person, quote: str = "", article: int = 0) -> Comment:
    alliance = alliance_in(work)
    party = next(one for one in alliance.parties if one.members[0].person_id == person.id)
    found = made.charter(work, alliance).present_articles[article]
    speaker = work.get(Person, person.id)
    return services.post(as_(work, speaker), found, speaker, party, body, quote=quote, call=[one.id for one in called])


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def to(outgoing: list[EmailMessage], person: Person) -> list[EmailMessage]:
    return [one for one in outgoing if person.email in str(one["To"])]


def test_the_others_are_told_the_next_working_morning_once_and_nobody_of_their_own_doing(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        say(work, ana, "Qui écoute-t-on d’abord ? <script>alert(1)</script>")
        say(work, ana, "Et qui répond ?", article=1)
        text = made.charter(work, alliance_in(work))
        words = services.article_words(work, text)[0]
        article, party = text.present_articles[0], alliance_in(work).parties[0]
        services.consent(as_(work, ana), article, party, ConsentKind.agree, words.sha256)
        services.consent(as_(work, ana), article, party, ConsentKind.reservation, words.sha256, "Nommer qui décide.")
    drain()
    assert outgoing == []
    clock.move_to(WEDNESDAY)
    assert drain() > 0
    assert drain() == 0
    (mail,) = outgoing
    assert tom.email in str(mail["To"])
    assert mail["Subject"] == "Du nouveau dans la charte « Un sas vers l’emploi »"
    body = plain(mail)
    assert "Ana Bello écrit : « Qui écoute-t-on d’abord ? <script>alert(1)</script> »" in body
    assert "D’accord, avec une réserve (« Nommer qui décide. »)" in body
    assert body.count("Les Passerelles de l’emploi :") == 1  # its latest word only
    assert body.index("Article 1") < body.index("Article 2")
    html = mail.get_body(("html",))
    assert html is not None and "<script>alert" not in html.get_content()
    clock.move_to(THURSDAY)
    drain()
    assert len(outgoing) == 1  # nothing happened since


def test_a_week_end_waits_for_monday_and_a_weekly_reader_for_the_first_working_day(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        services.choose(work, work.get(Person, tom.id), alliance_in(work), digest=Digest.weekly)
        say(work, ana, "Un mot.")
    for moment in (WEDNESDAY, THURSDAY):
        clock.move_to(moment)
        drain()
    with engine.work() as work:
        say(work, ana, "Un autre.")
    clock.move_to(FRIDAY)
    drain()
    assert outgoing == []
    clock.move_to(datetime(2026, 3, 7, 8, 0, tzinfo=UTC))
    drain()
    assert outgoing == []
    clock.move_to(MONDAY)
    drain()
    (mail,) = outgoing
    assert "Un mot." in plain(mail) and "Un autre." in plain(mail)


def test_whoever_wants_none_gets_none_and_an_adopted_text_tells_nothing(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        services.choose(work, work.get(Person, tom.id), alliance_in(work), digest=Digest.never)
        say(work, ana, "Un mot.")
    clock.move_to(WEDNESDAY)
    drain()
    with engine.work() as work:
        services.choose(work, work.get(Person, tom.id), alliance_in(work), digest=Digest.daily)
        say(work, ana, "Un autre.")
        alliance_in(work).status = AllianceStatus.contract
    clock.move_to(THURSDAY)
    drain()
    assert outgoing == []


def test_a_kind_of_fact_unknown_to_the_digest_is_told_by_its_label_and_a_retracted_comment_is_not(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        gone = say(work, ana, "À oublier.")
        services.delete(as_(work, ana), gone, work.get(Person, ana.id))
        text = made.charter(work, alliance_in(work))
        services.add_article(as_(work, ana), text, "Notre mémoire")
        announce(work, alliance_in(work), DeadlinePassed(text=text.ref, deadline="amendments", day="2026-03-02"))
    clock.move_to(WEDNESDAY)
    drain()
    body = plain(to(outgoing, tom)[0])
    assert "Ana Bello a ajouté l’article « Notre mémoire »." in body
    assert "La date limite est passée : amendements." in body
    assert "oublier" not in body


def test_a_mention_is_written_at_once_and_journalled_without_a_name(
    engine: Engine, people: tuple[Person, Person], outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        comment = say(work, ana, "@Tom Nguyen qu’en dis-tu ?", tom, ana, quote="par écrit")
        services.edit(as_(work, ana), comment, work.get(Person, ana.id), "@Tom Nguyen, alors ?", call=[tom.id])
        facts = [one for one in journal.facts(work, alliance_in(work).id) if one.type == "comment.mentioned"]
        assert [one.payload["person"] for one in facts] == [str(tom.id)]  # once, and not oneself
        assert "Tom" not in str([one.payload for one in facts])
    drain()
    drain()
    (mail,) = outgoing
    assert mail["Subject"].startswith("Ana Bello vous appelle à propos de « ")
    assert "@Tom Nguyen, alors ?" in plain(mail) and "« par écrit »" in plain(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://charte\.test/courriels/arret/[\w.-]+>", mail["List-Unsubscribe"])


def test_a_mention_goes_to_the_digest_of_whoever_prefers_it_there(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        services.choose(work, work.get(Person, tom.id), alliance_in(work), mentions=Mentions.digest)
        say(work, ana, "@Tom Nguyen qu’en dis-tu ?", tom)
    drain()
    assert outgoing == []
    clock.move_to(WEDNESDAY)
    drain()
    (mail,) = outgoing
    assert "On vous appelle" in plain(mail) and plain(mail).count("qu’en dis-tu") == 1


def test_a_mention_taken_back_before_the_mail_left_is_not_written(
    engine: Engine, people: tuple[Person, Person], outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, tom = people
    with engine.work() as work:
        comment = say(work, ana, "@Tom Nguyen ?", tom)
        services.delete(as_(work, ana), comment, work.get(Person, ana.id))
        assert comment.body == "" and comment.mentions == []
    drain()
    assert outgoing == []


def test_the_first_digest_goes_back_a_week_at_most(
    engine: Engine, people: tuple[Person, Person], clock: FixedClock, outgoing: list[EmailMessage], drain: Callable[[], int]
) -> None:
    ana, _tom = people
    with engine.work() as work:
        say(work, ana, "Il y a longtemps.")
    clock.move_to(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
    with engine.work() as work:
        say(work, ana, "Hier encore.")
    drain()
    clock.move_to(datetime(2026, 4, 2, 7, 0, tzinfo=UTC))
    drain()
    assert "Hier encore." in plain(outgoing[-1]) and "longtemps" not in plain(outgoing[-1])


# --- choices and the one-click link ---------------------------------------------------------------------------------


@pytest.fixture
def link(engine: Engine, people: tuple[Person, Person]) -> str:
    """The path that stops Tom's digests."""
    with engine.work() as work:
        return services.stop_url(work, people[1].id, alliance_in(work).id, "digest").removeprefix("http://charte.test")


def digest_of(engine: Engine, person: Person) -> Digest:
    with engine.work(write=False) as work:
        return services.choice_of(work, work.get(Person, person.id), alliance_in(work)).digest


def test_the_link_shows_a_page_and_only_a_post_stops_twice_like_once(
    engine: Engine, client: FlaskClient, people: tuple[Person, Person], link: str
) -> None:
    assert "Arrêter ces courriels" in client.get(link).text
    assert digest_of(engine, people[1]) == Digest.daily
    for _ in range(2):
        assert "Vous ne recevrez plus le résumé" in client.post(link, data={"List-Unsubscribe": "One-Click"}).text
        assert digest_of(engine, people[1]) == Digest.never
    assert digest_of(engine, people[0]) == Digest.daily


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_link_needs_no_form_token_and_a_forged_one_opens_nothing(with_csrf: Flask, link: str) -> None:
    browser = with_csrf.test_client()
    assert browser.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert browser.post(link[:-2] + "xx").status_code == 410
    assert browser.post("/alliances/zzz/mes-courriels", data={"digest": "never"}).status_code in {302, 400}


def test_one_chooses_ones_mails_alliance_by_alliance(
    engine: Engine, signed_in: Callable[[Person], FlaskClient], people: tuple[Person, Person]
) -> None:
    browser = signed_in(people[1])
    with engine.work(write=False) as work:
        ref = alliance_in(work).ref
    assert "Un sas vers l’emploi" in browser.get("/compte/courriels").text
    refused = browser.post(f"/alliances/{ref}/mes-courriels", data={"digest": "weekly"})
    assert refused.status_code == 422
    browser.post(f"/alliances/{ref}/mes-courriels", data={"digest": "weekly", "mentions": "digest"})
    assert digest_of(engine, people[1]) == Digest.weekly
    assert "Chaque semaine" in browser.get("/compte/courriels").text
