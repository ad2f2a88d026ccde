"""What a signature costs through our stack (outbox, database, journal, certificate, timestamp, storage) beside pyHanko alone.

Both sign the same two documents turn by turn, signatory by signatory, in one process, so that whatever else runs on the machine weighs on
both. SQLite: the database's work is then counted too. What a process does once in its life (keys read, common letters of the font) is done
before, for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bench.report import Row
from bench.signature.bare import Bare, Loop
from charter.adapters import outbox
from charter.adapters.memory import settle
from charter.adapters.outbox import Outbox
from charter.adapters.signer import SignerIdentity
from charter.adapters.signer.font import StampFont
from charter.config import Smtp
from charter.signing.models import Envelope, Signatory
from charter.signing.sealer import sealer
from charter.work import Engine
from tests import installations
from tests.charter.adapters.signer_samples import font
from tests.charter.signing import crowd
from workflows.signing import EnvelopeStatus

COST, GROWTH, LINEAR = 1.25, 1.1, 1.5
EDGE = 10


@dataclass
class Figures:
    """Processor seconds of each signatory, ours and bare; bytes both files grew by."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    grown: tuple[int, int] = (0, 0)

    def row(self, size: int) -> Row:
        """How much dearer the last signatures of all were than the first; pyHanko's own, which reads every increment before, beside it."""
        unit = f"× first ten (bare pyHanko {_slope(self.bare):.2f})"
        return Row(f"last ten signatures of {size}", unit, LINEAR, _slope(self.ours))


def rows(folder: Path, sizes: tuple[int, ...]) -> list[Row]:
    """Cost and growth over all sizes, then a row of slope for each size."""
    found = {size: _run(folder / str(size), size) for size in sizes}
    ours, bare = (sum(sum(getattr(one, name)) for one in found.values()) for name in ("ours", "bare"))
    grown, limit = (sum(one.grown[side] for one in found.values()) for side in (0, 1))
    made = [
        Row("processor of one signature in two documents, all included", "× bare pyHanko", COST, ours / bare),
        Row("growth of the files", "× bare pyHanko", GROWTH, grown / limit),
    ]
    return made + [one.row(size) for size, one in found.items()]


def _slope(seconds: list[float]) -> float:
    """What the last ten cost over the first ten; the first (certification) and the last (archive) of all are neither."""
    inner = seconds[1:-1]
    edge = min(EDGE, len(inner) // 2) or 1
    return sum(inner[-edge:]) / sum(inner[:edge])


def _run(folder: Path, size: int) -> Figures:
    print(f"    {size} signatories, ours and pyHanko turn by turn", flush=True)
    with installations.embedded(folder, Smtp()) as made:
        engine = made.engine
        envelope_id = crowd.envelope(engine, size)
        crowd.confirmed(engine, envelope_id)
        return _turns(engine, envelope_id, folder)


def _turns(engine: Engine, envelope_id: int, folder: Path) -> Figures:
    found, rows = Figures(), _seals(engine)
    before = _files(engine, envelope_id)
    sealer(engine.settings, engine.clock.now())
    StampFont(font(), ["a"])
    settle()  # as each of our processes does once it is ready
    loop = Loop(Bare(folder / "bare", font(), engine.clock.now()), before)
    for number, (row, place, identity) in enumerate(rows, 1):
        ours = partial(outbox.deliver, engine, row)
        bare = partial(loop.sign, place, identity, final=number == len(rows))
        turns: list[tuple[list[float], Callable[[], object]]] = [(found.ours, ours), (found.bare, bare)]
        for seconds, act in turns if number % 2 else reversed(turns):
            seconds.append(_processor(act))
    after = _files(engine, envelope_id)
    found.grown = sum(map(len, after)) - sum(map(len, before)), sum(map(len, loop.documents)) - sum(map(len, before))
    with engine.work(write=False) as work:
        assert work.get(Envelope, envelope_id).status == EnvelopeStatus.completed
    return found


def _processor(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _seals(engine: Engine) -> list[tuple[int, str, SignerIdentity]]:
    """The seals due: outbox row, field, who."""
    with engine.work(write=False) as work:
        due = work.session.scalars(select(Outbox).where(Outbox.name == "signing.seal").order_by(Outbox.id)).all()
        people = [(row.id, work.get(Signatory, int(row.payload["signatory_id"]))) for row in due]
        return [(row, one.field, SignerIdentity(one.name, one.email, one.organisation, one.title)) for row, one in people]


def _files(engine: Engine, envelope_id: int) -> list[bytes]:
    with engine.work(write=False) as work:
        return [work.storage.get(one.current_sha256) for one in work.get(Envelope, envelope_id).documents]
