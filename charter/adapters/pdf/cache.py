"""Finished PDFs kept by the hash of what they were made from.

A file is the SHA-256 of the PDF (64 hexadecimal signs and a line feed), then the PDF: a damaged file is found and
made again rather than signed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path

_HEAD = 65


class PdfCache:
    """A directory of results; safe with several processes, since a file only ever appears whole."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, digest: str) -> bytes | None:
        """The PDF made from these inputs, or None (never made, pruned or damaged)."""
        path = self._path(digest)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        pdf = content[_HEAD:]
        if content[:_HEAD] != _head(pdf):
            path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(FileNotFoundError):  # pruned meanwhile: we have read it
            os.utime(path)
        return pdf

    def put(self, digest: str, pdf: bytes) -> None:
        """Keep a result: written beside, synchronised, then moved in place."""
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _head(pdf) + pdf)

    def prune(self, older_than_days: float) -> int:
        """Remove what nobody read for so many days (and leftovers of crashes); returns how many. What is removed can be made again."""
        limit = time.time() - older_than_days * 86_400
        old = [path for path in self._directory.glob("*/*") if path.is_file() and path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / f"{digest}.pdf"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or nothing, even through a crash."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _head(pdf: bytes) -> bytes:
    return hashlib.sha256(pdf).hexdigest().encode() + b"\n"
