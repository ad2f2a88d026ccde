"""Secret files, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_new(path: Path, content: bytes) -> bool:
    """Places `content` at `path` (mode 0600) unless a file is there already; says whether it did.

    A hard link is the one atomic « create whole, fail if present »: another process never reads half a key.
    """
    aside = _aside(path, content)
    try:
        os.link(aside, path)
    except FileExistsError:
        return False
    finally:
        aside.unlink()
    return True


def write_over(path: Path, content: bytes) -> None:
    """Replaces `path` by `content` (mode 0600) in one step."""
    aside = _aside(path, content)
    try:
        aside.replace(path)
    except OSError:
        aside.unlink()
        raise


def _aside(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:  # a full disk must not leave half a key behind
        Path(name).unlink()
        raise
    return Path(name)
