"""Charters to write and read again: one by hand that has a bit of everything, and random ones of the schema."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from charter.drafting.files.charter import ExportedArticle, ExportedCharter, Words
from charter.drafting.live.canonical import content_hash

Node = dict[str, Any]

WORDS = Words(
    article="Article",
    draft="PROJET : n’engage personne",
    parties="Les parties",
    facilitator="Tiers de confiance :",
    reservation="Réserve de",
    hashes="Empreintes SHA-256 des articles",
    hash_of="Article",
    whole="Charte entière :",
)


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: Node, **attributes: Any) -> Node:
    return {"type": kind, **({"attrs": attributes} if attributes else {}), **({"content": list(content)} if content else {})}


STRONG: Node = {"type": "strong"}
EM: Node = {"type": "em"}
LINK: Node = {"type": "link", "attrs": {"href": "https://exemple.test/a?b=1&c=(2)"}}


def paragraph(*content: Node | str) -> Node:
    return node("paragraph", *(text(one) if isinstance(one, str) else one for one in content))


EVERYTHING: list[Node] = [
    paragraph(
        "Bonjour ", text("fort", STRONG), " et ", text("doux", EM), ", ", text("lien", LINK), " !",
        node("note", text="Une note : « ici »."),
    ),
    node("heading", text("Sous-titre"), level=3),
    node(
        "bullet_list",
        node(
            "list_item",
            paragraph("un"),
            paragraph("suite"),
            node("ordered_list", node("list_item", paragraph("quatre")), node("list_item", paragraph("cinq")), order=4),
            paragraph("fin"),
        ),
        node("list_item", paragraph("deux")),
    ),
    node("bullet_list", node("list_item", paragraph("autre liste"))),
    node("heading", text("Sous-sous-titre"), level=4),
    node(
        "table",
        node("table_row", node("table_header", paragraph("Qui")), node("table_header", paragraph("Quoi"))),
        node("table_row", node("table_cell", paragraph("Ville")), node("table_cell", paragraph("Une salle, ", text("gratuite", STRONG)))),
    ),
    paragraph("ligne", node("hard_break"), "suivante"),
]  # fmt: skip


def charter(*articles: tuple[str, Sequence[Node]], **changes: Any) -> ExportedCharter:
    """A draft of these articles (title, nodes)."""
    made = tuple(
        ExportedArticle(number, title, nodes, content_hash(title, nodes)) for number, (title, nodes) in enumerate(articles, start=1)
    )
    draft = ExportedCharter(
        title="Charte de l’alliance « Jardins partagés »",
        alliance="Jardins partagés",
        reference="Zk3vQ0aa1bcd",
        version=1,
        draft=True,
        state="Projet, dans son état du 22 novembre 2026 à 14:03 (heure de Paris)",
        at=datetime(2026, 11, 22, 13, 3, tzinfo=UTC),
        parties=(("Ville de Lille", "commune"), ("Les Jardiniers", "association")),
        articles=made,
        words=WORDS,
        facilitator="Léa Roy",
    )
    return dataclasses.replace(draft, **changes)


# Letters, digits, spaces of all kinds, and all that Markdown, XML or French typography might trip on.
_SIGNS = "abcdeéàçœŁ0123 \u00a0\u202f'’.,;:!?«»-–_*#+=|<>[]()`~^\\&/\"$%€🙂\u0301"
_words = st.one_of(
    st.text(_SIGNS, min_size=1, max_size=14), st.text(min_size=1, max_size=6), st.sampled_from(["Article 2 : ceci", "1. un", "&amp;"])
)
_hrefs = st.sampled_from(["https://exemple.test/", "https://exemple.test/é?a=b&c=(d)#<e>", "mailto:a@exemple.test", "http://x y"])
_marks = st.lists(
    st.one_of(st.just(STRONG), st.just(EM), _hrefs.map(lambda href: {"type": "link", "attrs": {"href": href}})),
    max_size=3,
    unique_by=lambda mark: str(mark["type"]),
)
_runs = st.builds(lambda words, marks: text(words, *marks), _words, _marks)
_notes = st.builds(lambda words: node("note", text=words), st.sampled_from(["Une note.", "Voir l’article 3 : « là »", "a*b_c [d] <e>"]))
_inline = st.lists(st.one_of(_runs, _runs, st.just(node("hard_break")), _notes), max_size=5)
_plain = st.lists(st.one_of(_runs, _notes), max_size=4)
_paragraphs = _inline.map(lambda content: node("paragraph", *content))
_headings = st.builds(lambda level, content: node("heading", *content, level=level), st.sampled_from([3, 4]), _plain)


def _lists(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    items = st.builds(
        lambda first, others: node("list_item", first, *others), _paragraphs, st.lists(st.one_of(_paragraphs, children), max_size=2)
    )
    bullets = st.lists(items, min_size=1, max_size=3).map(lambda made: node("bullet_list", *made))
    numbers = st.builds(
        lambda made, order: node("ordered_list", *made, **({"order": order} if order else {})),
        st.lists(items, min_size=1, max_size=3),
        st.sampled_from([None, 0, 3, 1999]),
    )
    return st.one_of(bullets, numbers)


_any_list = st.recursive(_lists(_paragraphs), _lists, max_leaves=4)


@st.composite
def _tables(draw: st.DrawFn, cells: st.SearchStrategy[list[Node]]) -> Node:
    width, height, headed = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    rows = []
    for place in range(height):
        kind = "table_header" if headed and not place and height > 1 else "table_cell"
        rows.append(node("table_row", *(node(kind, *draw(cells)) for _ in range(width))))
    return node("table", *rows)


nodes = st.lists(
    st.one_of(_paragraphs, _headings, _any_list, _tables(st.lists(_paragraphs, min_size=1, max_size=2))), min_size=1, max_size=5
)
"""The content of an article, whatever the schema allows."""
