"""From WeasyPrint's PDF to one that conforms to PDF/A-3a and PDF/UA-1 together and is quick to sign.

Object streams are undone here, before any signature: the difference analysis of each later revision is six times faster.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from charter.adapters.pdf.fonts import FIELD_FAMILY

_PRINT_AND_LOCK = 132  # annotation flags: Print (4) + Locked (128), ISO 32000-1 table 165
_SIGNATURES_EXIST_APPEND_ONLY = 3  # SigFlags, ISO 32000-1 table 219

_UA = """<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 (PDF/UA) followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class WrongFields(Exception):
    """The fields drawn are not those asked for."""


def finish(raw: bytes, fields: Mapping[str, str]) -> bytes:
    """Add the PDF/UA identification, turn the drawn inputs into signature fields, save plainly. `fields`: name → title.

    Raises WrongFields.
    """
    with Pdf.open(io.BytesIO(raw)) as pdf:
        _identify(pdf)
        _list_attachments_once(pdf)
        _give_items_bodies(pdf)
        _make_signature_fields(pdf, fields)
        output = io.BytesIO()
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return output.getvalue()


def _identify(pdf: Pdf) -> None:
    """PDF/UA's mark goes inside the rdf:RDF already there: readers ignore a second one."""
    before, mark, after = pdf.Root.Metadata.read_bytes().partition(b"</rdf:RDF>")
    if not mark:
        raise ValueError("no rdf:RDF in the document's metadata")
    stream = pdf.make_stream(before + _UA.encode() + mark + after)
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = stream


def _list_attachments_once(pdf: Pdf) -> None:
    """WeasyPrint names each associated file twice."""
    if "/AF" in pdf.Root:
        pdf.Root.AF = Array(list({file.objgen: file for file in pdf.Root.AF}.values()))


def _give_items_bodies(pdf: Pdf) -> None:
    """A list item's blocks go inside an LBody: PDF/UA-1 (7.2) lets an LI hold a label and a body only."""
    for item in [element for element in _elements(pdf.Root.StructTreeRoot) if element.get("/S") == Name.LI]:
        kids = list(item.K) if isinstance(item.K, Array) else [item.K]
        if not all(isinstance(kid, Dictionary) for kid in kids) or all(kid.get("/S") in (Name.Lbl, Name.LBody) for kid in kids):
            continue
        body = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, K=Array()))
        if "/Pg" in item:
            body.Pg = item.Pg
        for kid in kids:
            if kid.get("/S") != Name.Lbl:
                body.K.append(kid)
                kid.P = body
        item.K = Array([*(kid for kid in kids if kid.get("/S") == Name.Lbl), body])


def _make_signature_fields(pdf: Pdf, fields: Mapping[str, str]) -> None:
    form = pdf.Root.get("/AcroForm", Dictionary(Fields=Array()))
    drawn = {str(field.T): field for field in form.Fields}
    if set(drawn) != set(fields) or len(form.Fields) != len(fields):
        raise WrongFields(f"drawn: {', '.join(drawn)}; asked: {', '.join(fields)}")
    if not drawn:
        return
    for name, field in drawn.items():
        _to_signature(pdf, field, fields[name])
    _remove(form, "/NeedAppearances", "/DR", "/DA")
    form.SigFlags = _SIGNATURES_EXIST_APPEND_ONLY
    _untie_forms(pdf)
    _drop_field_font(pdf)


def _to_signature(pdf: Pdf, field: Object, title: str) -> None:
    _remove(field, "/DA", "/V", "/Ff", "/MaxLen")
    left, bottom, right, top = (float(edge) for edge in field.Rect)
    width, height = abs(right - left), abs(top - bottom)
    field.Rect = Array([min(left, right), min(bottom, top), max(left, right), max(bottom, top)])
    field.FT, field.TU, field.F = Name.Sig, String(title), _PRINT_AND_LOCK
    # PDF/A wants an appearance even where nothing is drawn yet; the visible frame belongs to the page.
    blank = pdf.make_stream(b"")
    blank.Type, blank.Subtype, blank.BBox = Name.XObject, Name.Form, Array([0, 0, width, height])
    blank.Resources = Dictionary()
    field.AP = Dictionary(N=blank)


def _remove(dictionary: Object, *keys: str) -> None:
    for key in keys:
        if key in dictionary:
            del dictionary[key]


def _untie_forms(pdf: Pdf) -> None:
    """`/K [ref]` becomes `/K ref` in each Form element: otherwise every earlier signature reads as modified by the next."""
    for element in _elements(pdf.Root.StructTreeRoot):
        if element.get("/S") == Name.Form and isinstance(element.get("/K"), Array) and len(element.K) == 1:
            element.K = element.K[0]


def _elements(root: Object) -> Iterator[Object]:
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element, Dictionary) or element.get("/Type") == Name.OBJR:
            continue
        yield element
        kids = element.get("/K")
        stack.extend(kids if isinstance(kids, Array) else [kids] if isinstance(kids, Dictionary) else [])


def _drop_field_font(pdf: Pdf) -> None:
    """No text uses the fields' font once they are signature fields."""
    for page in pdf.pages:
        fonts = page.Resources.get("/Font", Dictionary())
        for name in [name for name, font in fonts.items() if FIELD_FAMILY.replace(" ", "") in re.sub(r"[^A-Za-z]", "", str(font.BaseFont))]:
            del fonts[name]
