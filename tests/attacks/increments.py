"""What may be added to a signed file without touching a byte of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, append_signature_field, enumerate_sig_fields

Change = Callable[["Increment"], None]


class Increment(IncrementalPdfFileWriter):
    """One that says nothing of its own in the document's description."""

    def _update_meta(self) -> None:
        return None


def added(pdf: bytes, change: Change) -> bytes:
    """`pdf` with one more increment."""
    writer, made = Increment(io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(made)  # type: ignore[no-untyped-call]
    return made.getvalue()


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(one) for one in values])


def dictionary(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def page(writer: Increment, number: int = 0) -> Any:
    return writer.find_page_for_modification(number)[0].get_object()  # type: ignore[no-untyped-call]


def drawing(writer: Increment, data: bytes = b"1 g 40 500 500 300 re f") -> Any:
    return writer.add_object(generic.StreamObject(stream_data=data))


def annotation_over_text(writer: Increment) -> None:
    look = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): numbers(0, 0, 500, 300)},
        stream_data=b"1 g 0 0 500 300 re f",
    )
    note = dictionary(
        Type=pdf_name("/Annot"),
        Subtype=pdf_name("/FreeText"),
        Rect=numbers(40, 500, 540, 800),
        Contents=pdf_string("Article 1 (nouveau)"),
        F=generic.NumberObject(4),
        AP=dictionary(N=writer.add_object(look)),
    )
    target = page(writer)
    notes = generic.ArrayObject([*target.get("/Annots", generic.ArrayObject()), writer.add_object(note)])
    target[pdf_name("/Annots")] = notes
    writer.update_container(target)


def content_replaced(writer: Increment) -> None:
    target = page(writer)
    target[pdf_name("/Contents")] = drawing(writer)
    writer.update_container(target)


def content_overridden(writer: Increment) -> None:
    """The very object of the page's content, given again."""
    contents = page(writer).raw_get("/Contents")
    reference = contents.reference if isinstance(contents, generic.IndirectObject) else contents.raw_get(0).reference
    writer.objects[(reference.generation, reference.idnum)] = generic.StreamObject(stream_data=b"1 g 40 500 500 300 re f")


def page_appended(writer: Increment) -> None:
    media = numbers(0, 0, 595, 842)
    writer.insert_page(PageObject(contents=drawing(writer), media_box=media))  # type: ignore[no-untyped-call]


def page_removed(writer: Increment) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].pop()
    pages[pdf_name("/Count")] = generic.NumberObject(int(pages["/Count"]) - 1)
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)


def _attached(writer: Increment) -> Any:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    return names[1]["/EF"]


def attachment_swapped(writer: Increment) -> None:
    reference = _attached(writer).raw_get("/F").reference
    swapped = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/EmbeddedFile"), pdf_name("/Subtype"): pdf_name("/application#2Fjson")},
        stream_data=b'{"articles":[{"number":1,"content":"autre"}]}',
    )
    writer.objects[(reference.generation, reference.idnum)] = swapped


def attachment_added(writer: Increment) -> None:
    stream = writer.add_object(generic.StreamObject({pdf_name("/Type"): pdf_name("/EmbeddedFile")}, stream_data=b"autre"))
    spec = dictionary(Type=pdf_name("/Filespec"), F=pdf_string("autre.txt"), EF=dictionary(F=stream))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    names.extend([pdf_string("z.txt"), writer.add_object(spec)])
    writer.update_container(names)


def opens_with_a_program(writer: Increment) -> None:
    writer.root[pdf_name("/OpenAction")] = dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
    writer.update_root()  # type: ignore[no-untyped-call]


def appearances_to_be_made(writer: Increment) -> None:
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)


def proofs_removed(writer: Increment) -> None:
    del writer.root["/DSS"]
    writer.update_root()  # type: ignore[no-untyped-call]


def proofs_added(writer: Increment) -> None:
    """A list nobody signed, which changes nothing one sees."""
    store = writer.root["/DSS"]
    store["/Certs"].append(writer.add_object(generic.StreamObject(stream_data=b"0")))
    writer.update_container(store["/Certs"])
    writer.update_container(store)


def empty_field_added(writer: Increment) -> None:
    append_signature_field(writer, SigFieldSpec("sig-99", invis_sig_settings=InvisSigSettings(box_out_of_bounds=True)))


