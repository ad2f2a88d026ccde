"""What the pages of a signed file look like, revision by revision: `python -m charter.adapters.pdf.pictures`, a process that ends.

Some attacks hide replaced content from every analysis of a file's structure (« shadow attacks »: Mainka, Mladenov, Rohlmann, NDSS 2021).
Pictures tell: but for the places of signatures, the pages somebody signed must look as they do in the whole file.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

DPI = 60
CPU_SECONDS, WALL_SECONDS, MEMORY = 60, 90, 1536 * 1024 * 1024
MOST_PAGES, MOST_DRAWN = 400, 4000
LARGEST = 2500
"""Points: a page larger than this on a side (88 cm) is not drawn."""
TOLERANCE = 8
"""Grey levels out of 255: the same page may be rounded otherwise at the edge of a letter."""

_ROOT = Path(__file__).resolve().parents[3]
_HEAD = struct.Struct(">I")
Box = tuple[float, float, float, float]


class Undrawable(Exception):
    """The pages could not be drawn: too many, too large, or too hard for the time and memory given."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """Page `page` (from 1) of the whole file looks otherwise than in revision `revision` (index in `lengths`)."""

    revision: int
    page: int


def compare(pdf: bytes, lengths: Sequence[int]) -> list[Unlike]:
    """The pages of `pdf` that look otherwise than in its first `n` bytes, for each n of `lengths`; the places of the signature fields of
    that revision are left out. Raises Undrawable."""
    return [Unlike(*pair) for pair in asked("charter.adapters.pdf.pictures", list(lengths), pdf)]


def asked(module: str, head: object, body: bytes) -> Any:
    """What the limited process `python -m module` answers about `body` (both JSON, but the body). Raises Undrawable."""
    told = json.dumps(head).encode()
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command, sent = [sys.executable, "-m", module], _HEAD.pack(len(told)) + told + body
    try:
        done = subprocess.run(command, input=sent, capture_output=True, env=environment, cwd="/", timeout=WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Undrawable("too slow") from error
    if done.returncode:
        raise Undrawable(done.stderr.decode("utf-8", "replace").strip()[-200:] or f"ended with {done.returncode}")
    return json.loads(done.stdout)


def main() -> None:
    """Reads the file, writes the pages that differ."""
    lengths, pdf = received()
    sys.stdout.write(json.dumps([[one.revision, one.page] for one in _unlike(pdf, lengths)]))


def received() -> tuple[Any, bytes]:
    """In the limited process: its limits set, what it is asked and about which bytes."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    (size,) = _HEAD.unpack(sys.stdin.buffer.read(_HEAD.size))
    return json.loads(sys.stdin.buffer.read(size)), sys.stdin.buffer.read()


def _unlike(pdf: bytes, lengths: Sequence[int]) -> Iterator[Unlike]:
    whole = list(drawn(pdf))
    if len(whole) * (len(lengths) + 1) > MOST_DRAWN:
        raise Undrawable("too many pages and revisions")
    for index, length in enumerate(lengths):
        if length >= len(pdf):
            continue
        for page in redrawn(pdf[:length], whole):
            yield Unlike(index, page)


def redrawn(before: bytes, after: Iterable[tuple[Any, Box]]) -> Iterator[int]:
    """Numbers of the pages drawn in `after` (see `drawn`) otherwise than in `before`, the places of its signature fields left out."""
    places = places_of(before)
    for page, (then, now) in enumerate(zip_longest(drawn(before), after), start=1):
        if then is None or now is None or not _alike(then, now, places.get(page, ())):
            yield page


def drawn(pdf: bytes) -> Iterator[tuple[Any, Box]]:
    """Each page as a grey picture, with its visible box in points."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    if len(document) > MOST_PAGES:
        raise Undrawable("too many pages")
    document.init_forms()
    for page in document:
        if max(page.get_size()) > LARGEST:
            raise Undrawable("a page is too large")
        yield page.render(scale=DPI / 72, grayscale=True, may_draw_forms=True).to_pil().convert("L"), page.get_bbox()
        page.close()
    document.close()


def _alike(then: tuple[Any, Box], now: tuple[Any, Box], places: Iterable[Box]) -> bool:
    from PIL import ImageChops, ImageDraw

    (before, frame), (after, _) = then, now
    if before.size != after.size:
        return False
    difference = ImageChops.difference(before, after)
    draw = ImageDraw.Draw(difference)
    for left, bottom, right, top in places:
        x, y = left - frame[0], frame[3] - top
        draw.rectangle([_dots(x) - 1, _dots(y) - 1, _dots(x + right - left) + 1, _dots(y + top - bottom) + 1], fill=0)
    return difference.point(lambda grey: 255 if grey > TOLERANCE else 0).getbbox() is None


def _dots(points: float) -> float:
    return points * DPI / 72


def places_of(pdf: bytes) -> dict[int, list[Box]]:
    """Where the signature fields of a revision are, by page number."""
    import pikepdf

    found: dict[int, list[Box]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, start=1):
            for widget in page.obj.get("/Annots", []):
                kind = widget.get("/FT") or (widget.get("/Parent") or pikepdf.Dictionary()).get("/FT")
                if kind == "/Sig" and "/Rect" in widget:
                    x1, y1, x2, y2 = map(float, widget["/Rect"])
                    found.setdefault(number, []).append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    return found


if __name__ == "__main__":
    main()
