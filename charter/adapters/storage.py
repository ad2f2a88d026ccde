"""Files the product keeps for ever: signed bytes, renderings, evidence. Content-addressed, so a file never changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class Storage:
    """Bytes under `root`, named by their SHA-256 (hex). In full mode `root` is a volume every process shares."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keeps `data` and returns its SHA-256. Written aside, synced, then renamed: a crash leaves the whole file or none."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes kept under `digest`. Raises FileNotFoundError, or ValueError when the disk gives back other bytes."""
        data = self._path(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"stored file {digest} is damaged")
        return data

    def ping(self) -> None:
        """Writes a byte and takes it away. Raises OSError when the disk is away, full or read-only."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=".ping-") as file:
            file.write(b".")
            file.flush()

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            raise ValueError("not a SHA-256")
        return self.root / digest[:2] / digest
