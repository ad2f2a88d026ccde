"""« Qui a écrit quoi » : by party, from rows the server wrote, whatever clients say; kept so that a history is replayed once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from charter.adapters.clock import FixedClock
from charter.alliances.models import Alliance
from charter.alliances.services import enrol
from charter.drafting import services, tasks
from charter.drafting.live import content
from charter.drafting.models import Article, ArticleAuthors, Text, VersionWhy
from charter.drafting.services import Authored, Step
from charter.work import Actor, Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.amendments import AmendmentKind, Opinion


@pytest.fixture
def text(work: Work) -> Text:
    """Its last article is a blank page."""
    found = made.charter(work, made.drafting(work, articles=1))
    services.add_article(work, found, "Une page blanche")
    return found


@pytest.fixture
def alliance(work: Work, text: Text) -> Alliance:
    return work.get(Alliance, text.alliance_id)


def says(work: Work, article: Article, alliance: Alliance, party: int, *sentences: str) -> None:
    author = factories.speaker(alliance.parties[party]).id
    content.replace(work.session, article, [made.paragraph(one) for one in sentences], at=work.now(), author=author)


def who(found: Authored) -> list[tuple[str, int | None]]:
    return [(span.text, span.author[1]) for block in found.blocks for span in block.spans]


def test_the_template_is_nobody_s_and_each_word_its_writer_s(work: Work, text: Text, alliance: Alliance) -> None:
    article, (one, two) = text.present_articles[-1], alliance.parties[:2]
    assert {author for _, author in who(services.authorship(work, text)[0])} == {None}
    says(work, article, alliance, 0, "Nous écoutons les voisins.")
    says(work, article, alliance, 1, "Nous écoutons tous les voisins du quartier.")
    found = services.authorship(work, text)[-1]
    assert who(found)[-1] == (".", one.id)
    assert "tous" in "".join(words for words, author in who(found) if author == two.id)
    assert found.words == {one.id: 4, two.id: 3}
    assert services.shares([found, found]) == {one.id: 8, two.id: 6}


def test_restored_words_are_their_restorer_s_only_where_they_were_gone(work: Work, text: Text, alliance: Alliance) -> None:
    article, (one, two) = text.present_articles[-1], alliance.parties[:2]
    says(work, article, alliance, 0, "Nous écoutons les voisins.", "Nous agissons avec eux.")
    kept = services.keep_version(work, text, VersionWhy.quiet)
    says(work, article, alliance, 1, "Nous écoutons les voisins.")
    tom = factories.speaker(two)
    services.restore(work.by(Actor(tom.id, "Tom")), kept)
    found = services.authorship(work, text)[-1]
    assert found.words == {one.id: 4, two.id: 4}
    assert services.authorship(work, text, kept)[-1].words == {one.id: 8}


def test_somebody_who_changed_party_keeps_what_was_written_before(work: Work, text: Text, alliance: Alliance, clock: FixedClock) -> None:
    article, (one, two) = text.present_articles[-1], alliance.parties[:2]
    lea = factories.speaker(one)
    says(work, article, alliance, 0, "Un.")
    clock.advance(timedelta(days=1))
    one.members[0].ended_at = work.now()
    enrol(work, two, lea, ["drafter"])
    content.replace(work.session, article, [made.paragraph("Un."), made.paragraph("Deux mots.")], at=work.now(), author=lea.id)
    assert services.authorship(work, text)[-1].words == {one.id: 1, two.id: 2}


def test_a_history_is_replayed_once(work: Work, text: Text, alliance: Alliance) -> None:
    article = text.present_articles[-1]
    for number in range(5):
        says(work, article, alliance, number % 2, "Nous écoutons.", *(["Un ajout."] * number))
    fresh = [who(one) for one in services.authorship(work, text)]
    assert services.remember_authors(work, text) == 2
    assert services.remember_authors(work, text) == 0
    assert [who(one) for one in services.authorship(work, text)] == fresh
    says(work, article, alliance, 1, "Nous écoutons.", *(["Un ajout."] * 4), "Une fin.")
    asked: list[str] = []

    def spy(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", spy)
    resumed = services.authorship(work, text)[-1]
    event.remove(engine, "before_cursor_execute", spy)
    assert len(asked) < 8
    work.session.query(ArticleAuthors).delete()
    assert who(services.authorship(work, text)[-1]) == who(resumed)


def test_only_the_newest_keeps_its_document_and_those_of_versions_stay(work: Work, text: Text, alliance: Alliance) -> None:
    article = text.present_articles[-1]
    says(work, article, alliance, 0, "Un.")
    kept = services.keep_version(work, text, VersionWhy.quiet)
    tasks.remember_authors(work, text.id)
    for words in ("Un, deux.", "Un, deux, trois."):
        says(work, article, alliance, 1, words)
        services.remember_authors(work, text)
    rows = work.session.query(ArticleAuthors).filter_by(article_id=article.id).order_by(ArticleAuthors.seq).all()
    assert [(row.seq, row.state is not None) for row in rows] == [(2, False), (4, True)]
    assert services.authorship(work, text, kept)[-1].words == {alliance.parties[0].id: 1}


def test_what_was_kept_is_checked_against_the_words(work: Work, text: Text, alliance: Alliance) -> None:
    article = text.present_articles[-1]
    says(work, article, alliance, 0, "Nous écoutons.")
    services.remember_authors(work, text)
    row = work.session.query(ArticleAuthors).filter_by(article_id=article.id).one()
    row.texts = [[[3, 999, 999]]]
    work.session.flush()
    assert services.authorship(work, text)[-1].words == {alliance.parties[0].id: 2}


def test_an_accepted_amendment_is_its_proposer_s(work: Work, text: Text, alliance: Alliance) -> None:
    """Whoever agrees to it or settles it writes nothing."""
    article, (one, two) = text.present_articles[-1], alliance.parties[:2]
    says(work, article, alliance, 0, "Nous écoutons les voisins.")
    tom = factories.speaker(two)
    amendment = services.propose_amendment(
        work.by(Actor(tom.id, "Tom")),
        article,
        tom,
        two,
        AmendmentKind.wording,
        title=article.title,
        nodes=[made.paragraph("Nous écoutons les voisins, chaque mardi.")],
        reason="Pour dire quand.",
    )
    lea = factories.speaker(one)
    for other in alliance.parties[:1]:
        services.answer_amendment(work.by(Actor(lea.id, "Léa")), amendment, other, Opinion.favour, "")
    assert services.authorship(work, text)[-1].words == {one.id: 4, two.id: 2}
    kept = services.last_version(work, text)
    assert kept is not None and kept.why is VersionWhy.amendment
    told = [step.kind for step in services.roads(work, text, [article])[article.id]]
    assert told[0] == "article.added" and "amendment.proposed" in told and told[-1] == "amendment.accepted"
    assert not any(kind.startswith("amendment") for kind in (step.kind for step in _road(work, text, text.present_articles[0])))


def _road(work: Work, text: Text, article: Article) -> list[Step]:
    return services.roads(work, text, [article])[article.id]
