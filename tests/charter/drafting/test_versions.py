"""Versions: kept once, readable for ever, compared, restored as new edits with what was there kept first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.alliances.models import Alliance
from charter.drafting import services, tasks
from charter.drafting.live import content, store
from charter.drafting.live.canonical import content_hash
from charter.drafting.live.locks import Locked, RoundOpen
from charter.drafting.live.models import ArticleUpdate
from charter.drafting.models import Article, Text, Version, VersionWhy, Wording
from charter.drafting.services.versions import version_articles
from charter.drafting.words import words_at
from charter.errors import Conflict, Invalid, Refused
from charter.journal import services as journal
from charter.work import Actor, Engine, Work
from tests import factories
from tests.charter.drafting import factories as made


@pytest.fixture
def text(work: Work) -> Text:
    return made.charter(work, made.drafting(work, articles=3))


def words(work: Work, text: Text) -> list[str]:
    return [one.title + "|" + "".join(_texts(one.nodes)) for one in services.article_words(work, text)]


def _texts(nodes: list[dict[str, object]]) -> list[str]:
    return [str(one["text"]) if "text" in one else "".join(_texts(one.get("content") or [])) for one in nodes]  # type: ignore[arg-type]


def at(work: Work, article: Article, sentence: str, author: int | None = None) -> None:
    content.replace(work.session, article, [made.paragraph(sentence)], at=work.now(), author=author)


def test_the_same_words_make_one_automatic_version(work: Work, text: Text) -> None:
    first = services.keep_version(work, text, VersionWhy.quiet)
    assert services.keep_version(work, text, VersionWhy.daily) is first
    made.rewrite(work, text.present_articles[0], "Autre chose.")
    second = services.keep_version(work, text, VersionWhy.quiet)
    assert (first.number, second.number) == (1, 2) and first.sha256 != second.sha256
    made.rewrite(work, text.present_articles[0], "Encore.")
    made.rewrite(work, text.present_articles[0], "Autre chose.")
    assert services.keep_version(work, text, VersionWhy.quiet) is second
    assert work.session.query(Wording).count() == 4  # three articles, one of them with two wordings


def test_a_version_reads_the_same_for_ever_and_from_the_updates_too(work: Work, text: Text) -> None:
    made.rewrite(work, text.present_articles[0], "Les mots de mars.")
    kept = services.keep_version(work, text, VersionWhy.quiet)
    before = services.version_words(work, kept)
    made.rewrite(work, text.present_articles[0], "Les mots d’avril.")
    services.retitle_article(work, text.present_articles[1], "Un autre titre")
    services.remove_article(work, text.present_articles[2])
    assert services.version_words(work, kept) == before
    for row, one in zip(version_articles(work, kept), before, strict=True):
        assert words_at(work.session, row.article_id, row.seq) == one.nodes
        assert content_hash(one.title, one.nodes) == one.sha256 == row.wording.sha256


def test_former_words_are_read_from_the_last_snapshot_before_them(work: Work, text: Text) -> None:
    article = text.present_articles[0]
    at(work, article, "Les mots de mars.")
    whole = content.tree(work.session, article).doc.get_update()
    store.keep_snapshot(work.session.connection(), article.id, article.head_seq, whole, work.now())
    before = article.head_seq
    at(work, article, "Les mots d’avril.")
    forgotten = delete(ArticleUpdate).where(ArticleUpdate.article_id == article.id, ArticleUpdate.seq <= before)
    work.session.execute(forgotten)
    assert words_at(work.session, article.id, before) == [made.paragraph("Les mots de mars.")]
    assert words_at(work.session, article.id, article.head_seq) == [made.paragraph("Les mots d’avril.")]


def test_a_named_version_is_told_once_and_never_loses_its_name(work: Work, text: Text) -> None:
    alliance = work.get(Alliance, text.alliance_id)
    lea = factories.speaker(alliance.parties[0])
    hers = work.by(Actor(lea.id, "Léa"))
    automatic = services.keep_version(work, text, VersionWhy.quiet)
    named = services.name_version(hers, text, "  Avant   l’atelier ", "Relue avec le maire.")
    assert (named.number, named.name, named.note, named.person_id) == (2, "Avant l’atelier", "Relue avec le maire.", lea.id)
    assert services.name_version(hers, text, "Avant l’atelier") is named
    assert services.keep_version(work, text, VersionWhy.quiet) is named
    assert [one.ref for one in services.versions(work, text)] == [named.ref, automatic.ref]
    facts = [fact for fact in journal.facts(work, alliance.id) if fact.type == "version.named"]
    assert [fact.payload["sha256"] for fact in facts] == [named.sha256]


@pytest.mark.parametrize("name", ["", " x ", "long" * 40])
def test_a_name_is_asked_for(work: Work, text: Text, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.name_version(work, text, name)
    assert "name" in refused.value.fields


def test_two_versions_are_compared_article_by_article(work: Work, text: Text) -> None:
    one, two, three = text.present_articles
    old = services.article_words(work, text)
    made.rewrite(work, one, "Une phrase neuve.")
    services.remove_article(work, two)
    four = services.add_article(work, text, "Un ajout", after=one)
    changes = services.compare(old, services.article_words(work, text))
    assert [(change.ref, change.kind, change.before, change.after) for change in changes] == [
        (one.ref, "changed", 1, 1),
        (two.ref, "removed", 2, None),
        (four.ref, "added", None, 2),
        (three.ref, "kept", 3, 3),
    ]
    assert not any(change.moved for change in changes)


def test_one_moved_article_is_the_only_one_said_to_move(work: Work, text: Text) -> None:
    old = services.article_words(work, text)
    services.move_article(work, text.present_articles[2], 1)
    changes = services.compare(old, services.article_words(work, text))
    assert [(change.before, change.after, change.moved) for change in changes] == [(3, 1, True), (1, 2, False), (2, 3, False)]


def test_restoring_brings_back_words_titles_order_and_articles(work: Work, text: Text) -> None:
    one, two, three = text.present_articles
    before, kept = words(work, text), services.keep_version(work, text, VersionWhy.quiet)
    made.rewrite(work, one, "Une phrase neuve.")
    services.retitle_article(work, two, "Un autre titre")
    services.move_article(work, three, 1)
    services.remove_article(work, one)
    four = services.add_article(work, text, "Un ajout")
    now = words(work, text)

    done = services.restore(work, kept)
    assert words(work, text) == [*before, "Un ajout|"]
    assert (done.changed, done.returned, done.removed, done.moved) == ((two.ref,), (one.ref,), (), True)
    assert done.kept.why is VersionWhy.restore
    assert [a.title for a in services.version_words(work, done.kept)] == [line.split("|")[0] for line in now]

    again = services.restore(work, kept, remove_added=True)
    assert words(work, text) == before and again.removed == (four.ref,)
    facts = [fact.payload for fact in journal.facts(work, text.alliance_id) if fact.type == "version.restored"]
    assert [(fact["articles"], fact["returned"], fact["removed"]) for fact in facts] == [([two.ref], [one.ref], []), ([], [], [four.ref])]

    assert services.restore(work, kept).nothing
    assert len([fact for fact in journal.facts(work, text.alliance_id) if fact.type == "version.restored"]) == 2


def test_restoring_undoes_a_restore(work: Work, text: Text) -> None:
    kept = services.keep_version(work, text, VersionWhy.quiet)
    made.rewrite(work, text.present_articles[0], "Une phrase neuve.")
    now = words(work, text)
    done = services.restore(work, kept)
    services.restore(work, done.kept)
    assert words(work, text) == now


def test_one_article_is_restored_alone(work: Work, text: Text) -> None:
    one, two, _three = text.present_articles
    before, kept = words(work, text), services.keep_version(work, text, VersionWhy.quiet)
    made.rewrite(work, one, "Une phrase neuve.")
    made.rewrite(work, two, "Une autre.")
    services.restore(work, kept, only=[one.ref])
    assert words(work, text)[0] == before[0] and words(work, text)[1].endswith("|Une autre.")
    services.remove_article(work, one)
    services.restore(work, kept, only=[one.ref])
    assert words(work, text)[0] == before[0]
    with pytest.raises(Invalid):
        services.restore(work, kept, only=["inconnu"])


def test_words_that_stay_keep_their_place_in_the_shared_document(work: Work, text: Text) -> None:
    """What is restored is a small edit: whoever is writing in another paragraph goes on there."""
    article = text.present_articles[0]
    both = [made.paragraph("Le premier paragraphe."), made.paragraph("Le second paragraphe.")]
    content.replace(work.session, article, both, at=work.now())
    kept = services.keep_version(work, text, VersionWhy.quiet)
    content.replace(work.session, article, [both[0], made.paragraph("Le second paragraphe, récrit.")], at=work.now())
    size = len(services.article_words(work, text)[0].nodes)
    services.restore(work, kept)
    assert size == 2
    from charter.drafting.live.models import ArticleUpdate

    last = work.session.query(ArticleUpdate).filter_by(article_id=article.id).order_by(ArticleUpdate.seq.desc()).first()
    assert last is not None and b"premier" not in last.data


def test_a_frozen_text_is_not_restored(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    kept = services.keep_version(work, text, VersionWhy.quiet)
    made.rewrite(work, text.present_articles[0], "Une phrase neuve.")
    made.consents(work, text)
    services.adopt(work, text)
    assert [one.why for one in services.versions(work, text)] == [VersionWhy.adoption, VersionWhy.quiet]
    assert services.versions(work, text)[0].sha256 == services.adopted(work, alliance).sha256
    with pytest.raises(Conflict):
        services.restore(work, kept)
    with pytest.raises(Conflict):
        services.name_version(work, text, "Trop tard")


def test_restoring_never_makes_more_articles_than_a_text_may_have(work: Work, text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    before = services.keep_version(work, text, VersionWhy.quiet)
    services.remove_article(work, text.present_articles[0])
    services.add_article(work, text, "Un autre")
    monkeypatch.setattr("charter.drafting.services.articles.MOST", len(text.present_articles))
    with pytest.raises(Refused):
        services.restore(work, before)


def test_an_article_locked_for_a_round_is_not_restored(work: Work, text: Text) -> None:
    article = text.present_articles[0]
    kept = services.keep_version(work, text, VersionWhy.quiet)
    made.rewrite(work, article, "Une phrase neuve.")
    services.open_round(work, text)
    with pytest.raises((Locked, RoundOpen)) as refused:
        services.restore(work, kept)
    assert refused.value.missing
    assert words(work, text)[0].endswith("|Une phrase neuve.")


def test_a_quiet_text_is_kept_once(engine: Engine, clock: FixedClock, drain: Callable[[], int]) -> None:
    with engine.work() as work:
        text_id = made.charter(work, made.drafting(work)).id
        work.get(Text, text_id).touched_at = work.get(Text, text_id).touched_since = None

    def count() -> int:
        with engine.work(write=False) as work:
            return work.session.query(Version).filter_by(text_id=text_id).count()

    def tick(minutes: int, writing: str = "") -> None:
        clock.advance(timedelta(minutes=minutes))
        with engine.work() as work:
            if writing:
                made.rewrite(work, work.get(Text, text_id).present_articles[0], writing)
        for _twice in range(2):
            for each in (tasks.note_changes, tasks.keep_versions):
                with engine.work() as work:
                    each(work)
            drain()

    tick(3, "Un premier jet.")
    tick(3)
    assert count() == 0, "somebody wrote six minutes ago"
    tick(16)
    assert count() == 1
    tick(60)
    assert count() == 1, "nobody wrote since"
    tick(1, "Une suite.")
    tick(5)
    with engine.work() as work:
        services.keep_version(work, work.get(Text, text_id), VersionWhy.round)
    tick(30)
    assert count() == 2, "what was kept for the round holds the same words"


def test_a_text_written_in_all_day_is_kept_that_day(engine: Engine, clock: FixedClock, drain: Callable[[], int]) -> None:
    with engine.work() as work:
        text_id = made.charter(work, made.drafting(work)).id
    for number in range(15 * 10):
        clock.advance(timedelta(minutes=10))
        with engine.work() as work:
            made.rewrite(work, work.get(Text, text_id).present_articles[0], f"Jet {number}.")
        for each in (tasks.note_changes, tasks.keep_versions):
            with engine.work() as work:
                each(work)
        drain()
    with engine.work(write=False) as work:
        assert [one.why for one in services.versions(work, work.get(Text, text_id))] == [VersionWhy.daily]


def test_a_text_that_is_no_longer_written_is_left_alone(engine: Engine, clock: FixedClock, drain: Callable[[], int]) -> None:
    with engine.work() as work:
        alliance = made.adopted(work)
        text = made.charter(work, alliance)
        text.touched_at = text.touched_since = work.now()
        text_id = text.id
    clock.advance(timedelta(hours=1))
    with engine.work() as work:
        assert services.queue_versions(work) == 1
        assert outbox.put(work, "drafting.keep_version", subject=f"text:{text_id}", due_at=work.get(Text, text_id).touched_at) is None
    with engine.work() as work:
        assert services.keep_due_version(work, text_id) is None
    with engine.work(write=False) as work:
        assert [one.why for one in services.versions(work, work.get(Text, text_id))] == [VersionWhy.adoption]
        assert work.get(Text, text_id).touched_at is None
