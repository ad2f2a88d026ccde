"""Documents that are kept conform to PDF/A-3a and PDF/UA-1, and still do once signed, archived and archived again: veraPDF says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from charter.adapters.pdf import Attachment, PdfEngine, Rendering
from charter.adapters.signer import LocalAuthority, SealingService, SignerIdentity
from scripts import system
from tests.charter.adapters.signer_samples import font
from tests.documents import sample, sample_reports
from tests.documents.conftest import page
from tests.documents.test_tables_and_notes import written
from tests.documents.verapdf import Verapdf

pytestmark = pytest.mark.skipif(not system.jaxb(), reason="veraPDF needs JAXB, which only Debian packages")
TEN = 10
WHEN = sample.WHEN + timedelta(days=1)
Make = Callable[[str, dict[str, Any]], Rendering]
Conforms = Callable[[bytes], None]


@pytest.fixture(scope="module")
def verapdf() -> Iterator[Verapdf]:
    made = Verapdf()
    yield made
    made.close()


@pytest.fixture
def conforms(verapdf: Verapdf, tmp_path: Path) -> Conforms:
    """Asserts that bytes conform to both."""

    def check(pdf: bytes) -> None:
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf)
        assert verapdf.broken(path) == []

    return check


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SealingService:
    return SealingService(LocalAuthority.open(tmp_path_factory.mktemp("keys"), WHEN), font())


def of_ten(document: dict[str, Any]) -> dict[str, Any]:
    """The sample document, to be signed by ten."""
    blocks = [{**sample.SIGNATURES[number % 3], "field": f"signature-{number}"} for number in range(1, TEN + 1)]
    return {**document, "signatures": blocks}


def people() -> list[tuple[str, SignerIdentity]]:
    """Ten fields and who signs there."""
    surnames = ("Benali", "Łoś", "Nguyễn", "Œuvrard", "N’Diaye")
    return [
        (f"signature-{number}", SignerIdentity(f"Zoé {surnames[number % 5]}", "zoe@exemple.test", "Les Ateliers du Marais", "présidente"))
        for number in range(1, TEN + 1)
    ]


DOCUMENTS = {
    "charter": ("charter", sample.charter),
    "a charter with tables and notes": ("charter", written),
    "contract": ("contract", sample.contract),
    "evidence": ("evidence", sample_reports.evidence),
    "review": ("review", sample_reports.review),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_as_laid_out(engine: PdfEngine, request_for: Make, conforms: Conforms, case: str) -> None:
    name, data = DOCUMENTS[case]
    conforms(engine.render(request_for(name, data())))


def test_a_document_that_carries_a_file(engine: PdfEngine, conforms: Conforms) -> None:
    attached = Attachment("charte-articles.json", b'{"articles":[]}', "Les articles", "Data", sample.WHEN)
    conforms(engine.render(page("<h1>Charte</h1><p>Texte.</p>", attachments=(attached,))))


@pytest.mark.parametrize("case", ["charter", "a charter with tables and notes", "contract"])
def test_a_document_through_every_signature(
    engine: PdfEngine, request_for: Make, service: SealingService, conforms: Conforms, case: str
) -> None:
    name, data = DOCUMENTS[case]
    sealed = service.certify(engine.render(request_for(name, of_ten(data()))), when=WHEN, reason="Certification")
    conforms(sealed.pdf)
    for number, (field, who) in enumerate(people(), 1):
        moment = WHEN + timedelta(hours=number)
        sealed = service.sign(sealed.pdf, field=field, identity=who, when=moment, reason="Lu et approuvé", final=number == TEN)
        if number in (1, TEN - 1):
            conforms(sealed.pdf)
    conforms(sealed.pdf)  # ten signatures and the archive timestamp
    later = WHEN + timedelta(days=3650)
    conforms(service.extend(service.extend(sealed.pdf, when=later), when=later + timedelta(days=3650)))


def test_verapdf_sees_what_does_not_conform(verapdf: Verapdf, tmp_path: Path, engine: PdfEngine, request_for: Make) -> None:
    path = tmp_path / "spoilt.pdf"
    path.write_bytes(engine.render(request_for("charter", sample.charter())).replace(b'pdfuaid:part="1"', b'pdfuaid:part="7"'))
    assert any(rule.startswith("PDFUA_1") for rule in verapdf.broken(path))
