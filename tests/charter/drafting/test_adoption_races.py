"""Adopting while somebody writes, or adopts too: what was checked is what is frozen."""

from __future__ import annotations

import threading

import pytest

from charter.drafting import services
from charter.drafting.live import content
from charter.work import Engine, Work
from tests.charter.drafting import factories as made
from workflows.base import Blocked, NotNow


def test_nobody_writes_between_the_check_and_the_freeze(work: Work, engine: Engine) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text)
    work.commit()
    wrote: list[str] = []

    def write() -> None:
        with engine.work() as other:
            try:
                made.rewrite(
                    other, made.charter(other, other.get(type(alliance), alliance.id)).present_articles[0], "Glissé au dernier moment"
                )
                wrote.append("written")
            except content.Frozen:
                wrote.append("frozen")

    charter = services.adopt(work, text)  # not committed yet: the writer waits at the text's lock
    writer = threading.Thread(target=write)
    writer.start()
    work.commit()
    writer.join(20)
    assert wrote == ["frozen"]
    with engine.work(write=False) as reader:
        stored = services.article_words(reader, services.charter_of(reader, reader.get(type(alliance), alliance.id)))
    assert [one.sha256 for one in stored] == [one.sha256 for one in charter.articles]


def test_an_edit_committed_before_the_adoption_is_seen_by_it(work: Work, engine: Engine) -> None:
    alliance = made.drafting(work)
    made.consents(work, made.charter(work, alliance))
    work.commit()
    with engine.work() as adopter:
        text = services.charter_of(adopter, adopter.get(type(alliance), alliance.id))
        assert services.missing(adopter, text) == ()
        adopter.session.commit()  # the page was shown; what follows is another transaction of the same session
        with engine.work() as other:
            made.rewrite(other, made.charter(other, other.get(type(alliance), alliance.id)).present_articles[0], "Changé entre-temps")
        with pytest.raises(Blocked):
            services.adopt(adopter, text)


def test_the_loser_of_two_adoptions_is_told(work: Work, engine: Engine) -> None:
    alliance = made.drafting(work)
    made.consents(work, made.charter(work, alliance))
    work.commit()
    fates: list[str] = []

    def adopt() -> None:
        try:
            with engine.work() as mine:
                services.adopt(mine, services.charter_of(mine, mine.get(type(alliance), alliance.id)))
            fates.append("adopted")
        except NotNow:
            fates.append("too late")

    both = [threading.Thread(target=adopt) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(fates) == ["adopted", "too late"]
