"""Rich text is escaped by construction, keeps to its schema and to its depth."""

from __future__ import annotations

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
