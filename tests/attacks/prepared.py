"""Shadow attacks: a document made to be changed later is given to be signed (Mainka, Mladenov, Rohlmann, NDSS 2021)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from tests.attacks.increments import Increment, added
from tests.charter.adapters.signer_samples import draft

SIZE = (595, 842)


@dataclass(frozen=True)
class Shadow:
    """`prepare` makes what people sign, from a document with the fields `a` and `b`; `spring` changes what it shows."""

    prepare: Callable[[pikepdf.Pdf], None]
    spring: Callable[[bytes], bytes]

    def trap(self) -> bytes:
        """The document given to be signed."""
        with pikepdf.open(io.BytesIO(draft("a", "b"))) as pdf:
            self.prepare(pdf)
            made = io.BytesIO()
            pdf.save(made, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)
            return made.getvalue()


def _over(pdf: pikepdf.Pdf, data: bytes, **resources: pikepdf.Object) -> None:
    page = pdf.pages[0]
    for name, value in resources.items():
        page.Resources[f"/{name}"] = value
    page.contents_add(pdf.make_stream(data))


def _form(pdf: pikepdf.Pdf, data: bytes) -> pikepdf.Stream:
    return pikepdf.Stream(pdf, data, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *SIZE]))


def _hide(pdf: pikepdf.Pdf) -> None:
    """White paint over the true text, to be taken away."""
    _over(pdf, b"/Cover Do", XObject=Dictionary(Cover=pdf.make_indirect(_form(pdf, b"1 g 50 770 400 40 re f"))))


def _uncover(writer: Increment) -> None:
    reference = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"].raw_get("/Cover").reference
    empty = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, *SIZE))),
        },
        stream_data=b" ",
    )
    writer.objects[(reference.generation, reference.idnum)] = empty


def _fields(pdf: pikepdf.Pdf) -> None:
    """A field to fill, laid over the text."""
    look = pdf.make_indirect(_form(pdf, b"q Q"))
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="montant", Rect=Array([50, 770, 450, 810]), F=4, AP=Dictionary(N=look)
    )
    made = pdf.make_indirect(field)
    pdf.Root.AcroForm.Fields.append(made)
    pdf.pages[0].Annots.append(made)


def _fill(writer: Increment) -> None:
    fields = writer.root["/AcroForm"]["/Fields"]
    field = next(one.get_object() for one in fields if one.get_object()["/T"] == "montant")
    look = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 400, 40))),
        },
        stream_data=b"0 g 0 0 400 40 re f",
    )
    field[pdf_name("/V")] = pdf_string("mille")
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})
    writer.update_container(field)


def _layers(pdf: pikepdf.Pdf) -> None:
    """Another text on a layer that is not shown."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="autre"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), ON=Array([])))
    _over(pdf, b"/OC /Other BDC 0 g 50 770 400 40 re f EMC", Properties=Dictionary(Other=layer))


def _show(writer: Increment) -> None:
    shown = writer.root["/OCProperties"]["/D"]
    shown[pdf_name("/OFF")] = generic.ArrayObject()
    writer.update_container(shown)


def _second_root(pdf: pikepdf.Pdf) -> None:
    """A whole other document inside, which nothing leads to but an entry nobody looks at."""
    page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, *SIZE]), Contents=pdf.make_stream(b"0 g 50 100 400 600 re f"))
    pages = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([]), Count=1))
    page.Parent = pages
    pages.Kids.append(pdf.make_indirect(page))
    other = Dictionary(Type=Name.Catalog, Pages=pages, AcroForm=pdf.Root.AcroForm)
    pdf.Root.PieceInfo = Dictionary(Other=pdf.make_indirect(other))


def _swap_roots(pdf: bytes) -> bytes:
    """A table and a trailer, without a single object."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        other, size = opened.Root.PieceInfo.Other.objgen[0], int(opened.trailer.Size)
    before = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    tail = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, other, before, len(pdf))
    return pdf + b"xref\n0 1\n0000000000 65535 f \n" + tail


def _buried(pdf: pikepdf.Pdf) -> None:
    """The other text lies in a stream, as the bytes of an object."""
    _over(pdf, b"q Q")
    pdf.Root.PieceInfo = Dictionary(Other=pdf.make_indirect(pikepdf.Stream(pdf, BURIED)))


BURIED = b"<< /Length 25 >>\nstream\n0 g 50 770 400 40 re f    \nendstream\nendobj\n"


def _dig_up(pdf: bytes) -> bytes:
    """A table gives the number of the page's text to what lies buried."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        contents = opened.pages[0].Contents
        number, size = (contents[0] if isinstance(contents, Array) else contents).objgen[0], int(opened.trailer.Size)
        root = opened.Root.objgen[0]
    head = b"\n%d 0 obj\n" % number
    place = len(pdf)
    body = pdf + head + BURIED
    before = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, place + 1)
    tail = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, before, len(body))
    return body + table + tail


SHADOWS = {
    "hide": Shadow(_hide, lambda pdf: added(pdf, _uncover)),
    "replace": Shadow(_fields, lambda pdf: added(pdf, _fill)),
    "layers": Shadow(_layers, lambda pdf: added(pdf, _show)),
    "hide_and_replace": Shadow(_second_root, _swap_roots),
    "buried": Shadow(_buried, _dig_up),
}
