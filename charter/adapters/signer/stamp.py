"""The visible mark of a signature: who, for whom, when, under which certificate. Black on the page's own ground, no transparency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStamp, BaseStampStyle

from charter.adapters.signer.font import StampFont
from charter.adapters.signer.model import EIDAS_SHORT, SignerIdentity
from charter.i18n import format_datetime, gettext, speaking

LARGEST, SMALLEST, STEP = 10.0, 5.0, 0.25
LEADING = 1.25
TITLE_SCALE = 1.2
MARGIN = 4.0
RULE = 1.5


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """What pyHanko draws in the field: the lines of one signature. Made for one and never kept: a reused stamp leaks references."""

    lines: Sequence[str] = ()
    font: bytes = b""

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> BaseStamp:
        """The stamp, sized to the field's box (points)."""
        return _Stamp(writer, self, box)


class _Stamp(BaseStamp):
    style: StampStyle

    def __init__(self, writer: BasePdfFileWriter, style: StampStyle, box: BoxConstraints) -> None:
        super().__init__(writer=writer, style=style, box=box)
        self._font = StampFont(style.font, style.lines)

    def render(self) -> bytes:
        """A rule at the left, then the lines, as large as the box allows."""
        self.set_resource(ResourceType.FONT, pdf_name("/F1"), self._font.embed(self._ensure_writer))
        rule = b"0.35 g 0 0 %g %g re f 0.1 g" % (RULE, self.box.height)
        return b"q %s BT %s ET Q" % (rule, self._text())

    def _text(self) -> bytes:
        left, top = RULE + MARGIN, float(self.box.height)
        size, rows = self._fitted(float(self.box.width) - left - MARGIN, top - 2 * MARGIN)
        y = top - MARGIN - (top - 2 * MARGIN - _height(rows, size)) / 2
        drawn = []
        for scale, text in rows:
            y -= size * scale * LEADING
            baseline = y + size * scale * (LEADING - 1)
            drawn.append(b"/F1 %g Tf 1 0 0 1 %g %g Tm %s Tj" % (size * scale, left, round(baseline, 2), self._font.show(text)))
        return b" ".join(drawn)

    def _fitted(self, width: float, height: float) -> tuple[float, list[tuple[float, str]]]:
        size = LARGEST
        while size > SMALLEST and _height(self._rows(width, size), size) > height:
            size -= STEP
        rows = self._rows(width, size)
        room = len(rows)
        while room > 1 and _height(rows[:room], size) > height:
            room -= 1
        return size, rows[:room] if room == len(rows) else [*rows[: room - 1], (rows[room - 1][0], "…")]

    def _rows(self, width: float, size: float) -> list[tuple[float, str]]:
        """The lines wrapped to `width`; the first, the name, is larger."""
        return [
            (scale, row)
            for position, line in enumerate(self.style.lines)
            for scale in (1.0 if position else TITLE_SCALE,)
            for row in self._wrapped(line, width, size * scale)
        ]

    def _wrapped(self, line: str, width: float, size: float) -> list[str]:
        rows: list[str] = []
        for word in line.split(" "):
            if rows and self._font.width(f"{rows[-1]} {word}", size) <= width:
                rows[-1] += f" {word}"
            else:
                rows.append(word)
        return rows


def _height(rows: Sequence[tuple[float, str]], size: float) -> float:
    return sum(scale for scale, _ in rows) * size * LEADING


def lines(identity: SignerIdentity, when: datetime, zone: ZoneInfo, serial: str) -> tuple[str, ...]:
    """The stamp's lines, in French as the document is: name, capacity and organisation, date with its zone, level and certificate."""
    with speaking("fr"):
        signed = gettext("Signé le %(date)s", date=format_datetime(when, zone))
        level = gettext("%(level)s, certificat %(serial)s de la plateforme", level=gettext(EIDAS_SHORT), serial=short_serial(serial))
    role = ", ".join(part for part in (identity.capacity.strip(), identity.organisation.strip()) if part)
    return tuple(line for line in (identity.name.strip(), role, signed, level) if line)


def short_serial(serial: str) -> str:
    """The first eight digits of a serial number, as people compare them: « 3F2A 91C4 »."""
    return f"{serial[:4]}\N{NO-BREAK SPACE}{serial[4:8]}"
