"""The canonical text: the same words give the same hash, whatever Yjs, the editor or the comments make of them."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlText

from charter.drafting.live.canonical import (
    canonical_text,
    content_from_nodes,
    content_hash,
    fragment,
    nodes_from_doc,
    normalise,
)
from charter.drafting.live.schema import OutOfSchema

STRONG, EM = {"type": "strong"}, {"type": "em"}
LINK = {"type": "link", "attrs": {"href": "https://exemple.fr/?a=1&b=<2>"}}


def text(words: str, *marks: dict) -> dict:
    """A run of text."""
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def block(kind: str, *content: dict, **attributes: object) -> dict:
    """An element."""
    return {"type": kind, **({"attrs": attributes} if attributes else {}), **({"content": list(content)} if content else {})}


def cell(words: str = "", kind: str = "table_cell") -> dict:
    """A cell of one paragraph."""
    return block(kind, block("paragraph", *([text(words)] if words else [])))


def row(*cells: dict, **attributes: object) -> dict:
    """A row."""
    return block("table_row", *cells, **attributes)


def note(words: object) -> dict:
    """A note."""
    return block("note", text=words)


def through_yjs(nodes: list[dict]) -> list[dict]:
    """The nodes after a stay in a Yjs document."""
    doc: Doc = Doc()
    doc.apply_update(content_from_nodes(nodes))
    return nodes_from_doc(doc)


RICH = [
    block("heading", text("Étapes « 👍 » & <suite>"), level=3),
    block("paragraph", text("Héé "), text("gras 👍", EM, STRONG), text(" lien", LINK), block("hard_break"), text("fin")),
    block("ordered_list", block("list_item", block("paragraph", text("un")), block("bullet_list", block("list_item", block("paragraph"))))),
]


def test_nodes_survive_yjs_unescaped_with_whole_numbers_and_marks_in_order() -> None:
    back = through_yjs(RICH)
    assert back == normalise(RICH)
    assert back[0]["attrs"] == {"level": 3} and type(back[0]["attrs"]["level"]) is int
    assert back[0]["content"][0]["text"] == "Étapes « 👍 » & <suite>"
    assert [mark["type"] for mark in back[1]["content"][1]["marks"]] == ["strong", "em"]


def test_the_hash_is_that_of_the_documented_bytes() -> None:
    nodes = [block("paragraph", text("Été", STRONG))]
    expected = '{"content":[{"content":[{"marks":[{"type":"strong"}],"text":"Été","type":"text"}],"type":"paragraph"}],"title":"Objet"}'
    assert canonical_text("Objet", nodes) == expected.encode()
    assert content_hash("Objet", nodes) == hashlib.sha256(expected.encode()).hexdigest()


@pytest.mark.parametrize(
    "same",
    [
        [block("paragraph", text("ab", EM, STRONG))],
        [block("paragraph", text("a", STRONG, EM), text("b", EM, STRONG))],
        [block("paragraph", text("a", STRONG, EM, {"type": "comment", "attrs": {"id": "c1"}}), text("b", STRONG, EM))],
        [block("paragraph", text("ab", STRONG, EM), text(""))],
        [block("paragraph", text("ab", STRONG, EM)), block("bullet_list")],
        [block("paragraph", text("ab", STRONG, EM)), block("bullet_list", block("list_item"))],
    ],
)
def test_what_is_not_words_does_not_change_the_hash(same: list[dict]) -> None:
    assert content_hash("T", same) == content_hash("T", [block("paragraph", text("ab", STRONG, EM))])


def test_decomposed_accents_and_float_levels_do_not_change_the_hash() -> None:
    decomposed, composed = [block("heading", text("e\u0301"), level=3.0)], [block("heading", text("é"), level=3)]
    assert content_hash("E\u0301te\u0301", decomposed) == content_hash("Été", composed)


@pytest.mark.parametrize(
    "other",
    [
        [block("paragraph", text("ab", STRONG))],
        [block("paragraph", text("ab"))],
        [block("paragraph", text("a b", STRONG, EM))],
        [block("heading", text("ab", STRONG, EM), level=3)],
        [block("paragraph", text("ab", STRONG, EM)), block("paragraph")],
    ],
)
def test_every_change_of_words_or_emphasis_changes_the_hash(other: list[dict]) -> None:
    assert content_hash("T", other) != content_hash("T", [block("paragraph", text("ab", STRONG, EM))])
    assert content_hash("T", other) != content_hash("U", other)


def test_an_empty_text_is_one_empty_paragraph() -> None:
    assert normalise([]) == normalise([block("bullet_list")]) == [block("paragraph")]


def test_overlapping_comments_are_marks_with_a_hash_and_do_not_count() -> None:
    doc: Doc = Doc()
    paragraph = fragment(doc).children.append(XmlElement("paragraph"))
    words = paragraph.children.append(XmlText("des mots commentés"))
    words.format(0, 8, {"comment--q9fTUGbH": {"id": "un"}})
    words.format(4, len(words), {"comment--Zz9+/A==": {"id": "deux"}})
    kinds = [[mark["type"] for mark in node.get("marks", ())] for node in nodes_from_doc(doc)[0]["content"]]
    assert kinds == [["comment"], ["comment", "comment"], ["comment"]]
    assert normalise(nodes_from_doc(doc)) == [block("paragraph", text("des mots commentés"))]


@pytest.mark.parametrize(
    "evil",
    [
        [text("nu")],
        [block("image")],
        [block("table", block("paragraph"))],
        [block("table", block("table_row", block("paragraph")))],
        [block("table", row(cell("x"), colspan=2))],
        [block("table", row(block("table_cell", block("bullet_list"))))],
        [block("table", row(block("table_cell", block("table", row(cell("x"))))))],
        [block("table", *[row(cell("x"))] * 501)],
        [block("table", row(*[cell("x")] * 31))],
        [block("paragraph", note(""))],
        [block("paragraph", note(" "))],
        [block("paragraph", note("x" * 2001))],
        [block("paragraph", note("a\x07b"))],
        [block("paragraph", note(3))],
        [block("paragraph", block("note"))],
        [block("paragraph", block("note", block("paragraph"), text="x"))],
        [note("x")],
        [block("bullet_list", block("paragraph"))],
        [block("heading", text("x"), level=1)],
        [block("heading", text("x"))],
        [block("paragraph", text("x", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}))],
        [block("paragraph", text("x", {"type": "blink"}))],
    ],
)
def test_what_the_schema_has_no_place_for_is_refused(evil: list[dict]) -> None:
    with pytest.raises(OutOfSchema):
        content_from_nodes(evil)


def test_a_table_left_ragged_by_two_people_is_completed() -> None:
    ragged = [block("table", row(cell("Qui", "table_header")), row(cell("nous"), cell("vous"), block("table_cell")), row())]
    assert normalise(through_yjs(ragged)) == [
        block(
            "table",
            row(cell("Qui", "table_header"), cell("", "table_header"), cell("", "table_header")),
            row(cell("nous"), cell("vous"), cell()),
        )
    ]
    assert normalise([block("table"), block("table", row()), *RICH]) == normalise(RICH)


def test_a_note_is_words_one_consents_to() -> None:
    noted = [block("paragraph", text("a"), note(" E\u0301tude. "), text("b"))]
    assert normalise(through_yjs(noted)) == [block("paragraph", text("a"), note("\u00c9tude."), text("b"))]
    assert content_hash("T", noted) != content_hash("T", [block("paragraph", text("ab"))])
    assert content_hash("T", noted) != content_hash("T", [block("paragraph", text("a"), note("Autre."), text("b"))])


@pytest.mark.parametrize(
    ("nodes", "digest"),
    [
        (RICH, "0063c94a5b4c2423f32b6f1f147034f215997bd9ee53906a752295d160c68211"),
        ([block("paragraph", text("Nous écoutons.", LINK))], "378d72435042979d3ebe50b84fd9f1f96dabf2639759d70df54b699dc031e9ef"),
        ([], "f98a848077525953e3eb55a7d2dd5fbc0b9e33438cc0b87c4b6bc5c4aef9f5fc"),
    ],
)
def test_hashes_given_to_consents_before_tables_existed_still_hold(nodes: list[dict], digest: str) -> None:
    assert content_hash("Étapes", nodes) == digest


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
MARKS = st.lists(st.sampled_from([STRONG, EM, LINK]), unique_by=str)
RUNS = st.lists(st.builds(lambda words, marks: text(words, *marks), WORDS, MARKS), max_size=5)


@settings(deadline=None)
@given(st.lists(RUNS, min_size=1, max_size=4))
def test_any_words_have_the_hash_they_came_with(paragraphs: list[list[dict]]) -> None:
    nodes = [block("paragraph", *runs) for runs in paragraphs]
    assert content_hash("T", through_yjs(nodes)) == content_hash("T", nodes)


def test_the_browser_library_writes_what_we_read(tmp_path: Path) -> None:
    """Yjs itself makes the document: UTF-16 positions, its own encoding of numbers and marks."""
    script = tmp_path.joinpath("make.mjs")
    root = Path(__file__).resolve().parents[4]
    script.write_text(
        f"""import * as Y from "{root}/node_modules/yjs/dist/yjs.mjs"
