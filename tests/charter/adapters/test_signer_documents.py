"""Our own documents, as rendered, signed: what PDF/A and PDF/UA asked of them still holds, and every check passes."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary

from charter.adapters.pdf import PdfEngine, Rendering
from charter.adapters.signer import LocalAuthority, Sealed, SealingService, SignerIdentity, verify
from tests.charter.adapters.signer_samples import font
from tests.documents import sample
from tests.documents.conftest import engine, environment, request_for

__all__ = ["engine", "environment", "request_for"]

WHEN = sample.WHEN + timedelta(days=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority.open(tmp_path_factory.mktemp("keys"), WHEN)


@pytest.fixture(scope="module")
def rendered(engine: PdfEngine, request_for: Callable[[str, dict[str, Any]], Rendering]) -> bytes:
    return engine.render(request_for("charter", sample.charter()))


@pytest.fixture(scope="module")
def sealed(rendered: bytes, authority: LocalAuthority) -> Sealed:
    service = SealingService(authority, font())
    document = service.certify(rendered, when=WHEN, reason="Certification")
    fields = verify(document.pdf, now=WHEN, full=False).empty_fields
    assert len(fields) == 3
    parties: list[dict[str, Any]] = list(sample.PARTIES)
    for day, (field, party) in enumerate(zip(fields, parties, strict=True)):
        who = SignerIdentity(party["representative"]["name"], "a@example.org", party["name"], party["representative"]["capacity"])
        when = WHEN + timedelta(days=day)
        document = service.sign(document.pdf, field=field, identity=who, when=when, reason="Lu et approuvé", final=day == 2)
    return document


@pytest.mark.parametrize("full", [False, True])
def test_a_signed_charter_is_valid(sealed: Sealed, authority: LocalAuthority, full: bool) -> None:
    later = WHEN + timedelta(days=3 * 365)
    found = verify(sealed.pdf, now=later, trust=authority.trust(later), full=full)
    assert found.valid, found.reasons
    assert found.certified
    assert {check.level for check in found.signatures} == {"B-LTA"}


def test_the_charter_itself_is_untouched(sealed: Sealed, rendered: bytes) -> None:
    assert sealed.pdf.startswith(rendered)
    with pikepdf.open(io.BytesIO(sealed.pdf)) as after, pikepdf.open(io.BytesIO(rendered)) as before:
        assert [page.Contents.read_bytes() for page in after.pages] == [page.Contents.read_bytes() for page in before.pages]
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)


def test_every_widget_is_tagged_or_outside_the_page_and_printable(sealed: Sealed) -> None:
    """PDF/UA-1 (ISO 14289-1, 7.18.4) and PDF/A-3 (ISO 19005-3, 6.3.2)."""
    with pikepdf.open(io.BytesIO(sealed.pdf)) as pdf:
        widgets = [widget for page in pdf.pages for widget in page.get("/Annots", Array()) if widget.Subtype == "/Widget"]
        assert len(widgets) == 5  # the certification, three people, the archive timestamp
        for widget in widgets:
            assert int(widget.F) & 4
            assert not int(widget.F) & (1 | 2 | 32)
            outside = float(widget.Rect[2]) < 0
            assert outside or "/StructParent" in widget
            assert "/TU" in widget or outside
            if not outside:
                assert isinstance(widget.AP.N, pikepdf.Stream)
                assert isinstance(widget.get("/V"), Dictionary)


def test_poppler_agrees_and_the_pages_can_be_drawn(sealed: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "charter.pdf"
    path.write_bytes(sealed.pdf)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid") == 4
    drawn = subprocess.run(["pdftoppm", "-r", "50", "-png", str(path), str(tmp_path / "page")], capture_output=True, text=True, check=True)
    assert drawn.stderr == ""
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r" yes (yes|no ) (yes|no ) +\d+ +\d+$", line) for line in fonts), fonts  # embedded, every one
