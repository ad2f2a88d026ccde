"""Markdown out of nodes: what CommonMark reads again is what people wrote, and nothing they wrote becomes Markdown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from charter.drafting.markdown_out import Node, Unwritable, to_markdown


def text(words: str, *marks: str, href: str = "") -> dict[str, Any]:
    named = [{"type": mark} for mark in marks] + ([{"type": "link", "attrs": {"href": href}}] if href else [])
    return {"type": "text", "text": words, **({"marks": named} if named else {})}


def block(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), "content": list(content)}


def paragraph(*content: Any) -> dict[str, Any]:
    return block("paragraph", *(text(item) if isinstance(item, str) else item for item in content))


def item(*content: Any) -> dict[str, Any]:
    return block("list_item", *(paragraph(part) if isinstance(part, str) else part for part in content))


def note(words: str) -> dict[str, Any]:
    return {"type": "note", "attrs": {"text": words}}


BREAK = {"type": "hard_break"}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([], ""),
        ([paragraph()], ""),
        ([paragraph("Été"), paragraph("Hiver")], "Été\n\nHiver\n"),
        ([block("heading", text("Principes"), level=3), block("heading", text("Dont #"), level=4)], "### Principes\n\n#### Dont \\#\n"),
        ([paragraph(text("fort", "strong"), " et ", text("léger", "em"))], "**fort** et _léger_\n"),
        ([paragraph("mot", text("é ", "strong"), "suite")], "mot**é** suite\n"),
        ([paragraph("l’", text("«été»", "strong"), "passé")], "l’**«été»**&#112;assé\n"),
        ([paragraph("mi", text("-ent", "em"), "re")], "m&#105;_-ent_&#114;e\n"),
        ([paragraph(text("les ", "strong"), text("deux", "strong", "em"))], "**les _deux_**\n"),
        ([paragraph(text("le site", href="https://exemple.fr/a_(b)"))], "[le site](<https://exemple.fr/a_(b)>)\n"),
        ([paragraph("Ah !", text("site", href="https://exemple.fr"))], "Ah \\![site](<https://exemple.fr>)\n"),
        ([paragraph(text("x", href="javascript:alert(1)"))], "x\n"),
        ([paragraph("un", BREAK, "deux", BREAK)], "un\\\ndeux\n"),
        ([paragraph("1. pas une liste")], "1\\. pas une liste\n"),
        ([paragraph("# pas un titre"), paragraph("- ni ceci")], "\\# pas un titre\n\n\\- ni ceci\n"),
        ([paragraph("<b>*_`[x]|&amp;")], "\\<b\\>\\*\\_\\`\\[x\\]\\|\\&amp;\n"),
        ([block("bullet_list", item("un"), item("deux", block("ordered_list", item("a"), item("b"))))], "- un\n- deux\n  1. a\n  2. b\n"),
        ([block("ordered_list", item("un", "suite"), item("deux"), order=9)], "9. un\n\n   suite\n\n10. deux\n"),
        ([block("bullet_list", item("un")), block("bullet_list", item("deux"))], "- un\n\n* deux\n"),
    ],
)  # fmt: skip
def test_each_node(nodes: list[Node], expected: str) -> None:
    assert to_markdown(nodes) == expected


def test_a_table_is_rectangular_and_keeps_its_bars() -> None:
    head = block("table_row", block("table_header", paragraph("Qui")), block("table_header", paragraph("Quoi | quand")))
    row = block("table_row", block("table_cell", paragraph("La ville", BREAK, "et nous"), paragraph("ensemble")))
    assert to_markdown([block("table", head, row)]) == "| Qui | Quoi \\| quand |\n| --- | --- |\n| La ville<br>et nous<br>ensemble |  |\n"
    assert to_markdown([block("table", row)]).startswith("|  |\n| --- |\n| La ville")


def test_notes_are_footnotes_at_the_end() -> None:
    nodes = [paragraph("La maison", note("Rue [des] Lilas."), " ouvre."), paragraph(note("Ici"), ": oui")]
    assert to_markdown(nodes) == "La maison[^1] ouvre.\n\n[^2]\\: oui\n\n[^1]: Rue \\[des\\] Lilas.\n\n[^2]: Ici\n"
    assert "[^3-1]: Rue" in to_markdown(nodes, notes="3-")


@pytest.mark.parametrize(
    "node", [{"type": "image"}, paragraph(text("x", "underline")), paragraph(paragraph("x")), block("bullet_list", paragraph("x"))]
)
def test_nothing_is_left_out_silently(node: Node) -> None:
    with pytest.raises(Unwritable):
        to_markdown([node])


# What a reader of CommonMark sees: each character with its marks, hard breaks as "\n".
def _read(markdown: str) -> list[tuple[str, list[tuple[str, frozenset[str]]]]]:
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    return [(child.type, list(_characters(child, frozenset()))) for child in tree.children]


def _characters(node: SyntaxTreeNode, marks: frozenset[str]) -> Any:
    if node.type in ("text", "softbreak", "hardbreak"):
        for character in node.content if node.type == "text" else "\n":
            yield character, marks
    inside = (
        marks | {node.type if node.type != "link" else f"link {node.attrs['href']}"} if node.type in ("strong", "em", "link") else marks
    )
    for child in node.children:
        yield from _characters(child, inside)


_WORDS = st.text(alphabet=st.sampled_from("ab1 é«».!,:*_`[]()<>&|#-+=~^\\\u00a0\u202f’;"), min_size=1, max_size=6)
_HREF = "https://exemple.fr/a"
_LINK = f"link {_HREF}"
_MARKS = st.sets(st.sampled_from(["strong", "em", _LINK]))
_RUNS = st.lists(st.one_of(st.tuples(_WORDS, _MARKS), st.just(("\n", frozenset[str]()))), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None)
@given(runs=_RUNS)
def test_what_is_read_again_is_what_was_written(runs: list[tuple[str, frozenset[str]]]) -> None:
    content = [
        BREAK if words == "\n" else text(words, *sorted(marks - {_LINK}), href=_HREF if _LINK in marks else "") for words, marks in runs
    ]
    expected = [(character, marks) for words, marks in runs for character in words]
    while expected and expected[-1][0].isspace():
        expected.pop()
    read = _read(to_markdown([paragraph(*content)]))
    if not expected:
        return
    assert [kind for kind, _ in read] == ["paragraph"]
    found = read[0][1]
    while found and found[-1][0].isspace():
        found.pop()
    assert "".join(character for character, _ in found) == "".join(character for character, _ in expected)
    # Emphasis on spaces shows nowhere and is not kept.
    shown = [(character, frozenset(marks)) for character, marks in expected if not character.isspace()]
    assert [pair for pair in found if not pair[0].isspace()] == shown
