"""Files the product keeps for ever: signed bytes, renderings, evidence. Content-addressed, so a file never changes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path


class Storage:
    """Bytes under `root`, named by their SHA-256 (hex). In full mode `root` is a volume every process shares."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keeps `data` and returns its SHA-256. Written aside, synced, then renamed: a crash leaves the whole file or none.

        Once this returns the file survives a power failure, as the row that will name it does. A damaged file is replaced.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if self._intact(path, digest):
            return digest
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync(self.root)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
            _sync(path.parent)
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

    @property
    def aside(self) -> Aside:
        """Where files wait that are not to be kept."""
        return Aside(self.root / ".aside")

    @staticmethod
    def _intact(path: Path, digest: str) -> bool:
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() == digest
        except FileNotFoundError:
            return False

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            raise ValueError("not a SHA-256")
        return self.root / digest[:2] / digest


class Aside:
    """Files that wait to be looked at, then go. In the same volume as those kept, so that every process sees them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, digest: str, data: bytes) -> None:
        """Lays `data` there, under its SHA-256. Raises OSError."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self.root, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).replace(self.root / digest)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, digest: str) -> bytes:
        """What waits under `digest`. Raises FileNotFoundError."""
        return (self.root / digest).read_bytes()

    def drop(self, digest: str) -> None:
        """Forgets it."""
        (self.root / digest).unlink(missing_ok=True)

    def waiting(self) -> dict[str, float]:
        """The names of what is there, half-written files included, and for how many seconds each has been."""
        now, found = time.time(), {}
        for path in self.root.iterdir() if self.root.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # another process may have dropped it meanwhile
                found[path.name] = now - path.stat().st_mtime
        return found


def _sync(folder: Path) -> None:
    """Makes the folder's own entries durable: a rename is lost by a power failure until then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
