"""One more increment on a signed file, and the little that must be read of it first: signatures pile up, nothing here reads them again."""

from __future__ import annotations

from collections.abc import Iterator

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from charter.adapters.signer.errors import AlreadySigned, FieldMissing, NotSealable


class Increment(IncrementalPdfFileWriter):
    """An increment that leaves the document's own metadata alone: they tell when the text was made, the signature tells its time."""

    def _update_meta(self) -> None:
        return None


def require_unsigned(writer: IncrementalPdfFileWriter) -> None:
    """Raises NotSealable when the document is encrypted or bears a signature."""
    if any(signed for _, signed in _places(writer)):
        raise NotSealable("a certification comes before every signature")


def require_empty(writer: IncrementalPdfFileWriter, field: str) -> None:
    """Raises FieldMissing, AlreadySigned; NotSealable when the document is encrypted."""
    signed = next((signed for name, signed in _places(writer) if name == field), None)
    if signed is None:
        raise FieldMissing(field)
    if signed:
        raise AlreadySigned(field)


def _places(writer: IncrementalPdfFileWriter) -> Iterator[tuple[str, bool]]:
    """The form's signature fields, which are in no other: name, and whether it is signed. Signatures are not read: long ones, each time."""
    if writer.prev.encrypted:
        raise NotSealable("encrypted")
    for reference in writer.root["/AcroForm"]["/Fields"] if "/AcroForm" in writer.root else ():
        field = reference.get_object()
        if isinstance(field, DictionaryObject) and field.get("/FT") == "/Sig" and "/T" in field:
            yield str(field["/T"]), "/V" in field
