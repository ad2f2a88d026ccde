"""Who wrote what, from the stored updates: each character is its row's author's, whoever the update claims to be."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Awareness, Doc, XmlElement, XmlText

from charter.drafting.live.attribution import NOBODY, Attribution, Author, Drift
from charter.drafting.live.canonical import Node, fragment, nodes_from_doc

LEA, TOM, ANA = (1, 10), (2, 20), (3, 20)


class Pen:
    """Somebody's copy of an article: every change it makes is an update."""

    def __init__(self, author: Author, client: int | None = None) -> None:
        self.author = author
        self.doc: Doc[Any] = Doc(client_id=client) if client else Doc()
        self.root = fragment(self.doc)

    def write(self, change: Any) -> tuple[bytes, Author]:
        before = self.doc.get_state()
        with self.doc.transaction():
            change(self)
        return self.doc.get_update(before), self.author

    def text(self, block: int = 0) -> XmlText:
        element = self.root.children[block]
        assert isinstance(element, XmlElement)
        words = element.children[0]
        assert isinstance(words, XmlText)
        return words

    def read(self, *rows: tuple[bytes, Author]) -> None:
        for update, _ in rows:
            self.doc.apply_update(update)


def paragraph(words: str, place: int | None = None) -> Any:
    def change(pen: Pen) -> None:
        element = XmlElement("paragraph")
        pen.root.children.insert(len(pen.root.children) if place is None else place, element)
        element.children.append(XmlText(words))

    return change


def insert(at: int, words: str, block: int = 0) -> Any:
    return lambda pen: pen.text(block).insert(at, words)


def erase(start: int, end: int, block: int = 0) -> Any:
    def change(pen: Pen) -> None:
        del pen.text(block)[start:end]

    return change


def runs(attribution: Attribution) -> list[tuple[str, Author]]:
    def walk(nodes: list[Node]) -> list[tuple[str, Author]]:
        return [
            found for node in nodes for found in ([(node["text"], node["author"])] if "text" in node else walk(node.get("content") or []))
        ]

    return walk(attribution.nodes())


def replayed(*rows: tuple[bytes, Author]) -> Attribution:
    made = Attribution()
    made.replay(rows)
    return made


def test_each_keeps_its_words_through_the_edits_of_others() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Nous écoutons 😀 les voisins."))
    tom.read(first)
    second = tom.write(insert(len(b"Nous "), "tous "))
    third = tom.write(erase(len("Nous tous écoutons ".encode()), len("Nous tous écoutons 😀 ".encode())))
    assert runs(replayed(first, second, third)) == [("Nous ", LEA), ("tous ", TOM), ("écoutons les voisins.", LEA)]


def test_formatting_is_no_authorship() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Nous écoutons."))
    tom.read(first)
    bold = tom.write(lambda pen: pen.text().format(0, 4, {"strong": {}}))
    assert runs(replayed(first, bold)) == [("Nous", LEA), (" écoutons.", LEA)]


def test_two_who_write_at_once_each_keep_theirs() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Nous agissons."))
    tom.read(first)
    hers, his = lea.write(insert(4, " ici")), tom.write(insert(4, " vite"))
    for order in ((hers, his), (his, hers)):
        found = runs(replayed(first, *order))
        assert [words for words, author in found if author == TOM] == [" vite"]
        assert sorted("".join(words for words, author in found if author == LEA)) == sorted("Nous ici agissons.")


def test_new_paragraphs_before_and_inside_move_nobody_s_words() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Le premier."))
    tom.read(first)
    second = tom.write(paragraph("Avant tout.", 0))
    third = tom.write(insert(3, "tout ", 1))
    lea.read(second, third)
    fourth = lea.write(lambda pen: pen.root.children.__delitem__(0))
    assert runs(replayed(first, second, third)) == [("Avant tout.", TOM), ("Le ", LEA), ("tout ", TOM), ("premier.", LEA)]
    assert runs(replayed(first, second, third, fourth)) == [("Le ", LEA), ("tout ", TOM), ("premier.", LEA)]


def test_a_forged_client_number_gains_nothing() -> None:
    """Tom writes as if from Léa's own browser: the rows say who sent each update, and they alone count."""
    lea = Pen(LEA, client=4242)
    first = lea.write(paragraph("Les mots de Léa."))
    forged = Pen(TOM, client=4242)
    forged.read(first)
    second = forged.write(insert(0, "Au nom de Léa. "))
    assert runs(replayed(first, second)) == [("Au nom de Léa. ", TOM), ("Les mots de Léa.", LEA)]


