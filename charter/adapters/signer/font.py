"""A TrueType font cut to the very letters of one stamp and embedded as PDF/A asks (ISO 19005-3, 6.2.11): program, widths, Unicode map."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject, StreamObject, pdf_name, pdf_string
from pyhanko.pdf_utils.writer import BasePdfFileWriter


class StampFont:
    """The letters of `text` out of the TrueType bytes `source`. A letter the font lacks is written without its accents, else as « ? »."""

    def __init__(self, source: bytes, text: Iterable[str]) -> None:
        text = list(text)
        whole = _opened(_common(source) if all(map(_is_common, "".join(text))) else source)
        self._written = _writable(set("".join(text)) | {"?", "…", " "}, set(whole.getBestCmap()))
        self._font = _cut(whole, {ord(letter) for letter in "".join(self._written.values())})
        self._glyphs = {chr(code): self._font.getGlyphID(glyph) for code, glyph in self._font.getBestCmap().items()}
        self._advances: list[int] = [self._font["hmtx"][glyph][0] for glyph in self._font.getGlyphOrder()]
        self._em: int = self._font["head"].unitsPerEm

    def width(self, text: str, size: float) -> float:
        """Width of `text` in points at `size` points."""
        return sum(self._advances[glyph] for glyph in self._codes(text)) * size / self._em

    def show(self, text: str) -> bytes:
        """The operand of a `Tj` operator for `text`."""
        return b"<" + "".join(f"{glyph:04x}" for glyph in self._codes(text)).encode() + b">"

    def embed(self, writer: BasePdfFileWriter) -> IndirectObject:
        """Adds the font to the document and returns its reference."""
        program = io.BytesIO()
        self._font.save(program)
        base = pdf_name("/" + self._postscript_name(program.getvalue()))
        descendant = DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
                pdf_name("/BaseFont"): base,
                pdf_name("/CIDSystemInfo"): DictionaryObject(
                    {
                        pdf_name("/Registry"): pdf_string("Adobe"),
                        pdf_name("/Ordering"): pdf_string("Identity"),
                        pdf_name("/Supplement"): NumberObject(0),
                    }
                ),
                pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
                pdf_name("/DW"): NumberObject(1000),
                pdf_name("/W"): ArrayObject([NumberObject(0), ArrayObject([self._scaled(advance) for advance in self._advances])]),
                pdf_name("/FontDescriptor"): writer.add_object(self._descriptor(writer, base, program.getvalue())),
            }
        )
        return writer.add_object(
            DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Font"),
                    pdf_name("/Subtype"): pdf_name("/Type0"),
                    pdf_name("/BaseFont"): base,
                    pdf_name("/Encoding"): pdf_name("/Identity-H"),
                    pdf_name("/DescendantFonts"): ArrayObject([writer.add_object(descendant)]),
                    pdf_name("/ToUnicode"): writer.add_object(_compressed(self._unicode_map())),
                }
            )
        )

    def _codes(self, text: str) -> list[int]:
        return [self._glyphs[written] for letter in text for written in self._written[letter]]

    def _scaled(self, units: int) -> NumberObject:
        return NumberObject(round(units * 1000 / self._em))

    def _postscript_name(self, program: bytes) -> str:
        # A subset bears six capital letters before its name (ISO 32000-1, 9.6.4); drawn from its bytes, they differ when it does.
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
        name = self._font["name"].getDebugName(6) or "Stamp"
        return f"{tag}+{''.join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == '-'))}"

    def _descriptor(self, writer: BasePdfFileWriter, base: generic.NameObject, program: bytes) -> DictionaryObject:
        head, hhea, os2 = self._font["head"], self._font["hhea"], self._font["OS/2"]
        file = _compressed(program)
        file[pdf_name("/Length1")] = NumberObject(len(program))
        box = [self._scaled(side) for side in (head.xMin, head.yMin, head.xMax, head.yMax)]
        return DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/FontDescriptor"),
                pdf_name("/FontName"): base,
                pdf_name("/Flags"): NumberObject(4),
                pdf_name("/FontBBox"): ArrayObject(box),
                pdf_name("/ItalicAngle"): NumberObject(0),
                pdf_name("/Ascent"): self._scaled(hhea.ascent),
                pdf_name("/Descent"): self._scaled(hhea.descent),
                pdf_name("/CapHeight"): self._scaled(getattr(os2, "sCapHeight", hhea.ascent)),
                pdf_name("/StemV"): NumberObject(80),
                pdf_name("/FontFile2"): writer.add_object(file),
            }
        )

    def _unicode_map(self) -> bytes:
        pairs = sorted((glyph, letter) for letter, glyph in self._glyphs.items())
        lines = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in pairs]
        blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]  # the format takes a hundred a block
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        ).encode("ascii")


def _writable(letters: set[str], known: set[int]) -> dict[str, str]:
    """How each letter is written with the code points the font knows."""

    def written(letter: str) -> str:
        if ord(letter) in known:
            return letter
        bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known and not unicodedata.combining(part))
        return bare or "?"

    return {letter: written(letter) for letter in letters}


def _opened(source: bytes) -> TTFont:
    return TTFont(io.BytesIO(source), lazy=True, recalcTimestamp=False)


def _is_common(letter: str) -> bool:
    """Latin letters, punctuation, currency signs: what nearly every name in Europe is written with."""
    code = ord(letter)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2000 <= code < 0x20D0


@lru_cache(maxsize=2)
def _common(source: bytes) -> bytes:
    """The font cut to common letters once: cutting a stamp's out of it then takes a quarter of the time."""
    whole = _opened(source)
    cut = io.BytesIO()
    _cut(whole, {code for code in whole.getBestCmap() if _is_common(chr(code))}).save(cut)
    return cut.getvalue()


def _cut(font: TTFont, codes: set[int]) -> TTFont:
    options = subset.Options(
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        name_IDs=[6],
        recalc_timestamp=False,
        drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "DSIG", "STAT", "MATH"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    # Saved and read again: the tables then agree with the glyphs left.
    saved = io.BytesIO()
    font.save(saved)
    return TTFont(io.BytesIO(saved.getvalue()), recalcTimestamp=False)


def _compressed(data: bytes) -> StreamObject:
    stream = StreamObject(stream_data=data)
    stream.compress()
    return stream
