"""Comments and articles: threads, orphans, order, additions; and the words a consent was given to."""

from __future__ import annotations

from typing import Any

import pytest

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content
from charter.drafting.live.canonical import content_hash
from charter.drafting.models import Text
from charter.drafting.words import words_at
from charter.errors import Invalid, NotFound, Refused
from charter.journal import services as journal
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.live.harness import first_text
from workflows.drafting import ConsentKind


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work, articles=3))


def threads(work: Work, text: Text, index: int = 0) -> list[services.Thread]:
    return services.threads(work, text.present_articles[index], services.article_words(work, text))


def test_a_thread_is_answered_resolved_and_reopened(work: Work, text: Text) -> None:
    alliance = work.get(Alliance, text.alliance_id)
    one, two = alliance.parties
    article, helper = text.present_articles[0], alliance.facilitators[0].person
    first = services.post(work, article, factories.speaker(one), one, "  Est-ce bien clair ?  ", quote="sous le nom")
    services.post(work, article, helper, None, "Voyons ensemble.", thread=first)
    (thread,) = threads(work, text)
    assert (thread.first.body, [reply.body for reply in thread.replies]) == ("Est-ce bien clair ?", ["Voyons ensemble."])
    assert services.open_counts(work, text) == {article.id: 1}

    services.resolve(work, first, factories.speaker(two))
    assert threads(work, text)[0].first.resolved_by is factories.speaker(two)
    assert services.open_counts(work, text) == {}
    services.post(work, article, factories.speaker(two), two, "J’y reviens.", thread=first)
    assert threads(work, text)[0].first.resolved_at is None
    types = [fact.type for fact in journal.facts(work, alliance.id)]
    assert types[-4:] == ["comment.posted", "comment.posted", "comment.resolved", "comment.posted"]


def test_a_quote_is_anchored_found_or_orphan(work: Work, text: Text) -> None:
    alliance = work.get(Alliance, text.alliance_id)
    party = alliance.parties[0]
    person, article = factories.speaker(party), text.present_articles[0]
    made.rewrite(work, article, "Un début, puis une fin.")
    marked = services.post(work, article, person, party, "marqué", quote="Un début")
    services.post(work, article, person, party, "cité", quote="une  fin")
    services.post(work, article, person, party, "entier")
    digest = services.article_words(work, text)[0].sha256
    quoted = {"comment": {"id": marked.ref}}
    content.edit(work.session, article, lambda root: first_text(root).format(0, len("Un début".encode()), quoted), at=work.now())

    assert [(one.anchored, one.orphan) for one in threads(work, text)] == [(True, False), (False, False), (False, False)]
    assert services.article_words(work, text)[0].sha256 == digest  # a comment moves no word
    made.rewrite(work, article, "Tout autre chose.")
    assert [(one.anchored, one.orphan) for one in threads(work, text)] == [(False, True), (False, True), (False, False)]


def test_an_empty_comment_is_refused(work: Work, text: Text) -> None:
    party = work.get(Alliance, text.alliance_id).parties[0]
    with pytest.raises(Invalid):
        services.post(work, text.present_articles[0], factories.speaker(party), party, "   ")


def titles(text: Text) -> list[str]:
    return [one.title for one in text.present_articles]


def test_articles_are_added_moved_renamed_and_removed(work: Work, text: Text) -> None:
    a, b, c = text.present_articles
    added = services.add_article(work, text, "  Notre   mémoire ", after=a)
    assert titles(text) == [a.title, "Notre mémoire", b.title, c.title]
    services.move_article(work, c, 1)
    assert titles(text) == [c.title, a.title, "Notre mémoire", b.title]
    services.move_article(work, c, 99)
    assert titles(text)[-1] == c.title
    services.retitle_article(work, added, "Ce que nous gardons")
    services.remove_article(work, b)
    assert titles(text) == [a.title, "Ce que nous gardons", c.title]
    words = services.article_words(work, text)
    assert [one.number for one in words] == [1, 2, 3]
    assert words[1].sha256 == content_hash("Ce que nous gardons", words[1].nodes) == added.text_hash
    with pytest.raises(NotFound, match="retiré"):
        services.article_of(work, text, b.ref)
    with pytest.raises(Invalid):
        services.add_article(work, text, " ")


def test_a_text_keeps_an_article(work: Work, text: Text) -> None:
    a, b, c = text.present_articles
    services.remove_article(work, a)
    services.remove_article(work, b)
    with pytest.raises(Refused):
        services.remove_article(work, c)


def test_words_outside_the_schema_are_refused_and_leave_nothing(work: Work, text: Text) -> None:
    article = text.present_articles[0]
    before = services.article_words(work, text)[0]
    bad: list[dict[str, Any]] = [{"type": "script", "content": []}]
    with pytest.raises(Invalid):
        services.write(work, article, bad)
    assert services.article_words(work, text)[0] == before


def test_the_words_a_consent_binds_to_can_be_read_for_ever(work: Work, text: Text) -> None:
    alliance = work.get(Alliance, text.alliance_id)
    article, before = text.present_articles[0], services.article_words(work, text)[0]
    said = services.consent(work, article, alliance.parties[0], ConsentKind.agree, before.sha256)
    made.rewrite(work, article, "Nous faisons alliance autrement.")
    services.retitle_article(work, article, "Une autre vision")
    assert content_hash(said.title, words_at(work.session, article.id, said.seq)) == said.sha256
    now = services.article_words(work, text)[0]
    pieces = services.since(work, said, now.title, now.nodes)
    assert next(piece.block for piece in pieces if piece.kind == "changed") == "title"
    assert "autrement" in "".join(run.text for piece in pieces for run in piece.runs if run.kind == "added")
