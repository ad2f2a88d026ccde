"""The charter's template: every article parses, fills, and takes hostile words as words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from charter.drafting.markdown import Node, SourceError, fill, french_spaces, parse_source, text_of
from charter.drafting.template import AllianceInCharter, CharterFacts, PartyInCharter, fill_template, load_template, read_article

ARTICLES = load_template()
HOSTILE = "# Titre\n- liste\n**gras** [lien](javascript:alert(1)) <script>alert(1)</script> {{ alliance }} {% raw %} \ue0000\ue001\x00"


def facts(*, words: str = "Des voisins isolés", facilitator: str = "") -> CharterFacts:
    parties = (PartyInCharter("Les Amis", "association", words), PartyInCharter("Ville de Cèdre", "collectivité territoriale"))
    return CharterFacts(AllianceInCharter(words, words, words), parties, facilitator)


def nodes(content: object) -> Iterator[Node]:
    """Every node below `content`."""
    for node in content if isinstance(content, (list, tuple)) else ():
        yield node
        yield from nodes(node.get("content"))


def source(body: str) -> str:
    return f'+++\nkey = "a"\n+++\n{body}\n'


def test_ten_articles_with_help_in_both_languages() -> None:
    assert [article.key for article in ARTICLES] == [
        "vision",
        "need",
        "commitments",
        "asymmetries",
        "voice",
        "trust",
        "means",
        "failure",
        "evaluation",
        "life",
    ]
    for article in ARTICLES:
        assert article.title != article.title_en and article.why != article.why_en
        assert len(article.guidance) == len(article.guidance_en) >= 3


@pytest.mark.parametrize("facilitator", ["", "Anne Durand"])
def test_every_article_fills(facilitator: str) -> None:
    filled = fill_template(ARTICLES, facts(facilitator=facilitator))
    whole = "\n".join(text_of(article.content) for article in filled)
    assert "{{" not in whole and "{%" not in whole and "None" not in whole
    assert ("Anne Durand" in whole) == bool(facilitator)
    assert "Ville de Cèdre" in whole


def test_unknown_need_and_territory_show_words_to_complete() -> None:
    empty = CharterFacts(AllianceInCharter("Sans rien"), (PartyInCharter("A"),))
    assert "reste à décrire" in text_of(fill_template(ARTICLES, empty)[1].content)


def test_only_the_editor_s_nodes_and_marks() -> None:
    for article in fill_template(ARTICLES, facts(words=HOSTILE)):
        for node in nodes(article.content):
            assert node["type"] in {"paragraph", "heading", "bullet_list", "ordered_list", "list_item", "hard_break", "text"}
            assert node.get("text", "x") != ""
            assert {mark["type"] for mark in node.get("marks", ())} <= {"strong", "em", "link"}


def test_hostile_words_stay_words() -> None:
    clean, hostile = (fill_template(ARTICLES, facts(words=words)) for words in ("mots", HOSTILE))
    for one, other in zip(clean, hostile, strict=True):
        assert [n["type"] for n in one.content] == [n["type"] for n in other.content]
        assert not any(mark["type"] == "link" for n in nodes(other.content) for mark in n.get("marks", ()))
    need = text_of(hostile[1].content)
    assert "# Titre\n- liste\n**gras** [lien](javascript:alert(1)) <script>alert(1)</script> {{ alliance }} {% raw %}" in need
    assert "\ue000" not in need and "\x00" not in need


def test_same_facts_same_bytes() -> None:
    first, second = (json.dumps([a.content for a in fill_template(ARTICLES, facts())]) for _ in range(2))
    assert first == second


def test_markdown_to_nodes() -> None:
    body = "### T\n\nUn **fort** et *doux* [lien](https://exemple.fr).\n\n1. un\n2. deux\n"
    heading, paragraph, numbered = fill(parse_source("a", source(body)), {})
    assert heading == {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "T"}]}
    assert [node["text"] for node in paragraph["content"]] == ["Un ", "fort", " et ", "doux", " ", "lien", "."]
    assert paragraph["content"][5]["marks"] == [{"type": "link", "attrs": {"href": "https://exemple.fr"}}]
    assert numbered["type"] == "ordered_list" and [item["type"] for item in numbered["content"]] == ["list_item", "list_item"]


def test_a_value_of_several_lines_keeps_its_lines() -> None:
    (paragraph,) = fill(parse_source("a", source("Dit : {{ x }}")), {"x": "un\r\ndeux"})
    assert [node["type"] for node in paragraph["content"]] == ["text", "hard_break", "text"]


@pytest.mark.parametrize(
    "body",
    [
        "{{ inconnu }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in y %}",
        "# Niveau 1",
        "[x]({{ url }})",
        "[x](ftp://a.fr)",
    ],
)
def test_a_wrong_source_is_refused(body: str) -> None:
    with pytest.raises(SourceError):
        fill(parse_source("a", source(body)), {"url": "https://exemple.fr"})


@pytest.mark.parametrize("text", ["sans en-tête", "+++\nkey = \n+++\ncorps\n", '+++\nkey = "a"\n+++\ncorps\n'])
def test_a_wrong_article_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read_article("a", text)


def test_french_spaces() -> None:
    assert french_spaces("« Oui » : 10 % ; non ?") == "«\u00a0Oui\u00a0»\u00a0: 10\u00a0%\u202f; non\u202f?"
