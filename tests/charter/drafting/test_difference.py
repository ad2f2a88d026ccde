"""The difference of two texts: whole blocks aligned, words inside, moves, looks, and a time that stays small."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.drafting.comparison import Difference, Piece, blocks_of, difference
from charter.drafting.comparison.align import matches

Node = dict[str, Any]


def text(words: str, *marks: Node | str) -> Node:
    given = [{"type": mark} if isinstance(mark, str) else mark for mark in marks]
    return {"type": "text", "text": words, **({"marks": given} if given else {})}


def paragraph(*runs: Node | str) -> Node:
    return {"type": "paragraph", "content": [text(run) if isinstance(run, str) else run for run in runs]}


def items(*words: str, ordered: bool = False) -> Node:
    return {
        "type": "ordered_list" if ordered else "bullet_list",
        "content": [{"type": "list_item", "content": [paragraph(one)]} for one in words],
    }


def change(before: list[Node], after: list[Node]) -> Difference:
    return difference("", before, "", after)


def told(piece: Piece) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in piece.runs]


def test_words_are_told_apart() -> None:
    (piece,) = change([paragraph("Deux réunions par an.")], [paragraph("Trois réunions par an, au moins.")])
    assert told(piece) == [
        ("removed", "Deux"),
        ("added", "Trois"),
        ("kept", " réunions par an"),
        ("added", ", au moins"),
        ("kept", "."),
    ]


def test_a_replaced_phrase_reads_as_one() -> None:
    (piece,) = change([paragraph("Le comité siège trois fois par an à Lyon.")], [paragraph("Le comité se réunit souvent à Lyon.")])
    assert told(piece) == [
        ("kept", "Le comité "),
        ("removed", "siège trois fois par an"),
        ("added", "se réunit souvent"),
        ("kept", " à Lyon."),
    ]


def test_the_title_is_compared_with_the_title() -> None:
    found = difference("Une vision", [paragraph("Notre vision partagée.")], "Notre vision partagée.", [paragraph("Autre chose.")])
    assert (found[0].kind, found[0].block) == ("changed", "title")
    assert {piece.kind for piece in found[1:]} == {"removed", "added"}


def test_a_paragraph_added_in_a_list_does_not_change_the_numbers_of_the_others() -> None:
    found = change([items("écouter", "agir", ordered=True)], [items("dire bonjour", "écouter", "agir", ordered=True)])
    assert [(piece.kind, piece.label, piece.text) for piece in found] == [
        ("added", "1.", "dire bonjour"),
        ("kept", "2.", "écouter"),
        ("kept", "3.", "agir"),
    ]


def test_a_moved_paragraph_is_said_to_be_moved() -> None:
    moved, others = "Nous faisons alliance pour l’emploi.", [f"Point {number}." for number in range(1, 6)]
    found = change([paragraph(one) for one in (moved, *others)], [paragraph(one) for one in (*others, moved)])
    assert [piece.kind for piece in found] == ["moved_away", "kept", "folded", "kept", "moved"]
    assert [one.text for one in found[2].inside] == others[1:-1]
    assert found.summary == "1 paragraphe déplacé"
    assert found[0].note == "Déplacé d’ici" and found[-1].note == "Déplacé jusqu’ici"


def test_a_change_of_look_says_so_and_counts_no_word() -> None:
    found = change([paragraph("Nous agissons ensemble.")], [paragraph("Nous ", text("agissons ensemble", "strong"), ".")])
    assert [(run.kind, run.text, run.note) for run in found[0].runs] == [
        ("kept", "Nous ", ""),
        ("formatted", "agissons ensemble", "mis en gras"),
        ("kept", ".", ""),
    ]
    assert (found.added, found.removed, found.summary) == (0, 0, "1 mise en forme changée")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (["strong"], [], "n’est plus en gras"),
        ([], ["em"], "mis en italique"),
        ([], [{"type": "link", "attrs": {"href": "https://a.fr"}}], "mène maintenant à https://a.fr"),
        (
            [{"type": "link", "attrs": {"href": "https://a.fr"}}],
            [{"type": "link", "attrs": {"href": "https://b.fr"}}],
            "mène maintenant à https://b.fr",
        ),
        ([{"type": "link", "attrs": {"href": "https://a.fr"}}], [], "n’est plus un lien"),
        ([{"type": "comment", "attrs": {"id": "x"}}], [], ""),
    ],
)
def test_each_look_has_its_words(before: list[Any], after: list[Any], said: str) -> None:
    (piece,) = change([paragraph(text("agir", *before))], [paragraph(text("agir", *after))])
    assert "".join(run.note for run in piece.runs) == said


def test_a_paragraph_that_becomes_a_title_says_so() -> None:
    heading = {"type": "heading", "attrs": {"level": 3}, "content": [text("Nos principes")]}
    (piece,) = change([paragraph("Nos principes")], [heading])
    assert (piece.kind, piece.note, told(piece)) == ("changed", "devient un titre", [("kept", "Nos principes")])


def test_rows_and_notes_are_read() -> None:
    def row(*cells: str) -> Node:
        return {"type": "table_row", "content": [{"type": "table_cell", "content": [paragraph(cell)]} for cell in cells]}

    before = [{"type": "table", "content": [row("Ville", "Dix"), row("Pays", "Deux")]}]
    noted = {"type": "paragraph", "content": [text("Dix"), {"type": "note", "attrs": {"text": "par an"}}]}
    last = {"type": "table_row", "content": [{"type": "table_cell", "content": [noted]}]}
    found = change(before, [{"type": "table", "content": [row("Ville", "Onze"), row("Pays", "Deux"), last]}])
    assert [(piece.kind, piece.block) for piece in found] == [("changed", "row"), ("kept", "row"), ("added", "row")]
    assert told(found[0]) == [("kept", "Ville | "), ("removed", "Dix"), ("added", "Onze")]
    assert found[2].text == "Dix [note : par an]"


def test_the_same_text_has_no_difference() -> None:
    found = difference("Vision", [paragraph("Ensemble.")], "Vision", [paragraph("Ensemble.")])
    assert found.empty and found.summary == "Aucun changement"


WORDS = st.lists(st.sampled_from(["nous", "faisons", "alliance", "ici", "et", "là", ",", "."]), max_size=8).map(" ".join)
TEXTS = st.lists(st.one_of(WORDS.map(paragraph), st.lists(WORDS, min_size=1, max_size=3).map(lambda one: items(*one))), max_size=6)


def flat(pieces: list[Piece]) -> list[Piece]:
    return [one for piece in pieces for one in (piece.inside if piece.kind == "folded" else (piece,))]


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_the_new_text_and_the_words_of_the_old_are_all_there(before: list[Node], after: list[Node]) -> None:
    pieces = flat(change(before, after))
    new = [
        "".join(run.text for run in piece.runs if run.kind != "removed") for piece in pieces if piece.kind not in {"removed", "moved_away"}
    ]
    assert new == [block.text for block in blocks_of(after)]
    old = ["".join(run.text for run in piece.runs if run.kind != "added") for piece in pieces if piece.kind not in {"added", "moved"}]
    assert sorted(old) == sorted(block.text for block in blocks_of(before))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
def test_pairs_are_alike_and_in_order(old: list[int], new: list[int]) -> None:
    pairs = matches(old, new)
    assert all(old[i] == new[k] for i, k in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([paragraph("a b " * 10_000)], [paragraph("b a a " * 10_000)]),
        ([paragraph("a" if n % 2 else "b") for n in range(10_000)], [paragraph("a" if n % 3 else "b") for n in range(10_000)]),
        ([paragraph(f"mot{n}") for n in range(10_000)], [paragraph(f"nom{n}") for n in range(10_000)]),
    ],
    ids=["one long paragraph", "short paragraphs", "nothing in common"],
)
def test_long_and_tricky_texts_are_compared_in_little_time(before: list[Node], after: list[Node]) -> None:
    start = time.process_time()
    change(before, after)
    assert time.process_time() - start < 5, "a quadratic comparison would take minutes"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_changes_are_said_and_escaped(app: Flask) -> None:
    pieces = change(
        [paragraph("Deux <b> réunions."), paragraph("Un."), paragraph("Deux."), paragraph("Trois."), paragraph("Quatre.")],
        [paragraph("Trois <b> réunions."), paragraph("Un."), paragraph("Deux."), paragraph("Trois."), paragraph("Quatre.")],
    )
    macro = '{% from "pages/drafting/_difference.html" import difference with context %}{{ difference(pieces) }}'
    with app.test_request_context():
        html = render_template_string(macro, pieces=pieces)
    assert '<ins><span class="visually-hidden">ajouté : </span>Trois</ins>' in html
    assert '<del><span class="visually-hidden">retiré : </span>Deux</del>' in html
    assert "&lt;b&gt;" in html and "<b>" not in html
    assert "3 paragraphes inchangés" in html and "1 mot ajouté, 1 mot retiré" in html
