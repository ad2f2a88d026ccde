"""Documents that are kept conform to PDF/A-3a and PDF/UA-1, and still do once signed, archived and archived again: veraPDF says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from charter.adapters import outbox
from charter.adapters.outbox import Outbox
from charter.adapters.pdf import Attachment, PdfEngine, Rendering
from charter.adapters.signer import LocalAuthority, SealingService, SignerIdentity
from charter.config import Smtp
from charter.signing.models import Envelope
from charter.signing.sealer import sealer
from charter.work import Engine
from scripts import system
from tests import installations
from tests.charter.adapters.signer_samples import font
from tests.charter.signing import crowd
from tests.documents import sample, sample_reports
from tests.documents.conftest import page
from tests.documents.test_tables_and_notes import written
from tests.documents.verapdf import Verapdf

pytestmark = pytest.mark.skipif(not system.jaxb(), reason="veraPDF needs JAXB, which only Debian packages")
TEN = 10
WHEN = sample.WHEN + timedelta(days=1)
TEN_YEARS = timedelta(days=3650)
SURNAMES = ("Benali", "Łoś", "Nguyễn", "Œuvrard", "N’Diaye")
Make = Callable[[str, dict[str, Any]], Rendering]


@pytest.fixture(scope="module")
def verapdf() -> Iterator[Verapdf]:
    made = Verapdf()
    yield made
    made.close()


class Judge:
    """Gives files to veraPDF, which looks at them while the next are made; `end` asserts that all conform."""

    def __init__(self, verapdf: Verapdf, folder: Path) -> None:
        self._verapdf, self._folder = verapdf, folder
        self._asked: list[str] = []

    def look(self, name: str, pdf: bytes) -> None:
        """One more file."""
        path = self._folder / f"{name}.pdf"
        path.write_bytes(pdf)
        self._verapdf.ask(path)
        self._asked.append(name)

    def end(self) -> None:
        """Every answer is read before any is judged: the validator serves the next test."""
        answers = {name: self._verapdf.answer() for name in self._asked}
        assert {name: rules for name, rules in answers.items() if rules} == {}


@pytest.fixture
def judge(verapdf: Verapdf, tmp_path: Path) -> Judge:
    """Of this test."""
    return Judge(verapdf, tmp_path)


def test_documents_as_laid_out(engine: PdfEngine, request_for: Make, judge: Judge) -> None:
    judge.look("contract", engine.render(request_for("contract", sample.contract())))
    judge.look("evidence", engine.render(request_for("evidence", sample_reports.evidence())))
    judge.look("review", engine.render(request_for("review", sample_reports.review())))
    attached = Attachment("charte-articles.json", b'{"articles":[]}', "Les articles", "Data", sample.WHEN)
    judge.look("file", engine.render(page("<h1>Charte</h1><p>Texte.</p>", attachments=(attached,))))
    judge.end()


def test_tables_and_notes_signed_in_every_alphabet(
    engine: PdfEngine, request_for: Make, judge: Judge, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A stamp's font is cut to its letters: one person of each, the last with the archive timestamp, then archived twice again."""
    service = SealingService(LocalAuthority.open(tmp_path_factory.mktemp("keys"), WHEN), font())
    blocks = [{**sample.SIGNATURES[number % 3], "field": f"signature-{number}"} for number in range(len(SURNAMES))]
    laid_out = engine.render(request_for("charter", {**written(), "signatures": blocks}))
    judge.look("laid-out", laid_out)
    pdf = service.certify(laid_out, when=WHEN, reason="Certification").pdf
    for number, surname in enumerate(SURNAMES):
        who = SignerIdentity(f"Zoé {surname}", "zoe@exemple.test", "Les Ateliers du Marais", "présidente")
        moment, final = WHEN + timedelta(hours=number), number == len(SURNAMES) - 1
        pdf = service.sign(pdf, field=f"signature-{number}", identity=who, when=moment, reason="Lu et approuvé", final=final).pdf
    judge.look("signed", pdf)
    judge.look("renewed-twice", service.extend(service.extend(pdf, when=WHEN + TEN_YEARS), when=WHEN + 2 * TEN_YEARS))
    judge.end()


@pytest.fixture(scope="module")
def signed_by_ten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, int]]:
    """Charter, contract and evidence of ten, through the services: an installation's engine, the envelope's id."""
    with installations.embedded(tmp_path_factory.mktemp("ten"), Smtp()) as made:
        envelope_id = crowd.envelope(made.engine, TEN)
        crowd.confirmed(made.engine, envelope_id)
        for name in ("signing.seal", "signing.make_evidence"):
            _deliver(made.engine, name)
        yield made.engine, envelope_id


def _deliver(engine: Engine, name: str) -> None:
    with engine.work(write=False) as work:
        due = list(work.session.scalars(select(Outbox.id).where(Outbox.name == name).order_by(Outbox.id)))
    assert due and all(outbox.deliver(engine, one) for one in due)


def test_what_the_service_keeps(signed_by_ten: tuple[Engine, int], judge: Judge) -> None:
    """Both documents at each stage of their life, and the evidence file the service certified and timestamped."""
    engine, envelope_id = signed_by_ten
    with engine.work(write=False) as work:
        envelope, get = work.get(Envelope, envelope_id), work.storage.get
        for document in envelope.documents:
            certified, first, *_, last = document.revisions
            assert len(document.revisions) == 1 + TEN and last.level == "B-LTA"
            for stage, kept in {"certified": certified, "one": first, "ten": last}.items():
                judge.look(f"{document.kind}-{stage}", get(kept.sha256))
            now = engine.clock.now()
            judge.look(f"{document.kind}-renewed", sealer(engine.settings, now).service.extend(get(last.sha256), when=now + TEN_YEARS))
        evidence = get(envelope.evidence_pdf)
        assert b"/DocTimeStamp" in evidence
        judge.look("evidence", evidence)
    judge.end()


def test_verapdf_sees_what_does_not_conform(verapdf: Verapdf, tmp_path: Path, engine: PdfEngine, request_for: Make) -> None:
    path = tmp_path / "spoilt.pdf"
    path.write_bytes(engine.render(request_for("charter", sample.charter())).replace(b'pdfuaid:part="1"', b'pdfuaid:part="7"'))
    assert any(rule.startswith("PDFUA_1") for rule in verapdf.broken(path))