def test_awareness_says_nothing_of_authorship() -> None:
    tom = Pen(TOM)
    Awareness(tom.doc).set_local_state({"user": {"name": "Léa", "person": 1, "party": 10}})
    assert runs(replayed(tom.write(paragraph("Un mot.")))) == [("Un mot.", TOM)]


def test_words_of_another_sent_again_stay_hers() -> None:
    """A client that comes back sends all it has: what was stored before is its first author's."""
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Les mots de Léa."))
    tom.read(first)
    tom.write(insert(0, "Oui. "))
    everything = tom.doc.get_update(), TOM
    assert runs(replayed(first, everything)) == [("Oui. ", TOM), ("Les mots de Léa.", LEA)]


def test_a_replay_goes_on_from_what_was_kept() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    first = lea.write(paragraph("Nous écoutons."))
    tom.read(first)
    second = tom.write(insert(5, "tous "))
    kept = replayed(first, second).texts()
    assert kept == [[[5, *LEA], [5, *TOM], [9, *LEA]]]
    lea.read(second)
    third = lea.write(insert(0, "Oui : "))
    resumed = Attribution([first[0], second[0]], kept)
    resumed.replay([third])
    assert runs(resumed) == runs(replayed(first, second, third))


@pytest.mark.parametrize("kept", [[], [[[3, 1, 10]]], [[[14, 1, 10]], [[1, 1, 10]]]])
def test_what_was_kept_of_another_text_is_not_believed(kept: list[Any]) -> None:
    row = Pen(LEA).write(paragraph("Nous écoutons."))
    with pytest.raises(Drift):
        Attribution([row[0]], kept)


def test_an_empty_article_has_no_author() -> None:
    assert runs(Attribution()) == [] and NOBODY == (None, None)


STEP = st.tuples(
    st.integers(0, 2), st.sampled_from(["insert", "erase", "paragraph", "drop", "bold", "read"]), st.integers(0, 40), st.integers(0, 8)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=40), st.integers(1, 40))
def test_any_history_is_attributed_to_its_rows(steps: list[tuple[int, str, int, int]], cut: int) -> None:
    """Each author writes letters of their own: a letter says who must be its author."""
    pens = [Pen(LEA), Pen(TOM), Pen(ANA)]
    letters: dict[Author, str] = {LEA: "aé", TOM: "bñ", ANA: "c😀"}
    rows = [pens[0].write(paragraph("aé"))]
    for pen in pens[1:]:
        pen.read(rows[0])
    for who, what, place, size in steps:
        pen = pens[who]
        if what == "read":
            pen.read(*rows)
            continue
        rows.append(pen.write(lambda pen, what=what, place=place, size=size: edit(pen, what, place, size, letters[pen.author])))
    found = replayed(*rows)
    assert all(character in letters[author] for words, author in runs(found) for character in words)
    everyone: Doc[Any] = Doc()
    root = fragment(everyone)
    for update, _ in rows:
        everyone.apply_update(update)
    assert "".join(words for words, _ in runs(found)) == "".join(texts(nodes_from_doc(everyone))), root
    kept = replayed(*rows[:cut])
    resumed = Attribution([update for update, _ in rows[:cut]], kept.texts())
    resumed.replay(rows[cut:])
    assert runs(resumed) == runs(found)


def edit(pen: Pen, what: str, place: int, size: int, letters: str) -> None:
    blocks = len(pen.root.children)
    if what == "paragraph" or not blocks:
        paragraph(letters * size, place % (blocks + 1))(pen)
        return
    block = place % blocks
    text = pen.text(block)
    words = "".join(chunk for chunk, _ in text.diff())
    start = len(words[: place % (len(words) + 1)].encode())
    if what == "insert":
        text.insert(start, letters * size)
    elif what == "drop":
        del pen.root.children[block]
    elif words:
        end = start + len(words.encode()[start:].decode()[:size].encode())
        if end > start:
            text.format(start, end, {"strong": {}}) if what == "bold" else text.__delitem__(slice(start, end))


def texts(nodes: list[Node]) -> list[str]:
    return [found for node in nodes for found in ([node["text"]] if "text" in node else texts(node.get("content") or []))]


def test_a_long_history_is_replayed_in_little_time() -> None:
    lea, tom = Pen(LEA), Pen(TOM)
    rows = [lea.write(paragraph("Début."))]
    tom.read(rows[0])
    for number in range(4000):
        pen, other = (lea, tom) if number % 3 else (tom, lea)
        rows.append(pen.write(insert(number % 6, "mot ")))
        other.read(rows[-1])
    start = time.process_time()
    replayed(*rows)
    assert time.process_time() - start < 10
