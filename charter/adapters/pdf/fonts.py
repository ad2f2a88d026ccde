"""The documents' fonts: full TrueType files of ours and nothing else, and the two small ones made from them.

Full files, because families cut by script draw wrong letters in names such as « Łódź » without any error. A
signature stamp takes a small subset without layout tables: a full font costs a second a signature.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools import subset
from fontTools.ttLib import TTFont

from charter.adapters.pdf.cache import write_atomically

FILES = (
    "SourceSerif4_400Regular.ttf",
    "SourceSerif4_400Regular_Italic.ttf",
    "SourceSerif4_600SemiBold.ttf",
    "SourceSerif4_600SemiBold_Italic.ttf",
    "SourceSans3_400Regular.ttf",
    "SourceSans3_400Regular_Italic.ttf",
    "SourceSans3_600SemiBold.ttf",
    "SourceSans3_700Bold.ttf",
)
STAMP_SOURCE = "SourceSans3_400Regular.ttf"
FIELD_FAMILY = "Charte Champ"
"""Family of the nearly empty font form fields are given: a font used in a form loses the mapping of its ligatures to text."""

_STAMP_RANGES = (
    *((0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B)),  # Latin letters of the official languages of the Union
    *((0x2010, 0x2015), (0x2018, 0x201E), (0x2026, 0x2026), (0x202F, 0x202F), (0x20AC, 0x20AC)),  # dashes, quotes, ellipsis, spaces, euro
)


class FontsMissing(Exception):
    """The directory given does not hold the files of `FILES`."""


@dataclass(frozen=True, slots=True)
class FontSet:
    """The fonts found. `config` is the fontconfig file naming them alone; `digest` changes with any byte of them."""

    config: Path
    digest: str


def locate(fonts_dir: Path) -> dict[str, Path]:
    """Each of `FILES` under `fonts_dir`, at any depth; raises FontsMissing naming those absent."""
    found = {path.name: path for path in sorted(fonts_dir.rglob("*.ttf")) if path.name in FILES}
    if missing := [name for name in FILES if name not in found]:
        raise FontsMissing(f"{', '.join(missing)}: not found under {fonts_dir}")
    return found


def prepare(fonts_dir: Path, directory: Path) -> FontSet:
    """Gather our fonts in a directory of their own (named by their hash) and write the fontconfig file that names it."""
    contents = {name: path.read_bytes() for name, path in locate(fonts_dir).items()}
    digest = hashlib.sha256(b"".join(name.encode() + hashlib.sha256(contents[name]).digest() for name in FILES)).hexdigest()
    gathered = directory / f"fonts-{digest[:16]}"
    gathered.mkdir(parents=True, exist_ok=True)
    for name, content in {**contents, "field.ttf": _field_font(contents[STAMP_SOURCE])}.items():
        if not (gathered / name).exists():
            write_atomically(gathered / name, content)
    config = gathered / "fonts.conf"
    write_atomically(config, _config(gathered).encode())
    return FontSet(config, digest)


@functools.lru_cache(maxsize=4)
def stamp_font(fonts_dir: Path, cache_dir: Path) -> bytes:
    """A TrueType subset of Source Sans 3 for signature stamps: Latin letters, no layout tables, under 40 kB; kept in `cache_dir`.

    Raises FontsMissing.
    """
    source = locate(fonts_dir)[STAMP_SOURCE].read_bytes()
    kept = cache_dir / f"stamp-{hashlib.sha256(source).hexdigest()[:16]}.ttf"
    if kept.exists():
        return kept.read_bytes()
    font = _subset(source, [code for first, last in _STAMP_RANGES for code in range(first, last + 1)], "Charte Sceau")
    cache_dir.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, font)
    return font


def _field_font(source: bytes) -> bytes:
    return _subset(source, [0x20, 0x41], FIELD_FAMILY)


def _subset(source: bytes, codes: list[int], family: str) -> bytes:
    """Cut a font down to `codes`, without layout tables or hints, under another family name. Same input, same bytes."""
    options = subset.Options(
        layout_features=[], hinting=False, name_IDs=[1, 2, 3, 4, 6], notdef_outline=True, recalc_timestamp=False,
        drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "DSIG", "STAT", "MATH"],
    )
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    for record in font["name"].names:
        record.string = {2: "Regular", 6: family.replace(" ", "") + "-Regular"}.get(record.nameID, family)
    output = io.BytesIO()
    font.save(output)
    return output.getvalue()


def _config(directory: Path) -> str:
    cache = directory / f"cache-{os.getuid()}"
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        f"<dir>{escape(str(directory))}</dir><cachedir>{escape(str(cache))}</cachedir></fontconfig>\n"
    )
