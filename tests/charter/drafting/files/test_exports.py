"""Exporting the charter: its states, its names, the PDF laid out by the worker."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

from charter.adapters.pdf import PdfEngine, RenderFailed, Rendering
from charter.adapters.pdf.process import DIRECTORY
from charter.alliances.models import Alliance
from charter.config import Settings
from charter.drafting import filing, services
from charter.drafting.files import pdf
from charter.drafting.files.charter import file_name
from charter.drafting.files.reading import read
from charter.drafting.models import Export
from charter.errors import NotFound
from charter.work import Work
from tests import factories
from tests.charter.drafting import factories as made
from tests.charter.drafting.files.documents import EVERYTHING, charter
from workflows.drafting import ConsentKind

Drain = Callable[[], None]


class Paper:
    """Stands for the PDF engine where the pages themselves do not matter."""

    def __init__(self) -> None:
        self.asked: list[Rendering] = []
        self.fail: Exception | None = None

    def render(self, request: Rendering, progress: Callable[[str, int], None]) -> bytes:
        self.asked.append(request)
        progress("layout", 3)
        if self.fail:
            raise self.fail
        return b"%PDF-paper"


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    engine = Paper()
    monkeypatch.setattr(filing, "pdf_engine", lambda settings: engine)
    return engine


@pytest.mark.parametrize("extension", ["docx", "odt", "md"])
def test_a_draft_is_written_at_once_and_reads_as_the_charter(work: Work, extension: str) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    name, content = services.export(work, text, extension)
    assert name.endswith(f"-projet-{work.now().date().isoformat()}.{extension}")
    assert name.startswith("charte-")
    found = read(content)
    assert [one.title for one in found.articles] == [one.title for one in text.present_articles]
    assert services.import_changes(work, text, found) == services.import_changes(work, text, found)
    assert {one.kind for one in services.import_changes(work, text, found)} == {"same"}


def test_an_adopted_charter_keeps_its_reservations_and_is_no_draft(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    made.consents(work, text, ConsentKind.reservation, "Sous réserve du budget.")
    services.adopt(work, text)
    exported = services.exported(work, text)
    assert not exported.draft
    assert "adoptée le" in exported.state
    assert "(heure de Paris)" in exported.state
    assert exported.articles[0].reservations[0] == (alliance.parties[0].name, "Sous réserve du budget.")
    assert exported.sha256 == services.adopted(work, alliance).sha256
    name, content = services.export(work, text, "md")
    assert "-v1-adoptee-" in name
    assert b"PROJET" not in content
    assert "Sous réserve du budget.".encode() in content


def test_a_version_kept_is_exported_as_it_was(work: Work) -> None:
    alliance = made.drafting(work)
    text = made.charter(work, alliance)
    version = services.name_version(work, text, "Avant l’été")
    made.rewrite(work, text.present_articles[0], "Des mots tout neufs.")
    assert b"Des mots tout neufs" in services.export(work, text, "md")[1]
    before = services.exported(work, text, version)
    assert "« Avant l’été »" in before.state
    assert b"Des mots tout neufs" not in services.export(work, text, "md", version)[1]


def test_another_format_is_not_there(work: Work) -> None:
    with pytest.raises(NotFound):
        services.export(work, made.charter(work, made.drafting(work)), "exe")


@pytest.mark.parametrize(
    ("alliance", "slug"),
    [
        ("Les jardins d’Évreux & Cie", "les-jardins-d-evreux-cie"),
        ("../../etc/passwd", "etc-passwd"),
        ("Cœur — 100 %", "coeur-100"),
        ("日本", ""),
        ("a" * 200, "a" * 60),
    ],
)
def test_names_are_clean(alliance: str, slug: str) -> None:
    charter: Any = SimpleNamespace(alliance=alliance, draft=True, version=1)
    assert file_name(charter, "2026-11-22", "docx") == "-".join(part for part in ("charte", slug, "projet-2026-11-22.docx") if part)


def asked(work: Work) -> Export:
    alliance = made.drafting(work)
    export = services.request_pdf(work, made.charter(work, alliance), factories.speaker(alliance.parties[0]))
    work.commit()
    return export


def waiting(export: Export) -> bool:
    """Read anew."""
    return export.waiting


def test_a_pdf_is_laid_out_by_the_worker_and_tells_how_far_it_is(work: Work, paper: Paper, drain: Drain) -> None:
    export = asked(work)
    assert waiting(export)
    drain()
    work.session.expire_all()
    assert not waiting(export)
    assert (export.pdf, export.size, export.stage, export.page) == (b"%PDF-paper", 10, "layout", 3)
    assert export.name.endswith(".pdf")
    assert "PROJET" not in paper.asked[0].title
    drain()
    assert len(paper.asked) == 1


def test_asking_twice_waits_once(work: Work, paper: Paper, drain: Drain) -> None:
    export = asked(work)
    text = export.text
    person = factories.speaker(work.get(Alliance, text.alliance_id).parties[0])
    assert services.request_pdf(work, text, person) is export
    work.commit()
    drain()
    work.session.expire_all()
    assert services.request_pdf(work, text, person) is not export


def test_a_pdf_that_cannot_be_made_says_why(work: Work, paper: Paper, drain: Drain) -> None:
    export = asked(work)
    paper.fail = RenderFailed("characters", "no glyph", characters="☃")
    drain()
    work.session.expire_all()
    assert not export.waiting
    assert export.failure["reason"] == "characters"
    assert export.pdf is None


def test_files_are_forgotten_after_a_week(work: Work, paper: Paper, clock: Any) -> None:
    export = asked(work)
    ref, text = export.ref, export.text
    alliance = work.get(Alliance, text.alliance_id)
    services.forget_exports(work)
    assert services.export_of(work, alliance, ref) is export
    clock.advance(timedelta(days=8))
    services.forget_exports(work)
    work.session.expire_all()
    with pytest.raises(NotFound):
        services.export_of(work, alliance, ref)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdfEngine]:
    engine = PdfEngine(fonts_dir=Settings.fonts_dir, documents_dir=DIRECTORY, cache_dir=tmp_path_factory.mktemp("pdf"))
    yield engine
    engine.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pdf_of_a_draft_says_so_on_each_page_outside_the_reading_order(
    work: Work, drain: Drain, monkeypatch: pytest.MonkeyPatch, real: PdfEngine
) -> None:
    monkeypatch.setattr(filing, "pdf_engine", lambda settings: real)
    export = asked(work)
    drain()
    work.session.expire_all()
    assert export.pdf is not None
    with pikepdf.open(io.BytesIO(export.pdf)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
        assert "charte-articles.json" in document.attachments
        for page in document.pages:
            assert _watermark_is_artifact(page)


def test_a_list_is_numbered_in_the_pdf_as_it_is_on_screen(real: PdfEngine, tmp_path: Path) -> None:
    data = pdf.document(charter(("Notre but", EVERYTHING)), [{"name": "A", "kind": "commune", "identity": "", "initials": "A"}], "")
    file = tmp_path / "liste.pdf"
    file.write_bytes(real.render(pdf.request(data)))
    words = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"4\.\s+quatre", words), words


def _watermark_is_artifact(page: pikepdf.Page) -> bool:
    """The first thing drawn is the watermark, between /Artifact BMC and EMC; no marked content bears its letters."""
    operators: Any = pikepdf.parse_content_stream(page)
    marked: list[str] = []
    drawn: list[tuple[str, list[str]]] = []
    for operands, operator in operators:
        if str(operator) in ("BMC", "BDC"):
            marked.append(str(operands[0]))
        elif str(operator) == "EMC":
            marked.pop()
        elif str(operator) == "Do":
            drawn.append((str(operands[0]), list(marked)))
    return bool(drawn) and drawn[0][1] == ["/Artifact"]
