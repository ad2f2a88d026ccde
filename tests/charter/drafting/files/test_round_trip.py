"""What is exported and imported again is the same text (promise 3's other half: nothing is lost on the way)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from charter.drafting.files.charter import ExportedCharter
from charter.drafting.files.docx_out import to_docx
from charter.drafting.files.markdown_out import to_md
from charter.drafting.files.odt_out import to_odt
from charter.drafting.files.reading import read
from charter.drafting.files.tidy import line, tidy
from charter.drafting.live.canonical import content_hash, normalise
from tests.charter.drafting.files import documents
from tests.charter.drafting.files.documents import EVERYTHING, charter, node, paragraph, text

Write = Callable[[ExportedCharter], bytes]
FORMATS: dict[str, Write] = {"docx": to_docx, "odt": to_odt, "md": to_md}
OFFICE: dict[str, Write] = {"docx": to_docx, "odt": to_odt}


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_everything_the_schema_has_comes_back(write: Write) -> None:
    made = charter(("Notre but", EVERYTHING), ("Nos moyens", [paragraph("Article 3 : ceci n’est pas un titre")]))
    found = read(write(made))
    assert found.title == made.title.replace("« ", "«\u202f").replace(" »", "\u202f»")
    assert [one.title for one in found.articles] == ["Notre but", "Nos moyens"]
    for one, article in zip(found.articles, made.articles, strict=True):
        assert one.nodes == tidy(article.nodes)


def test_tidy_keeps_words_that_are_tidy_already() -> None:
    typeset = [paragraph("Bonjour, «\u202fmonde\u202f».", text(" Gras", documents.STRONG)), node("heading", text("Titre"), level=3)]
    assert tidy(typeset) == normalise(typeset)
    assert content_hash("T", tidy(typeset)) == content_hash("T", typeset)


@given(documents.nodes)
@settings(max_examples=120, deadline=None)
def test_tidying_twice_changes_nothing(nodes: list[dict[str, Any]]) -> None:
    assert tidy(tidy(nodes)) == tidy(nodes)


@pytest.mark.parametrize("write", OFFICE.values(), ids=OFFICE)
@given(nodes=documents.nodes)
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back_from_office_formats(write: Write, nodes: list[dict[str, Any]]) -> None:
    found = read(write(charter(("Titre", nodes), ("Un autre", [paragraph("fin")]))))
    assert [one.title for one in found.articles] == ["Titre", "Un autre"]
    assert found.articles[0].nodes == tidy(nodes)


def flat(nodes: list[dict[str, Any]]) -> str:
    """The words alone, spaces aside."""
    return "".join("".join(flat(one.get("content", [])) if one["type"] != "text" else one["text"] for one in nodes).split())


def shape(nodes: list[dict[str, Any]]) -> list[Any]:
    """Blocks without their words."""
    return [(one["type"], shape(one.get("content", []))) for one in nodes if one["type"] not in ("text", "hard_break", "note")]


@given(nodes=documents.nodes)
@settings(max_examples=100, deadline=None)
def test_any_text_comes_back_from_markdown(nodes: list[dict[str, Any]]) -> None:
    """Spaces at the edge of emphasis, breaks in a title, empty paragraphs and several paragraphs in a cell have no place in Markdown."""
    found = read(to_md(charter(("Titre", nodes), ("Un autre", [paragraph("fin")]))))
    assert [one.title for one in found.articles] == ["Titre", "Un autre"]
    assert flat(found.articles[0].nodes) == flat(tidy(nodes))


@pytest.mark.parametrize(
    "title", ["Article 3 bis", "– tiret", "« Objet » : quoi ?", "A & B <c>", "# dièse #", "1. un", "*étoile*", "Article 2 : suite"]
)
@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_any_title_comes_back(write: Write, title: str) -> None:
    assert [one.title for one in read(write(charter((title, EVERYTHING), ("Fin", [paragraph("x")])))).articles] == [line(title), "Fin"]


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_what_is_around_the_articles_is_not_an_article(write: Write) -> None:
    made = charter(("Notre but", [paragraph("Oui.")]))
    articles = (made.articles[0].__class__(1, "Notre but", [paragraph("Oui.")], "a" * 64, (("Ville de Lille", "Pas\nsûr : # *x*"),)),)
    found = read(write(charter(("x", []), articles=articles, draft=False, sha256="b" * 64)))
    assert [(one.title, one.nodes) for one in found.articles] == [("Notre but", [paragraph("Oui.")])]
    assert found.left_out["around"] == 1


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_the_same_charter_gives_the_same_bytes(write: Write) -> None:
    assert write(charter(("A", EVERYTHING))) == write(charter(("A", EVERYTHING)))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def test_a_draft_says_so_above_each_page_and_an_adopted_charter_does_not() -> None:
    draft, adopted = charter(("A", EVERYTHING)), charter(("A", EVERYTHING), draft=False)
    for write, name in ((to_docx, "word/header1.xml"), (to_odt, "styles.xml")):
        assert "PROJET" in part(write(draft), name)
        assert "PROJET" not in part(write(adopted), name)
    assert b"> **PROJET" in to_md(draft)
    assert b"PROJET" not in to_md(adopted)


def test_files_say_their_language_title_and_state() -> None:
    made = charter(("A", EVERYTHING))
    assert "<dc:language>fr-FR</dc:language>" in part(to_docx(made), "docProps/core.xml")
    assert 'w:lang w:val="fr-FR"' in part(to_docx(made), "word/styles.xml")
    assert "<dc:language>fr-FR</dc:language>" in part(to_odt(made), "meta.xml")
    assert 'fo:language="fr" fo:country="FR"' in part(to_odt(made), "styles.xml")
    for write in FORMATS.values():
        assert made.articles[0].sha256.encode() in (write(made) if write is to_md else b"".join(_parts(write(made))))


def _parts(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]