const doc = new Y.Doc(), root = doc.getXmlFragment("content")
const heading = new Y.XmlElement("heading"); heading.setAttribute("level", 4); root.insert(0, [heading])
const words = new Y.XmlText(); heading.insert(0, [words]); words.insert(0, "👍 été & <b>")
words.format(3, 3, {{ em: {{}} }}); words.format(4, 5, {{ strong: {{}} }}); words.format(0, 9, {{ "comment--q9fTUGbH": {{ id: "c" }} }})
process.stdout.write(Y.encodeStateAsUpdate(doc))"""
    )
    update = subprocess.run(["node", str(script)], capture_output=True, check=True).stdout
    doc: Doc = Doc()
    doc.apply_update(update)
    runs = [text("👍 "), text("é", EM), text("té", STRONG, EM), text(" & ", STRONG), text("<b>")]
    assert normalise(nodes_from_doc(doc)) == [block("heading", *runs, level=4)]


@pytest.mark.parametrize(
    "node",
    [
        {"type": "text", "text": "a\0b"},
        {"type": "text", "text": "a\u0001b"},
        {"type": "text", "text": "a", "marks": [{"type": "link", "attrs": {"href": "https://exemple.fr/\0"}}]},
    ],
)
def test_what_no_database_keeps_in_json_is_not_taken(node: dict[str, object]) -> None:
    with pytest.raises(OutOfSchema):
        content_from_nodes([{"type": "paragraph", "content": [node]}])
