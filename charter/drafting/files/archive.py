"""A compressed document from a stranger, read without trusting what it says of itself.

Only the parts asked for are inflated, each up to a limit counted while it inflates; nothing is written to disk; XML that declares a
document type is refused whole, so that no entity (XXE, billion laughs) is ever looked at, and nothing is fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from charter.drafting.files.understood import Unreadable

MAX_FILE = 5 * 1024 * 1024
MAX_ENTRIES = 3000
MAX_INFLATED = 100 * 1024 * 1024
MAX_PART = 24 * 1024 * 1024
MAX_RATIO = 300
MAX_ELEMENTS = 500_000
MAX_DEPTH = 120
_ENCRYPTED = 0x1


class Archive:
    """The parts of a ZIP document. Raises Unreadable: `damaged`, `locked`, `bomb`, `unsafe`, `deep`."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("damaged") from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_INFLATED:
            raise Unreadable("bomb")
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Unreadable("locked")
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) != len(entries):
            # Two parts of one name: programs disagree on which one counts.
            raise Unreadable("damaged")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> Iterator[str]:
        """The names of all parts."""
        return iter(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a part that is there."""
        entry = self._entries[name]
        try:
            with self._zip.open(entry) as part:
                data = part.read(MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise Unreadable("damaged") from error
        if len(data) > MAX_PART or len(data) > MAX_RATIO * max(entry.compress_size, 1024):
            raise Unreadable("bomb")
        return data

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part, None when the archive has no such part."""
        return parse(self.read(name)) if name in self else None


def parse(data: bytes) -> etree._Element:
    """The root of an XML document that declares no type. Raises Unreadable."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("unsafe" if b"<!DOCTYPE" in data[:4096] else "damaged") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("unsafe")
    _measure(root)
    return root


def _measure(root: etree._Element) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise Unreadable("deep" if depth > MAX_DEPTH else "bomb")
