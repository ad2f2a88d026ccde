"""Making an article hold other words by the least edits: what stays keeps its author, its comments and what others are writing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlText

from charter.drafting.live.canonical import Node, content_from_nodes, fragment, nodes_from_doc, normalise
from charter.drafting.live.protocol import EMPTY_UPDATE
from charter.drafting.live.reconcile import reconcile
from charter.drafting.live.schema import OutOfSchema, check_children
from tests.charter.drafting.live.harness import first_text
from tests.charter.drafting.live.test_canonical import EM, LINK, STRONG, block, text


def holding(nodes: list[Node]) -> Doc[Any]:
    """A document that holds `nodes`."""
    doc: Doc[Any] = Doc()
    doc.apply_update(content_from_nodes(nodes))
    return doc


def fork(doc: Doc[Any]) -> Doc[Any]:
    """Another copy of it, which knows nothing of what follows."""
    copy: Doc[Any] = Doc()
    fragment(copy)
    copy.apply_update(doc.get_update())
    return copy


def reconciled(doc: Doc[Any], nodes: list[Node]) -> bytes:
    """Makes `doc` hold `nodes`; gives the update that did it."""
    before = doc.get_state()
    with doc.transaction():
        reconcile(fragment(doc), nodes)
    check_children(fragment(doc))
    return doc.get_update(before)


def comment(ref: str) -> dict[str, Any]:
    """A comment mark."""
    return {"type": "comment", "attrs": {"id": ref}}


def commented(nodes: list[Node]) -> dict[str, str]:
    """The words of each comment."""
    found: dict[str, str] = {}
    for node in nodes:
        for mark in node.get("marks", ()):
            if mark["type"] == "comment":
                found[mark["attrs"]["id"]] = found.get(mark["attrs"]["id"], "") + node["text"]
        for ref, words in commented(node.get("content", [])).items():
            found[ref] = found.get(ref, "") + words
    return found


LEXICON = st.sampled_from(["le ", "pont ", "été ", "👍", "e\u0301", "commune", "s", ", ", "association ", "« ", "\u00a0»", "12 "])
WORDS = st.lists(LEXICON, min_size=1, max_size=6).map("".join)
RUNS = st.lists(st.builds(lambda words, marks: text(words, *marks), WORDS, st.lists(st.sampled_from([STRONG, EM, LINK]), unique_by=str)))
NOTE = WORDS.map(lambda said: [block("note", text=said.strip() or "note")])
INLINE = st.lists(st.one_of(RUNS, st.just([block("hard_break")]), NOTE), max_size=3).map(
    lambda groups: [one for group in groups for one in group]
)
PARAGRAPH = st.builds(lambda inside: block("paragraph", *inside), INLINE)
HEADING = st.builds(lambda inside, level: block("heading", *inside, level=level), INLINE, st.sampled_from([3, 4]))
LIST = st.recursive(
    PARAGRAPH,
    lambda inside: st.one_of(
        st.lists(st.lists(inside, min_size=1, max_size=2), min_size=1, max_size=3).map(
            lambda items: block("bullet_list", *(block("list_item", *item) for item in items))
        ),
        st.builds(
            lambda item, order: block("ordered_list", block("list_item", *item), order=order),
            st.lists(inside, min_size=1, max_size=2),
            st.integers(1, 5),
        ),
    ),
    max_leaves=5,
)


def table(rows: list[list[list[Node]]]) -> Node:
    """A table of cells of paragraphs, its first row of headers."""
    kinds = ["table_header", *["table_cell"] * (len(rows) - 1)]
    return block("table", *(block("table_row", *(block(kind, *cell) for cell in row)) for kind, row in zip(kinds, rows, strict=True)))


CELL = st.lists(PARAGRAPH, min_size=1, max_size=2)
TABLE = st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=3)).map(table)
TREE = st.lists(st.one_of(PARAGRAPH, HEADING, LIST, TABLE), min_size=1, max_size=6)


@settings(deadline=None, max_examples=150)
@given(TREE, TREE)
def test_any_text_becomes_any_other(before: list[Node], after: list[Node]) -> None:
    doc = holding(before)
    reconciled(doc, after)
    assert normalise(nodes_from_doc(doc)) == normalise(after)


@settings(deadline=None)
@given(TREE)
def test_becoming_what_one_is_edits_nothing(nodes: list[Node]) -> None:
    assert reconciled(holding(nodes), normalise(nodes)) == EMPTY_UPDATE or nodes != normalise(nodes)
    assert reconciled(holding(nodes), nodes) == EMPTY_UPDATE


@settings(deadline=None)
@given(TREE, TREE)
def test_a_paragraph_that_stays_keeps_its_comments(before: list[Node], after: list[Node]) -> None:
    kept = "Cette phrase que personne ne touche."
    doc = holding([*before, block("paragraph", text("Cette "), text("phrase", comment("fil")), text(" que personne ne touche."))])
    reconciled(doc, [*after, block("paragraph", text(kept))])
    assert commented(nodes_from_doc(doc)) == {"fil": "phrase"}


@settings(deadline=None)
@given(st.data())
def test_what_others_write_meanwhile_in_the_same_paragraph_survives(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.sampled_from(["pont", "eau", "haie", "été"]), min_size=2, max_size=8))
    changed = data.draw(st.integers(0, len(words) - 2))
    doc = holding([block("paragraph", text(" ".join(words)))])
    elsewhere = fork(doc)
    first_text(fragment(elsewhere)).insert(len(first_text(fragment(elsewhere))), " ET LA MER")
    update = reconciled(doc, [block("paragraph", text(" ".join([*words[:changed], "ÉCRIT", *words[changed + 1 :]])))])
    elsewhere.apply_update(update)
    expected = " ".join([*words[:changed], "ÉCRIT", *words[changed + 1 :]]) + " ET LA MER"
    assert normalise(nodes_from_doc(elsewhere)) == [block("paragraph", text(expected))]


def test_comments_stay_on_the_words_that_stay_and_around_a_word_changed() -> None:
    doc = holding([block("paragraph", text("Nous plantons "), text("douze haies vives", comment("fil")), text(" par an."))])
    reconciled(doc, [block("paragraph", text("Nous plantons quinze haies vives chaque an."))])
    assert commented(nodes_from_doc(doc)) == {"fil": " haies vives"}
    doc = holding([block("paragraph", text("Nous plantons "), text("douze haies vives", comment("fil")), text(" par an."))])
    reconciled(doc, [block("paragraph", text("Nous plantons douze belles haies vives par an."))])
    assert commented(nodes_from_doc(doc)) == {"fil": "douze belles haies vives"}


def test_overlapping_comments_are_neither_lost_nor_spread() -> None:
    doc = holding([block("paragraph", text("des mots commentés ici"))])
    words = first_text(fragment(doc))
    words.format(4, 8, {"comment--q9fTUGbH": {"id": "un"}})
    words.format(4, 19, {"comment--Zz9+/A==": {"id": "deux"}})
    reconciled(doc, [block("paragraph", text("des mots bien commentés, ici", STRONG))])
    assert commented(nodes_from_doc(doc)) == {"un": "mots", "deux": "mots bien commentés"}
    assert normalise(nodes_from_doc(doc)) == [block("paragraph", text("des mots bien commentés, ici", STRONG))]


def test_words_inserted_after_bold_ones_are_not_bold_and_links_change_place() -> None:
    doc = holding([block("paragraph", text("gras", STRONG), text(" puis "), text("lien", LINK))])
    other = {"type": "link", "attrs": {"href": "https://exemple.org/"}}
    wanted = [block("paragraph", text("gras", STRONG), text(" maigre puis un "), text("lien", other))]
    reconciled(doc, wanted)
    assert nodes_from_doc(doc) == wanted


def test_only_what_differs_is_in_the_update() -> None:
    long = [block("paragraph", text(f"Alinéa {number} : " + "des mots qui restent " * 40)) for number in range(40)]
    after = [*long[:20], block("paragraph", text("Un alinéa de plus.")), *long[20:39], block("heading", text("Fin"), level=3)]
    doc = holding(long)
    assert len(reconciled(doc, after)) < 300
    assert normalise(nodes_from_doc(doc)) == normalise(after)


def test_a_block_whose_attributes_change_stays_the_same_block() -> None:
    doc = holding([block("heading", text("Étapes"), level=3)])
    elsewhere = fork(doc)
    heading = fragment(elsewhere).children[0]
    assert isinstance(heading, XmlElement) and isinstance(heading.children[0], XmlText)
    heading.children[0].insert(0, "Les ")
    elsewhere.apply_update(reconciled(doc, [block("heading", text("Étapes"), level=4)]))
    assert nodes_from_doc(elsewhere) == [block("heading", text("Les Étapes"), level=4)]


def test_an_empty_text_becomes_one_empty_paragraph() -> None:
    doc = holding([block("heading", text("Étapes"), level=3)])
    reconciled(doc, [])
    assert nodes_from_doc(doc) == [block("paragraph")]


@pytest.mark.parametrize("evil", [[block("iframe")], [text("nu")], [block("paragraph", text("x", {"type": "blink"}))]])
def test_what_the_schema_has_no_place_for_is_refused(evil: list[Node]) -> None:
    with pytest.raises(OutOfSchema):
        reconciled(holding([block("paragraph", text("x"))]), evil)
