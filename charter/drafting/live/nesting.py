"""How deep the values of a Yjs update are nested, read before the library does: it recurses over them, and a hundred thousand nested
lists in 200 kB end the process (stack overflow), which no exception handler sees. An article nests nothing.

Layout: Yjs update format, version 1 (lib0 variable-length numbers; structures client by client, then deletions, which nest nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

MAX_NESTING = 16
HARMLESS = 4096
"""Bytes below which an update cannot nest deep enough to hurt: two bytes a level, and 10,000 levels pass."""


class TooDeep(ValueError):
    """Nested over MAX_NESTING, or nothing an article's editor writes."""


def check(update: bytes) -> None:
    """Raises TooDeep when `update` nests values too deep, or is long and cannot be followed."""
    if len(update) <= HARMLESS:
        return
    try:
        _Reader(update).structures()
    except (IndexError, KeyError) as error:
        raise TooDeep(f"unreadable: {error!r}") from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def structures(self) -> None:
        """Goes over every structure of the update."""
        for _ in range(self._number()):
            count = self._number()
            self._number()  # client
            self._number()  # clock
            for _ in range(count):
                self._structure()

    def _structure(self) -> None:
        info = self._byte()
        if info in (0, 10):  # collected, skipped
            self._number()
            return
        for bit in (0x80, 0x40):  # left and right origins
            if info & bit:
                self._identifier()
        if not info & 0xC0:
            if self._number() == 1:
                self._bytes()
            else:
                self._identifier()
            if info & 0x20:
                self._bytes()
        _CONTENTS[info & 0x1F](self)

    def _byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte

    def _number(self) -> int:
        value = shift = 0
        while (byte := self._byte()) > 127:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise IndexError("no such number")
        return value | byte << shift

    def _identifier(self) -> None:
        self._number()
        self._number()

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            raise IndexError("cut short")

    def _bytes(self) -> None:
        self._skip(self._number())

    def _pair(self) -> None:
        self._bytes()
        self._bytes()

    def _strings(self) -> None:
        for _ in range(self._number()):
            self._bytes()

    def _type(self) -> None:
        kind = self._number()
        if kind in (3, 5):  # elements and hooks bear a name
            self._bytes()
        elif kind > 6:
            raise KeyError(kind)

    def _values(self) -> None:
        for _ in range(self._number()):
            self._value(0)

    def _document(self) -> None:
        self._bytes()
        self._value(0)

    def _value(self, depth: int) -> None:
        if depth > MAX_NESTING:
            raise TooDeep("values nested too deep")
        kind = self._byte()
        if kind in _FIXED:
            self._skip(_FIXED[kind])
        elif kind == 125:  # a signed number ends as the others do
            self._number()
        elif kind in (116, 119):
            self._bytes()
        elif kind == 117:
            for _ in range(self._number()):
                self._value(depth + 1)
        elif kind == 118:
            for _ in range(self._number()):
                self._bytes()
                self._value(depth + 1)
        else:
            raise KeyError(kind)


_FIXED = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}
_CONTENTS: Mapping[int, Callable[[_Reader], object]] = {
    1: _Reader._number,  # deleted
    2: _Reader._strings,
    3: _Reader._bytes,
    4: _Reader._bytes,  # text
    5: _Reader._bytes,
    6: _Reader._pair,  # formatting
    7: _Reader._type,
    8: _Reader._values,  # attributes
    9: _Reader._document,
}
