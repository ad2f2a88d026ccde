"""Whether another file says and shows what ours does: `python -m charter.adapters.pdf.likeness`, a process that ends.

For a file that came back from elsewhere, rewritten or not: the same pages to the eye and in words, and the same attached files, but for
what stands where signatures go.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from charter.adapters.pdf.pictures import MOST_PAGES, Box, Undrawable, asked, drawn, places_of, received, redrawn

MARGIN = 2.0
"""Points around a signature's place: a letter drawn at its very edge belongs to it."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Pages (from 1) that look otherwise, pages that say otherwise, names of attached files that are missing or changed."""

    redrawn: tuple[int, ...]
    reworded: tuple[int, ...]
    attachments: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.redrawn or self.reworded or self.attachments)


def differences(ours: bytes, theirs: bytes) -> Differences:
    """What tells `theirs` from `ours`; falsy when nothing does. Raises Undrawable (pictures.py) when it cannot be told."""
    found = asked("charter.adapters.pdf.likeness", len(ours), ours + theirs)
    return Differences(tuple(found["redrawn"]), tuple(found["reworded"]), tuple(found["attachments"]))


def main() -> None:
    """Reads both files, writes what tells them apart."""
    length, both = received()
    ours, theirs = both[:length], both[length:]
    kept = attached(theirs)
    found = {
        "redrawn": sorted({*redrawn(ours, list(drawn(theirs))), *_noted(ours, theirs)}),
        "reworded": list(_reworded(ours, theirs)),
        "attachments": [name for name, digest in attached(ours).items() if kept.get(name) != digest],
    }
    sys.stdout.write(json.dumps(found))


def attached(pdf: bytes) -> Mapping[str, str]:
    """SHA-256 of each attached file, by name."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: hashlib.sha256(spec.get_file().read_bytes()).hexdigest() for name, spec in document.attachments.items()}


def _noted(ours: bytes, theirs: bytes) -> Iterator[int]:
    """Pages with more notes, stamps or form fields than ours, signatures' places apart: another reader may draw what this one does not."""
    places = places_of(ours)
    for page, (before, after) in enumerate(zip_longest(_notes(ours, places), _notes(theirs, places), fillvalue=Counter[str]()), start=1):
        if after - before:
            yield page


def _notes(pdf: bytes, places: Mapping[int, list[Box]]) -> Iterator[Counter[str]]:
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, start=1):
            found: Counter[str] = Counter()
            for note in page.obj.get("/Annots", []):
                x1, y1, x2, y2 = map(float, note.get("/Rect", [0, 0, 0, 0]))
                kind = note.get("/FT") or (note.get("/Parent") or pikepdf.Dictionary()).get("/FT")
                if kind != "/Sig" and not _inside((x1, y1, x2, y2), places.get(number, ())):
                    found[f"{note.get('/Subtype', '')} {kind or ''}"] += 1
            yield found


def _reworded(ours: bytes, theirs: bytes) -> Iterator[int]:
    places = places_of(ours)
    for page, (before, after) in enumerate(zip_longest(_words(ours, places), _words(theirs, places)), start=1):
        if before != after:
            yield page


def _words(pdf: bytes, places: Mapping[int, list[Box]]) -> Iterator[str]:
    """The letters of each page, without spaces and without those in the places of signatures."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    if len(document) > MOST_PAGES:
        raise Undrawable("too many pages")
    for number, page in enumerate(document, start=1):
        text, letters = page.get_textpage(), []
        whole = text.get_text_range()
        if len(whole) != text.count_chars():  # a letter beyond the basic plane counts for two there: the page is then told whole
            letters = [whole]
        else:
            letters = [letter for index, letter in enumerate(whole) if not _inside(text.get_charbox(index), places.get(number, ()))]
        yield "".join("".join(letters).split())
        text.close()
        page.close()
    document.close()


def _inside(box: Box, places: list[Box] | tuple[()]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left - MARGIN <= x <= right + MARGIN and bottom - MARGIN <= y <= top + MARGIN for left, bottom, right, top in places)


if __name__ == "__main__":
    main()
