"""Having a signed file checked, through the API as anybody does, beside pyHanko alone on the same bytes in the same run."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from asn1crypto import x509
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import delete

from bench.report import Row
from charter.adapters.clock import FixedClock
from charter.adapters.db import Base
from charter.adapters.outbox import Outbox
from charter.adapters.signer import Trust, examinations
from charter.app import make_app
from charter.config import Settings
from charter.registry.models import Examination
from charter.rooms import load_models
from charter.signing.sealer import sealer
from charter.work import Engine
from tests.attacks import originals

SIGNATURES = (10, 50)
FIRST, SECOND = 1.2, 0.05
TIMES = "× pyHanko, skip_diff"
MOMENT = originals.NOW + timedelta(hours=2)


@dataclass(frozen=True)
class Round:
    """Seconds each took: pyHanko alone, our first answer, our second."""

    bare: float
    first: float
    second: float


def rows() -> list[Row]:
    """First and second answers about documents with 10 and 50 people's signatures."""
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-verifying-") as folder:
        for count in (2,) if quick else SIGNATURES:
            rounds = _rounds(Path(folder) / str(count), count, 1 if quick else 9)
            bare = median(one.bare for one in rounds)
            found.append(Row(f"first verification, {count} signatures", TIMES, FIRST, median(one.first for one in rounds) / bare))
            found.append(Row(f"second verification, {count} signatures", TIMES, SECOND, median(one.second for one in rounds) / bare))
    examinations.close()
    return found


def _rounds(folder: Path, count: int, times: int) -> list[Round]:
    folder.mkdir(parents=True)
    engine = _engine(folder)
    try:
        seals = sealer(engine.settings, originals.NOW)
        pdf = originals.signed(seals.service, count)[-1]
        client, trust = make_app(engine.settings, engine).test_client(), seals.trust(MOMENT)
        _round(engine, client, pdf, trust)  # what is made once in each process
        return [_round(engine, client, pdf, trust) for _ in range(times)]
    finally:
        engine.close()


def _engine(folder: Path) -> Engine:
    load_models()
    url = f"sqlite:///{folder}/bench.sqlite3"
    engine = Engine(Settings(data_dir=folder, database_url=url, secret_key="x" * 40, testing=True, rate_limits=False), FixedClock(MOMENT))
    Base.metadata.create_all(engine.database.engine)
    return engine


def _round(engine: Engine, client: FlaskClient, pdf: bytes, trust: Trust) -> Round:
    """All three, one after the other, so that they share what else the machine is doing."""
    with engine.work() as work:
        work.session.execute(delete(Examination))
        work.session.execute(delete(Outbox))
    bare = _seconds(lambda: asyncio.run(_alone(pdf, trust)))
    first = _seconds(lambda: _asked(client, pdf))
    return Round(bare, first, _seconds(lambda: _asked(client, pdf)))


def _asked(client: FlaskClient, pdf: bytes) -> None:
    answer = client.post("/api/v1/verifications", data=pdf, content_type="application/pdf")
    if answer.status_code != 200 or (answer.json or {})["verdict"] != "valid":
        raise RuntimeError(answer.text)


async def _alone(pdf: bytes, trust: Trust) -> None:
    """What pyHanko's own documentation does: each signature validated, without looking at what changed between them."""
    reader = PdfFileReader(io.BytesIO(pdf))
    for signature in reader.embedded_regular_signatures:
        status = await async_validate_pdf_signature(signature, _context(trust), skip_diff=True)
        if not (status.intact and status.valid and status.trusted):
            raise RuntimeError(signature.field_name)
    for stamp in reader.embedded_timestamp_signatures:
        if not (await async_validate_pdf_timestamp(stamp, _context(trust), skip_diff=True)).valid:
            raise RuntimeError(stamp.field_name)


def _context(trust: Trust) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(one) for one in trust.roots],
        other_certs=[x509.Certificate.load(one) for one in trust.others],
        moment=MOMENT,
        allow_fetching=False,
    )


def _seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
