"""A file somebody chose, or a text pasted: what it is, by its bytes rather than its name, and what is understood of it."""

from __future__ import annotations

from charter.drafting.files.archive import MAX_FILE, Archive
from charter.drafting.files.docx_in import read_docx
from charter.drafting.files.markdown_in import read_markdown
from charter.drafting.files.odt_in import read_odt
from charter.drafting.files.odt_names import MEDIA
from charter.drafting.files.sections import understand
from charter.drafting.files.understood import Met, Understood, Unreadable

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
_RTF = b"{\\rtf"
_PICTURES = (b"\x89P", b"\xff\xd8", b"GI", b"\x1f\x8b")


def read(data: bytes) -> Understood:
    """The articles of a DOCX, an ODT, Markdown or plain text. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > MAX_FILE:
        raise Unreadable("too_big")
    return understand(_met(data))


def _met(data: bytes) -> Met:
    if data.startswith(_ZIP):
        return _document(Archive(data))
    if data.startswith(_OLE):
        raise Unreadable("old_word")
    if data.startswith(_PDF):
        raise Unreadable("pdf")
    if data.startswith((_RTF, b"PK")) or data[:2] in _PICTURES:
        raise Unreadable("kind")
    return read_markdown(data)


def _document(archive: Archive) -> Met:
    if "word/document.xml" in archive:
        return read_docx(archive)
    if "mimetype" in archive and archive.read("mimetype").strip().startswith(MEDIA.encode()) and "content.xml" in archive:
        return read_odt(archive)
    raise Unreadable("kind")
