"""The real documents: what one reads in them, what a program finds in them, and that hostile words stay words."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
import rfc8785

from charter.adapters.pdf import PdfEngine
from charter.contracts import services
from charter.contracts.models import Contract
from charter.drafting import services as drafting
from charter.work import Work
from tests.charter.contracts import factories

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def words(pdf: bytes, path: Path) -> str:
    """The text as `pdftotext` gives it, spaces made plain."""
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return re.sub(r"\s+", " ", text)


def solid(text: str) -> str:
    """Without any space, for hashes cut over several lines."""
    return re.sub(r"\s", "", text)


@ONE_DATABASE
def test_both_documents_are_made_and_say_what_was_agreed(
    work: Work,
    laid_out: PdfEngine,
    drain: Callable[[], int],
    reread: Callable[[Contract], Contract],
    tmp_path: Path,
    outgoing: list[EmailMessage],
) -> None:
    asked = factories.requested(work, factories.THREE)
    drain()
    contract = reread(asked)
    assert contract.status == "ready", contract.failure
    charter, agreement = (work.storage.get(one.sha256) for one in contract.documents)
    parties = contract.alliance.accepted_parties
    adopted = drafting.adopted(work, asked.alliance)
    text = {"charter": words(charter, tmp_path / "a.pdf"), "contract": words(agreement, tmp_path / "b.pdf")}
    for said in text.values():
        assert all(party.name.replace("’", "'") in said.replace("’", "'") for party in parties)
        assert "PROJET" not in said and "n’engage personne" not in said
        assert contract.journal_hash in solid(said)
        assert f"fait n° {contract.journal_seq}" in said.replace("\u00a0", " ")
    assert all(article.sha256 in solid(text["charter"]) for article in adopted.articles)
    assert adopted.sha256 in solid(text["charter"]) and adopted.sha256 in solid(text["contract"])
    assert "à compléter" not in text["contract"]
    assert "Entrée en vigueur et durée" in text["contract"] and "2026-047" in text["contract"]
    for pdf, document in zip((charter, agreement), contract.documents, strict=True):
        (tmp_path / f"{document.kind}.pdf").write_bytes(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            fields = {str(one.T): str(one.FT) for one in opened.Root.AcroForm.Fields}
            assert fields == {f"sig-{party.ref}": "/Sig" for party in parties}
            assert len(opened.pages) == document.pages


@ONE_DATABASE
def test_the_charter_carries_what_was_consented_to(
    work: Work,
    laid_out: PdfEngine,
    drain: Callable[[], int],
    reread: Callable[[Contract], Contract],
    outgoing: list[EmailMessage],
) -> None:
    asked = factories.requested(work)
    drain()
    pdf = work.storage.get(reread(asked).documents[0].sha256)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        carried = json.loads(opened.attachments["charte-articles.json"].get_file().read_bytes())
    assert carried["articles"]
    for article, adopted in zip(carried["articles"], drafting.adopted(work, asked.alliance).articles, strict=True):
        canonical = rfc8785.dumps({"title": article["title"], "content": article["content"]})
        assert hashlib.sha256(canonical).hexdigest() == article["sha256"] == adopted.sha256


@ONE_DATABASE
@pytest.mark.parametrize("name", ["<script>alert(1)</script> & fils", "{{ 7 * 7 }} {% raw %}", "Très " * 39 + "long"])
def test_hostile_names_stay_words(
    work: Work,
    laid_out: PdfEngine,
    drain: Callable[[], int],
    reread: Callable[[Contract], Contract],
    tmp_path: Path,
    name: str,
    outgoing: list[EmailMessage],
) -> None:
    asked = factories.filled(work)
    asked.alliance.accepted_parties[0].organisation.name = name
    services.request_render(work, asked)
    work.commit()
    drain()
    contract = reread(asked)
    assert contract.status == "ready", contract.failure
    for document in contract.documents:
        assert solid(name) in solid(words(work.storage.get(document.sha256), tmp_path / "c.pdf"))


@ONE_DATABASE
def test_signs_no_font_can_write_are_told_and_can_be_mended(
    work: Work,
    laid_out: PdfEngine,
    drain: Callable[[], int],
    reread: Callable[[Contract], Contract],
    outgoing: list[EmailMessage],
) -> None:
    asked = factories.filled(work)
    services.set_parameters(work, asked, asked.alliance.accepted_parties[0], {"scope_actions": "Des 𒀀 tablettes"})
    services.request_render(work, asked)
    work.commit()
    drain()
    contract = reread(asked)
    assert contract.status == "draft" and contract.failure["reason"] == "characters" and not contract.documents
    assert any("n’a pas pu être mis en page" in mail["Subject"] for mail in outgoing)
