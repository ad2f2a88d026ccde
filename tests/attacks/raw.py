"""Tricks on the bytes themselves, and files that are no PDF or no honest one."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

import pikepdf

from tests.attacks.increments import added, content_replaced
from tests.charter.adapters.signer_samples import encrypted, saved_again

RANGE = re.compile(rb"/ByteRange\s*\[(\d+) (\d+) (\d+) (\d+)\s*\]")


def _range_changed(pdf: bytes, change: Callable[[int, int, int, int], tuple[int, int, int, int]]) -> bytes:
    """The last signature's ByteRange rewritten in place, in as many bytes."""
    found = list(RANGE.finditer(pdf))[-1]
    numbers = change(*(int(one) for one in found.groups()))
    said = b"/ByteRange [" + b" ".join(b"%d" % one for one in numbers)
    room = len(found.group()) - len(said) - 1
    assert room >= 0
    return pdf[: found.start()] + said + b" " * room + b"]" + pdf[found.end() :]


def _hole(pdf: bytes) -> tuple[int, int]:
    """Where the last signature's value stands."""
    _, hole, resume, _ = (int(one) for one in list(RANGE.finditer(pdf))[-1].groups())
    return hole, resume


def _in_hole(pdf: bytes, change: Callable[[bytes], bytes]) -> bytes:
    hole, resume = _hole(pdf)
    changed = change(pdf[hole:resume])
    assert len(changed) == resume - hole
    return pdf[:hole] + changed + pdf[resume:]


def _rewritten_attachment(pdf: bytes) -> bytes:
    """Another attachment, the whole file saved anew."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        name = next(iter(opened.attachments))
        opened.attachments[name] = b'{"articles":[]}'
        made = io.BytesIO()
        opened.save(made)
        return made.getvalue()


def _wrapped(pdf: bytes) -> bytes:
    """Signature wrapping: what was signed after the value is moved to the end, something else put in its place."""
    _, resume = _hole(pdf)
    tail = pdf[resume:]
    return pdf[:resume] + tail + b"\n9999 0 obj\n<< /Type /Catalog >>\nendobj\n" + tail


def _second_value(pdf: bytes) -> bytes:
    """Two /Contents in the last signature's dictionary."""
    hole, resume = _hole(pdf)
    return pdf[:resume] + b"/Contents " + pdf[hole:resume] + pdf[resume:]


def _same_number(pdf: bytes) -> bytes:
    """The catalogue's number given to another object, which only a reader that looks for objects itself finds."""
    number = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
    return pdf + b"\n" + number + b" 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n%%EOF\n"


def _zipped(pdf: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("charte.txt", "autre texte")
    return pdf + made.getvalue() + b"\n%%EOF\n"


TRICKS: dict[str, Callable[[bytes], bytes]] = {
    "starts_later": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (1, b, c, d)),
    "wider_gap": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b, c + 10, d - 10)),
    "narrow_gap": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b, c - 10, d + 10)),
    "overlapping": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b, b - 100, d)),
    "stops_before_the_end": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b, c, d - 5)),
    "goes_beyond_the_end": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b, c, d + 5)),
    "same_sum": lambda pdf: _range_changed(pdf, lambda a, b, c, d: (a, b - 20, c - 20, d + 20)),
    "filled_padding": lambda pdf: _in_hole(pdf, lambda hole: hole[:-21] + b"deadbeefdeadbeefdead>"),
    "other_case": lambda pdf: _in_hole(pdf, lambda hole: hole[:40].swapcase() + hole[40:]),
    "spaces_in_value": lambda pdf: _in_hole(pdf, lambda hole: hole[:-3] + b"  >"),
    "wrapped": _wrapped,
    "second_value": _second_value,
    "same_number": _same_number,
    "word_changed": lambda pdf: pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:],
    "saved_again": saved_again,
    "rewritten_attachment": _rewritten_attachment,
    "encrypted": encrypted,
    "cut_short": lambda pdf: pdf[: len(pdf) * 2 // 3],
    "comment_at_the_end": lambda pdf: pdf + b"% un mot\n",
    "line_at_the_end": lambda pdf: pdf + b"\n",
    "end_twice": lambda pdf: pdf + b"\n% un mot\n%%EOF\n",
    "zip_behind": _zipped,
    "web_page_before": lambda pdf: b"<html><script>1</script></html>\n" + pdf,
    "picture_before": lambda pdf: b"GIF89a" + pdf,
    "increment_cut": lambda pdf: added(pdf, content_replaced)[:-200],
}


