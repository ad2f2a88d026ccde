"""Our files opened by other programs' libraries, and theirs read by ours."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odfdo import Document, Header, List, ListItem, Paragraph

from charter.drafting.files.docx_out import to_docx
from charter.drafting.files.odt_out import to_odt
from charter.drafting.files.reading import read
from tests.charter.drafting.files.documents import EM, EVERYTHING, STRONG, charter, node, paragraph, text


def saved(document: Any) -> bytes:
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def test_python_docx_opens_ours_and_finds_its_styles() -> None:
    opened = docx.Document(io.BytesIO(to_docx(charter(("Notre but", EVERYTHING)))))
    styles = {one.style.name for one in opened.paragraphs if one.style}
    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "List Paragraph"} <= styles
    assert [one.text for one in opened.paragraphs if one.style and one.style.name == "Heading 1"] == ["Article 1 – Notre but"]
    assert opened.tables[0].cell(1, 1).text == "Une salle, gratuite"
    assert opened.core_properties.language == "fr-FR"
    assert opened.core_properties.title == "Charte de l’alliance « Jardins partagés »"
    assert "PROJET" in opened.sections[0].header.paragraphs[0].text
    assert [one.address for one in next(p for p in opened.paragraphs if p.hyperlinks).hyperlinks] == ["https://exemple.test/a?b=1&c=(2)"]


def test_odfdo_opens_ours_and_finds_its_titles() -> None:
    opened = Document(io.BytesIO(to_odt(charter(("Notre but", EVERYTHING)))))
    assert [(int(one.level), one.inner_text) for one in opened.body.headers] == [
        (1, "Article 1 – Notre but"),
        (2, "Sous-titre"),
        (3, "Sous-sous-titre"),
    ]
    assert opened.meta.language == "fr-FR"
    assert len(opened.body.get_elements("//text:note")) == 1


def test_a_word_document_with_a_title_and_headings() -> None:
    made = docx.Document()
    made.add_heading("Convention de partenariat", 0)
    made.add_paragraph("Entre la Ville et l’association.")
    made.add_heading("Objet", 1)
    line = made.add_paragraph("Ce texte est ")
    line.add_run("important").bold = True
    line.add_run(" et ").italic = False
    line.add_run("clair").italic = True
    made.add_paragraph("une puce", style="List Bullet")
    made.add_paragraph("une autre", style="List Bullet")
    made.add_paragraph("un numéro", style="List Number")
    made.add_heading("Détail", 2)
    made.add_paragraph("Suite")
    made.add_heading("Durée", 1)
    made.add_paragraph("Trois ans.").add_run().add_break(WD_BREAK.PAGE)
    found = read(saved(made))
    assert found.title == "Convention de partenariat"
    assert [one.title for one in found.articles] == ["Préambule", "Objet", "Durée"]
    assert found.articles[1].nodes == [
        paragraph("Ce texte est ", text("important", STRONG), " et ", text("clair", EM)),
        node("bullet_list", node("list_item", paragraph("une puce")), node("list_item", paragraph("une autre"))),
        node("ordered_list", node("list_item", paragraph("un numéro"))),
        node("heading", text("Détail"), level=3),
        paragraph("Suite"),
    ]
    assert found.articles[2].nodes == [paragraph("Trois ans.")]


def test_a_word_document_whose_titles_have_no_style() -> None:
    made = docx.Document()
    for words, bold in (
        ("CHARTE", True),
        ("ARTICLE 1 : OBJET", True),
        ("Nous faisons ensemble.", False),
        ("Article 2", True),
        ("La durée", True),
        ("Trois années, comme le dit l’article 1.", False),
        ("Article 3 - Fin", True),
        ("Article 1 du code civil : rien.", False),
    ):
        made.add_paragraph().add_run(words).bold = bold
    found = read(saved(made))
    assert [one.title for one in found.articles] == ["Préambule", "OBJET", "La durée", "Fin"]
    assert "comme le dit l’article 1" in str(found.articles[2].nodes)
    assert "code civil" in str(found.articles[3].nodes)


def test_tracked_changes_comments_pictures_and_merged_cells_are_told() -> None:
    made = docx.Document()
    made.add_heading("Objet", 1)
    line = made.add_paragraph("Gardé ")
    ns = nsdecls("w")
    line._p.append(parse_xml(f'<w:ins {ns} w:id="1" w:author="x"><w:r><w:t>ajouté</w:t></w:r></w:ins>'))
    line._p.append(parse_xml(f'<w:del {ns} w:id="2" w:author="x"><w:r><w:delText> retiré</w:delText></w:r></w:del>'))
    line._p.append(parse_xml(f"<w:r {ns}><w:pict/></w:r>"))
    made.add_comment(line.runs[0], text="un commentaire", author="x")
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "ensemble"
    table.cell(1, 0).text, table.cell(1, 1).text = "a", "b"
    found = read(saved(made))
    assert found.articles[0].nodes[0] == paragraph("Gardé ajouté")
    assert [len(row["content"]) for row in found.articles[0].nodes[1]["content"]] == [2, 2]
    told = {kind: found.left_out[kind] for kind in ("insertions", "deletions", "images", "comments", "merged_cells")}
    assert told == {"insertions": 1, "deletions": 1, "images": 1, "comments": 1, "merged_cells": 1}


def test_a_libreoffice_document() -> None:
    made = Document("text")
    body = made.body
    body.clear()
    body.append(Header(1, "Objet"))
    body.append(Paragraph("Nous faisons ensemble."))
    listed = List()
    listed.append(ListItem("une puce"))
    listed.append(ListItem("deux"))
    body.append(listed)
    body.append(Header(1, "Durée"))
    body.append(Paragraph("Trois années"))
    output = io.BytesIO()
    made.save(output)
    found = read(output.getvalue())
    assert [one.title for one in found.articles] == ["Objet", "Durée"]
    assert found.articles[0].nodes == [
        paragraph("Nous faisons ensemble."),
        node("bullet_list", node("list_item", paragraph("une puce")), node("list_item", paragraph("deux"))),
    ]


def test_markdown_as_people_write_it() -> None:
    words = """# Notre charte

Quelques mots avant.

## Objet
Un *mot*, un **autre** et [un lien](https://exemple.test), ![une image](x.png) <u>souligné</u>.

* puce
    1. dedans

> cité

```
du code
```
---
## Durée
Trois années[^1].

[^1]: Renouvelables.
"""
    found = read(words.encode())
    assert found.title == "Notre charte"
    assert [one.title for one in found.articles] == ["Préambule", "Objet", "Durée"]
    assert found.articles[2].nodes == [paragraph("Trois années", node("note", text="Renouvelables."), ".")]
    assert {"html", "images", "rules"} <= found.left_out.keys()
    assert "du code" in str(found.articles[1].nodes)


def test_a_plain_text_pasted() -> None:
    found = read("Article 1 : Notre but\n\nFaire ensemble.\n\nArticle 2 : La durée\n\nTrois années.".encode())
    assert [(one.title, one.nodes) for one in found.articles] == [
        ("Notre but", [paragraph("Faire ensemble.")]),
        ("La durée", [paragraph("Trois années.")]),
    ]
