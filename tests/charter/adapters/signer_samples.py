"""Documents to sign, and the ways people spoil them afterwards."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pikepdf
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from charter.adapters.signer import LocalAuthority, Sealed, SealingService, SignerIdentity
from charter.config import Settings

NOW = datetime(2031, 3, 3, 10, 4, 5, 678_000, tzinfo=UTC)
"""Ahead of the machine's clock, so that anything that reads the latter shows."""

AMINA = SignerIdentity("Amina Benali", "amina@riviere.example", "Association Rivière vivante", "Présidente")
PAUL = SignerIdentity("Paul Étienne Łoś", "paul@papeterie.example", "Papeteries du Val", "Directeur général")
ZOE = SignerIdentity("Zoé Nguyễn", "zoé@commune.example", "Commune de Saint-Cœur", "Maire")
PEOPLE = {"riviere": AMINA, "papeteries": PAUL, "commune": ZOE}


@cache
def font() -> bytes:
    """The documents' text font."""
    return next(Settings.fonts_dir.rglob("SourceSans3_400Regular.ttf")).read_bytes()


def draft(*fields: str, text: str = "Article 1. Les parties font alliance.") -> bytes:
    """A one-page document with that text and those empty signature fields."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    page = pdf.pages[0]
    helvetica = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=helvetica))
    page.Contents = pdf.make_stream(f"BT /F1 12 Tf 60 780 Td ({text}) Tj ET".encode("latin-1"))
    writer = IncrementalPdfFileWriter(io.BytesIO(_saved(pdf)))
    for row, field in enumerate(fields):
        append_signature_field(writer, SigFieldSpec(field, on_page=0, box=(50, 690 - row * 62, 300, 748 - row * 62)))
    made = io.BytesIO()
    writer.write(made)
    with pikepdf.open(made) as again:
        return _saved(again)


def signed(service: SealingService, *, final: bool = True, count: int = 3, apart: timedelta = timedelta(days=1)) -> Sealed:
    """Certified then signed by the first `count` people, `apart`; the last of the three closes when `final`."""
    sealed = service.certify(draft(*PEOPLE), when=NOW, reason="Certification")
    for day, (field, person) in enumerate(list(PEOPLE.items())[:count]):
        when = NOW + day * apart
        sealed = service.sign(
            sealed.pdf, field=field, identity=person, when=when, reason="Lu et approuvé", location="Paris", final=final and day == 2
        )
    return sealed


def root(authority: LocalAuthority) -> asn1_x509.Certificate:
    """Its root certificate, as pyHanko reads it."""
    return asn1_x509.Certificate.load(authority.trust(NOW).roots[0])


def overwritten(pdf: bytes) -> bytes:
    """One word of the page's text changed in place."""
    assert b"Les parties font alliance" in pdf
    return pdf.replace(b"Les parties font alliance", b"Les parties font scission", 1)


def with_page(pdf: bytes) -> bytes:
    """A page added at the end, the way an editor saves it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.insert_page(PageObject(contents=contents, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))))
    return _written(writer)


def with_overlay(pdf: bytes) -> bytes:
    """White paint over the text, in the page's content."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"1 g 50 770 400 40 re f")))
    return _written(writer)


def with_annotation(pdf: bytes) -> bytes:
    """A note that covers the text."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 770, 450, 800))),
            pdf_name("/Contents"): generic.pdf_string("Article 1 (nouveau)"),
            pdf_name("/F"): generic.NumberObject(4),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    return _written(writer)


def saved_again(pdf: bytes) -> bytes:
    """Opened and saved by another program, which rewrites every byte."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return _saved(opened)


def encrypted(pdf: bytes) -> bytes:
    """Behind a password."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        made = io.BytesIO()
        opened.save(made, encryption=pikepdf.Encryption(owner="a", user="b"))
        return made.getvalue()


def _saved(pdf: pikepdf.Pdf) -> bytes:
    made = io.BytesIO()
    pdf.save(made, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