def text_field_added(writer: Increment) -> None:
    field = dictionary(
        FT=pdf_name("/Tx"), T=pdf_string("note"), V=pdf_string("autre"), Subtype=pdf_name("/Widget"), Rect=numbers(40, 500, 540, 800)
    )
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(writer.add_object(field))
    writer.update_container(fields)


def description_changed(writer: Increment) -> None:
    writer.set_info(writer.add_object(dictionary(Title=pdf_string("Un autre titre"))))


def metadata_changed(writer: Increment) -> None:
    held = writer.root["/Metadata"].data
    other = re.sub(rb"Charte du faire alliance", b"Contrat de vente", held)
    assert other != held
    stream = generic.StreamObject({pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}, stream_data=other)
    writer.root[pdf_name("/Metadata")] = writer.add_object(stream)
    writer.update_root()  # type: ignore[no-untyped-call]


def layer_added(writer: Increment) -> None:
    layer = writer.add_object(dictionary(Type=pdf_name("/OCG"), Name=pdf_string("cache")))
    groups = generic.ArrayObject([layer])
    writer.root[pdf_name("/OCProperties")] = dictionary(OCGs=groups, D=dictionary(OFF=generic.ArrayObject([layer])))
    writer.update_root()  # type: ignore[no-untyped-call]


def font_swapped(writer: Increment) -> None:
    fonts = page(writer)["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]
    font[pdf_name("/Encoding")] = pdf_name("/WinAnsiEncoding")
    writer.update_container(font)


def signature_removed(writer: Increment) -> None:
    field = _field(writer, "sig-00")
    del field["/V"]
    writer.update_container(field)


def signature_shown_twice(writer: Increment) -> None:
    """One person's signature put in another's place."""
    one, other = (_field(writer, name) for name in ("sig-00", "sig-01"))
    other[pdf_name("/V")] = one.raw_get("/V")
    writer.update_container(other)


def signature_moved(writer: Increment) -> None:
    """The stamp of a signature, made large enough to cover the page."""
    field = _field(writer, "sig-02")
    field[pdf_name("/Rect")] = numbers(0, 0, 595, 842)
    writer.update_container(field)


def orphan_added(writer: Increment) -> None:
    drawing(writer)


def value_overridden(**entries: Any) -> Change:
    """The last person's signature given again as another object, some of its entries changed (None: taken away)."""

    def change(writer: Increment) -> None:
        reference = _field(writer, "sig-02").raw_get("/V").reference
        value = generic.DictionaryObject(reference.get_object())
        for key, entry in entries.items():
            value.pop(pdf_name(f"/{key}"), None)
            if entry is not None:
                value[pdf_name(f"/{key}")] = entry
        writer.objects[(reference.generation, reference.idnum)] = value

    return change


def _field(writer: Increment, name: str) -> Any:
    return next(field.get_object() for found, _value, field in enumerate_sig_fields(writer) if found == name)


IN_INCREMENTS: dict[str, Change] = {
    one.__name__: one
    for one in (
        annotation_over_text,
        content_replaced,
        content_overridden,
        page_appended,
        page_removed,
        attachment_swapped,
        attachment_added,
        opens_with_a_program,
        appearances_to_be_made,
        proofs_removed,
        proofs_added,
        empty_field_added,
        text_field_added,
        description_changed,
        metadata_changed,
        layer_added,
        font_swapped,
        signature_removed,
        signature_shown_twice,
        signature_moved,
        orphan_added,
    )
} | {
    "value_without_range": value_overridden(ByteRange=None),
    "value_without_contents": value_overridden(Contents=None),
    "value_with_empty_contents": value_overridden(Contents=generic.ByteStringObject(b"\0" * 8)),
    "range_of_nothing": value_overridden(ByteRange=generic.ArrayObject([generic.NumberObject(0)] * 4)),
    "range_of_three": value_overridden(ByteRange=generic.ArrayObject([generic.NumberObject(0)] * 3)),
    "range_below_zero": value_overridden(ByteRange=generic.ArrayObject([generic.NumberObject(one) for one in (0, -1, 10, 10)])),
    "unknown_kind": value_overridden(SubFilter=pdf_name("/adbe.x509.rsa_sha1")),
    "made_a_timestamp": value_overridden(Type=pdf_name("/DocTimeStamp")),
}
