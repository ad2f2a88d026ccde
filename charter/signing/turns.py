"""One at a time: two seals of one envelope queue, whatever processes and machines they run on, without holding any row while they sign."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from charter.work import Engine

SEALING = 0x5EA1
"""First half of the PostgreSQL advisory lock's key; the second is the envelope's id."""


@contextmanager
def turn(engine: Engine, envelope_id: int) -> Iterator[None]:
    """Waits for this envelope's turn and keeps it during the block.

    PostgreSQL: an advisory lock, freed when its transaction or its connection ends. SQLite, whose processes share one disk: a locked file,
    freed when its process ends. Were a lock lost, the seal is still written only over the revision it was made from.
    """
    if engine.database.engine.dialect.name == "postgresql":
        with engine.database.session(write=False) as session:
            session.execute(select(func.pg_advisory_xact_lock(SEALING, envelope_id)))
            yield
    else:
        with _file(engine.settings.data_dir / "locks" / f"envelope-{envelope_id}").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
