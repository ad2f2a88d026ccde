"""The secret of an installation that was given none: made once, read by everybody after."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret kept at `path` (mode 0600), made if there is none. Two processes starting together read the same, and never half of it."""
    if not path.exists():
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            os.link(name, path)
        except FileExistsError:
            pass  # another process was quicker: its secret is the one
        finally:
            Path(name).unlink()
    return path.read_text().strip()
