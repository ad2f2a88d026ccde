"""The documents' fonts: full TrueType files of ours and nothing else, and the nearly empty one made from them for form fields.

Full files, because families cut by script draw wrong letters in names such as « Łódź » without any error. (A signature's stamp cuts its
own letters out of one of them: `charter/adapters/signer/font.py`.)
"""

from __future__ import annotations

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
_FIELD_SOURCE = "SourceSans3_400Regular.ttf"
FIELD_FAMILY = "Charte Champ"
"""Family of the nearly empty font form fields are given: a font used in a form loses the mapping of its ligatures to text."""


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
    for name, content in {**contents, "field.ttf": _field_font(contents[_FIELD_SOURCE])}.items():
        if not (gathered / name).exists():
            write_atomically(gathered / name, content)
    config = gathered / "fonts.conf"
    write_atomically(config, _config(gathered).encode())
    return FontSet(config, digest)


def _field_font(source: bytes) -> bytes:
    return _subset(source, [0x20, 0x41], FIELD_FAMILY)


def _subset(source: bytes, codes: list[int], family: str) -> bytes:
    """Cut a font down to `codes`, without layout tables or hints, under another family name. Same input, same bytes."""
    options = subset.Options(
        layout_features=[],
        hinting=False,
        name_IDs=[1, 2, 3, 4, 6],
        notdef_outline=True,
        recalc_timestamp=False,
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