def _stream(number: int, entries: bytes, data: bytes) -> bytes:
    return b"%d 0 obj\n<< %b /Length %d >>\nstream\n%b\nendstream\nendobj\n" % (number, entries, len(data), data)


def _closed(body: bytes, objects: dict[int, int], root: int, extra: bytes = b"") -> bytes:
    """`body` with a table of the objects found in it and a trailer."""
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, at) for number, at in sorted(objects.items()))
    return body + b"xref\n%b\ntrailer\n<< /Size %d /Root %d 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        max(objects) + 1,
        root,
        extra,
        len(body),
    )


def _objects(*bodies: bytes, extra: bytes = b"") -> bytes:
    body, places = b"%PDF-1.7\n", {}
    for number, one in enumerate(bodies, start=1):
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    return _closed(body, places, 1, extra)


def bomb() -> bytes:
    """Two hundred megabytes of nothing, in a few kilobytes, where readers must look first."""
    data = zlib.compress(bytes(200 * 1024**2), 9)
    head = b"%PDF-1.7\n"
    packed = _stream(1, b"/Type /ObjStm /N 9 /First 9 /Filter /FlateDecode", data)
    table = _stream(2, b"/Type /XRef /W [1 4 1] /Size 3 /Root 1 0 R /Filter /FlateDecode", data)
    return head + packed + table + b"startxref\n%d\n%%%%EOF\n" % (len(head) + len(packed))


def bomb_within_bombs() -> bytes:
    data = bytes(64 * 1024**2)
    for _ in range(3):
        data = zlib.compress(data, 9)
    head = b"%PDF-1.7\n"
    table = _stream(1, b"/Type /XRef /W [1 4 1] /Size 3 /Root 1 0 R /Filter [/FlateDecode /FlateDecode /FlateDecode]", data)
    return head + table + b"startxref\n%d\n%%%%EOF\n" % len(head)


def looping_tables() -> bytes:
    head = b"%PDF-1.7\n"
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(head),
        len(head),
    )


def looping_fields() -> bytes:
    return _objects(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] /SigFlags 3 >> >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
        b"<< /FT /Sig /T (a) /Kids [3 0 R] /Parent 3 0 R >>",
    )


def many_fields(count: int = 5000) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    fields = (b"<< /FT /Sig /T (champ%d) >>" % number for number in range(count))
    return _objects(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [" + kids + b"] /SigFlags 3 >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        *fields,
    )


NO_PDF: dict[str, Callable[[], bytes]] = {
    "blank": lambda: b"\n \n",
    "words": lambda: b"Bonjour",
    "web_page": lambda: b"<!doctype html><title>charte.pdf</title>",
    "office_file": lambda: _zipped(b"")[:-7],
    "header_alone": lambda: b"%PDF-1.7\n%%EOF\n",
    "random": lambda: random.Random(4).randbytes(20_000),
    "random_in_a_pdf": lambda: b"%PDF-1.7\n" + random.Random(4).randbytes(20_000) + b"\n%%EOF\n",
    "deep": lambda: _objects(b"<< /Type /Catalog /Pages " + b"[" * 100_000 + b"]" * 100_000 + b" >>"),
    "deep_dictionaries": lambda: _objects(b"<< /A " * 50_000 + b"1" + b" >>" * 50_000),
    "huge_sizes": lambda: b"%PDF-1.7\nxref\n0 99999999999\ntrailer\n<< /Size 99999999999 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n",
    "huge_length": lambda: _objects(b"<< /Type /Catalog /Length 99999999999 >>\nstream\nx\nendstream"),
    "bomb": bomb,
    "bomb_within_bombs": bomb_within_bombs,
    "looping_tables": looping_tables,
    "looping_fields": looping_fields,
    "many_fields": many_fields,
    "points_outside": lambda: b"%PDF-1.7\nstartxref\n99999999\n%%EOF\n",
    "points_below_zero": lambda: b"%PDF-1.7\nstartxref\n-5\n%%EOF\n",
}
