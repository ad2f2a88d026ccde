"""Cutting and joining articles: every word and mark goes somewhere, consents to former words die, discussions follow their words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlFragment

from charter.alliances.models import Alliance
from charter.drafting import services
from charter.drafting.live import content, moving
from charter.drafting.live.canonical import Node, content_from_nodes, fragment, nodes_from_doc, write_nodes
from charter.drafting.live.moving import Place
from charter.drafting.models import Article, Comment, Text
from charter.errors import Conflict, Invalid
from charter.journal import services as journal
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from workflows.drafting import ConsentKind


def bold(words: str, *ids: str) -> Node:
    marks: list[dict[str, Any]] = [{"type": "strong"}, *({"type": "comment", "attrs": {"id": one}} for one in ids)]
    return {"type": "text", "text": words, "marks": marks}


def paragraph(*runs: str | Node) -> Node:
    return {"type": "paragraph", "content": [run if isinstance(run, dict) else {"type": "text", "text": run} for run in runs]}


def scene(work: Work) -> tuple[Alliance, Text, Article]:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    return alliance, text, text.present_articles[0]


def rewrite(work: Work, article: Article, *nodes: Node) -> None:
    content.edit(work.session, article, lambda root: _fresh(root, nodes), at=work.now())


def _fresh(root: Any, nodes: Any) -> None:
    del root.children[0 : len(root.children)]
    write_nodes(root, nodes)


def words(work: Work, article: Article) -> list[str]:
    return [moving.plain(moving.lifted(child)) for child in content.tree(work.session, article).children]


def latest(work: Work, alliance: Alliance) -> str:
    """The type of the last fact of the journal."""
    fact = journal.head(work, alliance.id)
    assert fact
    return fact.type


def first_text(root: XmlFragment) -> Any:
    """The text of the first block."""
    block: Any = root.children[0]
    return block.children[0]


def test_the_end_of_an_article_becomes_the_next_one(work: Work) -> None:
    alliance, text, article = scene(work)
    rewrite(work, article, paragraph("Nous plantons. ", bold("Chaque hiver."), " Et après."), paragraph("Fin."))
    new = services.split_article(work, article, Place(0, 15), "Le calendrier")
    assert words(work, article) == ["Nous plantons. "]
    assert words(work, new) == ["Chaque hiver. Et après.", "Fin."]
    assert content.read(work.session, new).nodes[0]["content"][0]["marks"] == [{"type": "strong"}]
    assert [one.title for one in text.present_articles][:2] == [article.title, "Le calendrier"]
    assert [one.position for one in text.present_articles] == [1, 2, 3]
    assert latest(work, alliance) == "article.split"


def test_a_place_is_found_again_by_its_words_when_others_wrote_meanwhile(work: Work) -> None:
    _alliance, _text, article = scene(work)
    rewrite(work, article, paragraph("Un ajout venu d’ailleurs."), paragraph("Nous plantons. Chaque hiver."))
    new = services.split_article(work, article, Place(0, 15, "plantons. ", "Chaque"), "Le calendrier")
    assert words(work, article) == ["Un ajout venu d’ailleurs.", "Nous plantons. "]
    assert words(work, new) == ["Chaque hiver."]


@pytest.mark.parametrize("place", [Place(0, 0), Place(0, 27), Place(7), Place(0, 3, "absent", "partout")])
def test_a_cut_leaves_words_on_both_sides_or_is_refused(work: Work, place: Place) -> None:
    _alliance, text, article = scene(work)
    rewrite(work, article, paragraph("Nous plantons chaque hiver."))
    with pytest.raises(Conflict):
        services.split_article(work, article, place, "Le calendrier")
    assert words(work, article) == ["Nous plantons chaque hiver."]
    assert len(text.present_articles) == 2


def test_words_typed_before_the_cut_at_the_same_time_stay(work: Work) -> None:
    _alliance, _text, article = scene(work)
    rewrite(work, article, paragraph("Nous plantons. Chaque hiver."))
    absent: Doc[Any] = Doc()
    tree = content.tree(work.session, article)
    absent.apply_update(tree.doc.get_update())
    before = absent.get_state()
    first_text(fragment(absent)).insert(5, "tous ")
    late = absent.get_update(before)
    new = services.split_article(work, article, Place(0, 15), "Le calendrier")
    both = content.tree(work.session, article).doc
    both.apply_update(late)
    assert [moving.plain(moving.lifted(child)) for child in fragment(both).children] == ["Nous tous plantons. "]
    assert words(work, new) == ["Chaque hiver."]


def test_discussions_follow_the_words_that_leave(work: Work) -> None:
    alliance, _text, article = scene(work)
    person, party = factories.speaker(alliance.parties[0]), alliance.parties[0]
    stays, goes = (services.post(work, article, person, party, "Pourquoi ?", quote=quote) for quote in ("Nous plantons", "Chaque hiver"))
    whole = services.post(work, article, person, party, "Tout l’article")
    answer = services.post(work, article, person, party, "Parce que.", thread=goes)
    rewrite(work, article, paragraph(bold("Nous plantons", stays.ref), ". ", bold("Chaque hiver", goes.ref)))
    # Two comments on the same words: the editor tells them apart by their key.
    other = {"comment--q9fTUGbH": {"id": "autre0000001"}}
    content.edit(work.session, article, lambda root: first_text(root).format(20, 25, other), at=work.now())
    new = services.split_article(work, article, Place(0, 15), "Le calendrier")
    work.session.expire_all()
    assert [work.get(Comment, one.id).article_id for one in (stays, goes, whole, answer)] == [article.id, new.id, article.id, new.id]
    marks = [
        mark["attrs"]["id"] for node in content.read(work.session, new).nodes[0]["content"] for mark in node["marks"] if "attrs" in mark
    ]
    assert set(marks) == {goes.ref, "autre0000001"}


def test_consents_given_to_the_former_words_are_dead(work: Work) -> None:
    alliance, text, article = scene(work)
    rewrite(work, article, paragraph("Nous plantons. Chaque hiver."))
    made.consents(work, text)
    new = services.split_article(work, article, Place(0, 15), "Le calendrier")
    said = services.standing_consents(work, text)
    for one, digest in ((article, content.read(work.session, article).hash), (new, content.read(work.session, new).hash)):
        voices = services.voices(alliance, one, digest, said)
        assert {voice.kind for voice in voices.values()} <= {"stale", "none"}
    untouched = text.present_articles[2]
    voices = services.voices(alliance, untouched, content.read(work.session, untouched).hash, said)
    assert {voice.kind for voice in voices.values()} == {ConsentKind.agree.value}


def test_two_neighbours_become_one_with_all_their_words_and_talk(work: Work) -> None:
    alliance, text, first = scene(work)
    second = text.present_articles[1]
    rewrite(work, first, paragraph("Nous plantons."))
    thread = services.post(work, second, factories.speaker(alliance.parties[0]), alliance.parties[0], "Quand ?", quote="hiver")
    rewrite(work, second, paragraph("Chaque ", bold("hiver", thread.ref), "."))
    kept = services.merge_articles(work, second, first)
    assert kept is first
    assert words(work, first) == ["Nous plantons.", second.title, "Chaque hiver."]
    assert text.present_articles == [first]
    assert work.get(Comment, thread.id).article_id == first.id
    nodes = content.read(work.session, first).nodes
    assert nodes[1]["type"] == "heading"
    assert {"type": "comment", "attrs": {"id": thread.ref}} in nodes[2]["content"][1]["marks"]
    assert latest(work, alliance) == "article.merged"


def test_only_neighbours_are_joined(work: Work) -> None:
    alliance = made.drafting(work, articles=3)
    one, _two, three = made.charter(work, alliance).present_articles
    with pytest.raises(Invalid):
        services.merge_articles(work, one, three)


RUNS = st.lists(
    st.tuples(st.text("abé😀 ", min_size=1, max_size=5), st.sets(st.sampled_from(["strong", "em", "comment"]))), min_size=1, max_size=4
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> Node:
    kind = draw(st.sampled_from(["paragraph", "heading", "bullet_list", "ordered_list"] if depth < 2 else ["paragraph"]))
    if kind.endswith("list"):
        items = draw(
            st.lists(
                st.lists(blocks(depth + 1).filter(lambda node: node["type"] != "heading"), min_size=1, max_size=2), min_size=1, max_size=3
            )
        )
        return {"type": kind, "content": [{"type": "list_item", "content": inside} for inside in items]}
    attrs = {"attrs": {"level": 3}} if kind == "heading" else {}
    return {"type": kind, **attrs, "content": [run(*one) for one in draw(RUNS)]}


def run(words: str, marks: set[str]) -> Node:
    given = [
        {"type": name, **({"attrs": {"id": "c1"}} if name == "comment" else {})} for name in ("strong", "em", "comment") if name in marks
    ]
    return {"type": "text", "text": words, **({"marks": given} if given else {})}


def letters(nodes: list[Node]) -> list[tuple[str, str]]:
    """Each character with its marks, in order."""
    found = []
    for node in nodes:
        found += [(letter, str(node.get("marks", []))) for letter in node.get("text", "")]
        found += letters(node.get("content", []))
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks(), min_size=1, max_size=4), st.data())
def test_cut_then_joined_every_letter_keeps_its_marks(nodes: list[Node], data: st.DataObject) -> None:
    doc, other = Doc[Any](), Doc[Any]()
    doc.apply_update(content_from_nodes(nodes))
    before = letters(nodes_from_doc(doc))
    root, end = fragment(doc), fragment(other)
    block = data.draw(st.integers(0, len(nodes) - 1))
    offset = data.draw(st.integers(0, len(moving.plain(moving.lifted(root.children[block])))))
    try:
        with doc.transaction():
            pieces = moving.cut(root, block, offset)
    except moving.Nowhere:
        return
    with other.transaction():
        moving.plant(end, pieces)
    expected = sum(len(moving.plain(moving.lifted(child))) for child in root.children)
    assert letters(nodes_from_doc(doc)) + letters(nodes_from_doc(other)) == before
    assert 0 < expected < len(before)
    with doc.transaction():
        moving.plant(root, [moving.lifted(child) for child in end.children])
    assert letters(nodes_from_doc(doc)) == before
