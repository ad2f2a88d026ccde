from __future__ import annotations

from collections.abc import Callable, Iterator

import pikepdf
import pytest
from sqlalchemy import inspect

from charter.adapters.pdf import Limits, PdfEngine, Rendering
from charter.adapters.pdf.request import Progress
from charter.alliances import announce
from charter.config import Settings
from charter.contracts import rendering
from charter.contracts.models import Contract
from charter.work import Engine, Work


class PaperEngine:
    """Stands for the PDF engine where the pages themselves do not matter: one blank page a request, and what it was asked.

    `fail` is raised at the next rendering.
    """

    def __init__(self) -> None:
        self.asked: list[Rendering] = []
        self.fail: Exception | None = None

    def render(self, request: Rendering, progress: Progress) -> bytes:
        """A tiny PDF that differs with the request."""
        self.asked.append(request)
        progress("started", 0)
        progress("layout", 1)
        if self.fail:
            raise self.fail
        return _blank_page(request.digest({}))


def _blank_page(digest: str) -> bytes:
    import io

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = digest
        kept = io.BytesIO()
        pdf.save(kept, deterministic_id=True)
    return kept.getvalue()


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> PaperEngine:
    """Documents laid out at once, without WeasyPrint."""
    engine = PaperEngine()
    monkeypatch.setattr(rendering, "pdf_engine", lambda settings: engine)
    return engine


@pytest.fixture(scope="session")
def real_pdf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdfEngine]:
    """The real engine, its process shared by the session's tests."""
    made = PdfEngine(
        fonts_dir=Settings.fonts_dir, documents_dir=rendering.DIRECTORY, cache_dir=tmp_path_factory.mktemp("pdf"), limits=Limits()
    )
    yield made
    made.close()


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch, real_pdf: PdfEngine) -> PdfEngine:
    """Documents laid out for good."""
    monkeypatch.setattr(rendering, "pdf_engine", lambda settings: real_pdf)
    return real_pdf


@pytest.fixture(autouse=True)
def later_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the signature does when a contract is frozen is its own tests' business."""
    monkeypatch.setitem(announce.followers, "signing.open_envelope", lambda work, alliance, event: None)


@pytest.fixture
def reread(engine: Engine) -> Iterator[Callable[[Contract], Contract]]:
    """A function(contract) giving it as the database now has it."""
    opened: list[Work] = []

    def read(contract: Contract) -> Contract:
        opened.append(engine.open(write=False))
        identity = inspect(contract).identity
        assert identity
        return opened[-1].get(Contract, identity[0])

    yield read
    for work in opened:
        work.session.close()
