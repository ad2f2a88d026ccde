"""Rich text is escaped by construction, keeps to its schema and to its depth."""

from __future__ import annotations

import re
from typing import Any

import pytest

from charter.adapters.richtext import MAX_DEPTH, Malformed, to_html, to_text
from tests.documents.sample import EM, STRONG, heading, items, paragraph, text


def link(href: object) -> dict[str, Any]:
    return {"type": "link", "attrs": {"href": href}}


def test_every_block_and_mark() -> None:
    nodes = [
        heading(3, "Titre"),
        paragraph(text("fort", STRONG, EM), {"type": "hard_break"}, text("lien", STRONG, link("https://a.fr/?x=1&y=2"))),
        items("bullet_list", "un"),
        {**items("ordered_list", "deux"), "attrs": {"order": 2.0}},
        heading(4, "Sous-titre"),
    ]
    assert to_html(nodes) == (
        '<h3>Titre</h3><p><em><strong>fort</strong></em><br><strong><a href="https://a.fr/?x=1&amp;y=2">lien</a></strong></p>'
        '<ul><li><p>un</p></li></ul><ol start="2"><li><p>deux</p></li></ol><h4>Sous-titre</h4>'
    )
    assert to_text(nodes) == "Titre\n\nfort\nlien (https://a.fr/?x=1&y=2)\n\n– un\n\n2. deux\n\nSous-titre"


def test_text_and_addresses_are_escaped() -> None:
    html = to_html([paragraph(text('<script>"&', link('https://a.fr/"><script>')))])
    assert html == '<p><a href="https://a.fr/&#34;&gt;&lt;script&gt;">&lt;script&gt;&#34;&amp;</a></p>'


ELSEWHERE = [
    *("javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:x", "data:text/html,x", "file:///etc/passwd"),
    *("//a.fr", "a", "", None, "https://", "http://["),
]


@pytest.mark.parametrize("href", ELSEWHERE)
def test_a_link_elsewhere_than_the_web_or_a_mailbox_is_text_only(href: object) -> None:
    assert to_html([paragraph(text("x", link(href)))]) == "<p>x</p>"


def test_mail_links_are_kept() -> None:
    assert to_html([paragraph(text("x", link("mailto:a@b.fr")))]) == '<p><a href="mailto:a@b.fr">x</a></p>'


def test_comments_do_not_show() -> None:
    assert to_html([paragraph(text("x", {"type": "comment", "attrs": {"id": "c1"}}))]) == "<p>x</p>"


def test_a_fourth_level_without_a_third_is_raised() -> None:
    assert to_html([heading(4, "a"), heading(4, "b")]) == "<h3>a</h3><h4>b</h4>"


@pytest.mark.parametrize(
    "nodes",
    [
        [{"type": "image"}],
        [text("nu")],
        [paragraph({"type": "paragraph"})],
        [paragraph(text("x", {"type": "code"}))],
        ["x"],
        [{"content": []}],
        [{"type": "paragraph", "content": "x"}],
        [{"type": "paragraph", "content": ["x"]}],
    ],
)
def test_what_is_outside_the_schema_is_an_error(nodes: list[Any]) -> None:
    with pytest.raises(Malformed):
        to_html(nodes)


def test_depth_is_bounded() -> None:
    node = paragraph("x")
    for _ in range(MAX_DEPTH):
        node = {"type": "bullet_list", "content": [{"type": "list_item", "content": [node]}]}
    for read in (to_html, to_text):
        with pytest.raises(Malformed, match="nested"):
            read([node])


def test_typography_is_applied_before_escaping() -> None:
    assert to_html([paragraph("a & b")], text=str.upper) == "<p>A &amp; B</p>"


def cell(*content: dict[str, Any], kind: str = "table_cell") -> dict[str, Any]:
    return {"type": kind, "content": [paragraph(*content)]}


def row(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"type": "table_row", "content": list(cells)}


def note(words: object) -> dict[str, Any]:
    return {"type": "note", "attrs": {"text": words}}


HEAD = row(cell(text("Qui"), kind="table_header"), cell(text("Quoi"), kind="table_header"))


def test_a_table_has_headers_that_say_what_they_head() -> None:
    body = row(
        cell(text("Ville"), kind="table_header"), {"type": "table_cell", "content": [paragraph(text("un")), paragraph(text("deux"))]}
    )
    table = {"type": "table", "content": [HEAD, body, row(cell(text("Nous")))]}
    assert to_html([table]) == (
        '<div class="rich-table" role="group" aria-label="Tableau" tabindex="0"><table>'
        '<thead><tr><th scope="col">Qui</th><th scope="col">Quoi</th></tr></thead>'
        '<tbody><tr><th scope="row">Ville</th><td><p>un</p><p>deux</p></td></tr><tr><td>Nous</td><td></td></tr></tbody></table></div>'
    )
    assert to_text([table]) == "Qui | Quoi\nVille | un deux\nNous | "


def test_notes_are_numbered_listed_and_linked_both_ways() -> None:
    nodes = [paragraph(text("a"), note("Un <b>.")), {"type": "table", "content": [row(cell(note("Deux")))]}]
    html = to_html(nodes, str.upper, notes="3")
    assert html.startswith(
        '<p>A<sup class="note-call"><a id="call-3-1" href="#note-3-1" role="doc-noteref" aria-label="Note 1">1</a></sup></p>'
    )
    assert html.endswith(
        '<div class="notes" role="group" aria-label="Notes"><ol>'
        '<li id="note-3-1">UN &lt;B&gt;. <a class="note-back" href="#call-3-1" role="doc-backlink" '
        'aria-label="Retour à l’appel de la note 1">↑</a></li>'
        '<li id="note-3-2">DEUX <a class="note-back" href="#call-3-2" role="doc-backlink" '
        'aria-label="Retour à l’appel de la note 2">↑</a></li></ol></div>'
    )
    assert to_text(nodes) == "a[1]\n\n[2]\n\n[1] Un <b>.\n[2] Deux"


def test_two_texts_of_one_page_do_not_share_anchors() -> None:
    one, other = to_html([paragraph(note("Un"))]), to_html([paragraph(note("Deux"))])
    anchors = [set(re.findall(r' id="([^"]+)"', html)) for html in (one, other)]
    assert all(anchors) and anchors[0].isdisjoint(anchors[1])
    assert to_html([paragraph(note("Un"))]) == one


@pytest.mark.parametrize(
    "node",
    [
        {"type": "table", "content": [paragraph(text("x"))]},
        {"type": "table", "content": [row(paragraph(text("x")))]},
        {"type": "table", "content": [row({"type": "table_cell", "content": [items("bullet_list", "x")]})]},
        paragraph(note("")),
        paragraph(note(None)),
    ],
)
def test_tables_and_notes_out_of_the_schema_are_refused(node: dict[str, Any]) -> None:
    for writer in (to_html, to_text):
        with pytest.raises(Malformed):
            writer([node])
