"""What every document must hold to be kept, read aloud and signed: tags, language, identifications, fields, words."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from charter.adapters.pdf import Attachment, PdfEngine, Rendering
from tests.documents import sample, sample_reports
from tests.documents.conftest import page

Make = Callable[[str, dict[str, Any]], Rendering]
DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "charter": sample.charter,
    "contract": sample.contract,
    "evidence": sample_reports.evidence,
    "review": sample_reports.review,
}
SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(params=DOCUMENTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pdf(engine: PdfEngine, request_for: Make, name: str) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(engine.render(request_for(name, DOCUMENTS[name]())))) as document:
        yield document


def elements(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    stack: list[Any] = [document.Root.StructTreeRoot]
    while stack:
        element = stack.pop()
        yield element
        kids = element.get("/K", [])
        stack.extend(kid for kid in (kids if isinstance(kids, Array) else [kids]) if isinstance(kid, Dictionary) and "/Obj" not in kid)


def kinds(kids: Any) -> set[str]:
    return {str(kid.S) for kid in kids if isinstance(kid, Dictionary) and "/S" in kid}


def test_a_document_says_what_it_conforms_to(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["xmp:CreateDate"] == "2026-03-03T09:30:00+00:00"
    assert pdf.Root.Metadata.read_bytes().count(b"<rdf:RDF") == 1
    assert str(pdf.docinfo["/CreationDate"]) == "D:20260303093000+00'00"


def test_a_document_is_tagged_titled_and_in_french(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "fr"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    found = kinds(elements(pdf))
    assert {"/Document", "/H1", "/H2", "/P", "/L", "/LI"} <= found


def test_list_items_hold_labels_and_bodies_only(pdf: pikepdf.Pdf) -> None:
    items = [element for element in elements(pdf) if element.get("/S") == Name.LI]
    assert items
    assert all(kinds(item.K) <= {"/Lbl", "/LBody"} for item in items)


def test_every_link_annotation_is_tagged_as_a_link(pdf: pikepdf.Pdf) -> None:
    tagged = [kid for element in elements(pdf) if element.get("/S") == Name.Link for kid in element.K]
    links = {kid.Obj.objgen for kid in tagged if isinstance(kid, Dictionary) and "/Obj" in kid}
    annotations = {annotation.objgen for leaf in pdf.pages for annotation in leaf.get("/Annots", []) if annotation.Subtype == Name.Link}
    assert annotations <= links


def test_every_figure_has_words(pdf: pikepdf.Pdf, name: str) -> None:
    figures = [element for element in elements(pdf) if element.get("/S") == Name.Figure]
    assert bool(figures) == (name == "review")
    assert all("/Alt" in figure and len(str(figure.Alt)) > 30 for figure in figures)


def test_nothing_is_in_an_object_stream(engine: PdfEngine, request_for: Make, name: str) -> None:
    raw = engine.render(request_for(name, DOCUMENTS[name]()))
    assert b"/ObjStm" not in raw


def test_every_font_is_embedded_and_ours(pdf: pikepdf.Pdf) -> None:
    fonts = [font for leaf in pdf.pages for font in leaf.Resources.Font.values()]
    assert fonts
    for font in fonts:
        base = str(font.BaseFont)
        assert "Source-S" in base or "SourceS" in base, base
        assert any(key in font.DescendantFonts[0].FontDescriptor for key in ("/FontFile2", "/FontFile3"))


@pytest.mark.parametrize("name", ["charter", "contract"], indirect=True)
def test_signature_fields_are_ready_for_the_signer(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.AcroForm
    assert form.SigFlags == 3
    assert {"/NeedAppearances", "/DR", "/DA"} & set(form.keys()) == set()
    assert [str(field.T) for field in form.Fields] == ["signature-1", "signature-2", "signature-3"]
    forms = [element for element in elements(pdf) if element.get("/S") == Name.Form]
    assert all(isinstance(element.K, Dictionary) for element in forms)
    assert {element.K.Obj.objgen for element in forms} == {field.objgen for field in form.Fields}
    for field, block in zip(form.Fields, sample.SIGNATURES, strict=True):
        assert str(field.FT) == "/Sig"
        assert field.F == 132
        assert str(field.TU) == block["label"]
        assert {"/DA", "/V"} & set(field.keys()) == set()
        left, bottom, right, top = (float(edge) for edge in field.Rect)
        assert right - left > 150
        assert top - bottom > 60
        assert [float(edge) for edge in field.AP.N.BBox] == pytest.approx([0, 0, right - left, top - bottom])


def test_attachments_are_carried_as_associated_files(engine: PdfEngine) -> None:
    raw = engine.render(page("<p>x</p>", attachments=(Attachment("charte.json", b'{"a":1}', "Texte adopté", "Source"),)))
    with pikepdf.open(io.BytesIO(raw)) as document:
        (file,) = document.Root.AF
        assert (str(file.UF), file.AFRelationship, str(file.Desc)) == ("charte.json", Name.Source, "Texte adopté")
        assert file.EF.F.read_bytes() == b'{"a":1}'
        assert str(file.EF.F.Params.ModDate) == "D:20260303093000Z"


def words_of(raw: bytes) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=raw, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_words_are_those_of_the_snapshot(engine: PdfEngine, request_for: Make, name: str) -> None:
    """To renew after a wanted change: remove the file, run, read it, commit it."""
    found = words_of(engine.render(request_for(name, DOCUMENTS[name]())))
    snapshot = SNAPSHOTS / f"{name}.txt"
    if not snapshot.exists():
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(found, encoding="utf-8")
        pytest.fail(f"{snapshot.name} was missing and has been written: read it, then commit it")
    assert found == snapshot.read_text(encoding="utf-8")


def test_a_draft_says_so_in_words_too(engine: PdfEngine, request_for: Make) -> None:
    draft, final = (words_of(engine.render(request_for("charter", sample.charter(draft=draft)))) for draft in (True, False))
    assert "ce document n’engage personne" in draft
    assert "n’engage personne" not in final


def test_a_template_given_too_little_fails_rather_than_leaving_a_blank(request_for: Make) -> None:
    from jinja2 import UndefinedError

    document = sample.charter()
    del document["reference"]
    with pytest.raises(UndefinedError):
        request_for("charter", document)


def test_templates_cannot_reach_python(environment: Any) -> None:
    from jinja2.exceptions import SecurityError

    with pytest.raises(SecurityError):
        environment.from_string("{{ ''.__class__.__mro__ }}").render()
