"""Tables and notes in a signed document: tagged, headed, linked both ways, legible."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Name

from charter.adapters.pdf import PdfEngine, Rendering
from tests.documents import sample
from tests.documents.sample import paragraph, text
from tests.documents.test_structure import elements

Make = Callable[[str, dict[str, Any]], Rendering]


def row(kind: str, *cells: Any) -> dict[str, Any]:
    return {"type": "table_row", "content": [{"type": kind, "content": [paragraph(cell)]} for cell in cells]}


def note(words: str) -> dict[str, Any]:
    return {"type": "note", "attrs": {"text": words}}


def written() -> dict[str, Any]:
    """The sample charter, its first two articles with a table over a page and notes."""
    document = sample.charter()
    rows = [row("table_cell", f"Partie {number}", "Deux jours par semaine d'une animatrice", "Dès la signature") for number in range(40)]
    table = {"type": "table", "content": [row("table_header", "Qui", "Quoi", "Quand"), *rows]}
    one = [paragraph(text("Chacun apporte ce qu'il a"), note("Délibération du 12 mars 2026."), text(".")), table]
    for article, more in zip(document["articles"], (one, [paragraph(text("Voir"), note("L'annexe."))]), strict=False):
        article["content"] = [*article["content"], *more]
    return document


def test_each_cell_names_its_headers_and_notes_lead_both_ways(engine: PdfEngine, request_for: Make, tmp_path: Path) -> None:
    raw = engine.render(request_for("charter", written()))
    path = tmp_path / "charte.pdf"
    path.write_bytes(raw)
    with pikepdf.open(io.BytesIO(raw)) as document:
        tags = list(elements(document))
        headers = {str(tag.ID) for tag in tags if tag.get("/S") == Name.TH}
        cells = [tag for tag in tags if tag.get("/S") == Name.TD and tag.get("/A") is not None]
        headed = [cell for cell in cells if headers >= {str(one) for one in cell.A.get("/Headers", [""])}]
        # WeasyPrint turns a header's scope into what each cell says of its headers.
        assert len(headed) >= 120
        names = {str(name) for name in document.Root.Names.Dests.Names if isinstance(name, pikepdf.String)}
        assert {"call-1-1", "note-1-1", "call-2-1", "note-2-1"} <= names
    shown = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True).stdout
    assert re.search(r"1\. Délibération du 12 mars 2026\.", shown) and "L’annexe." in shown
    # The headers come again on each page of the table.
    assert len(re.findall(r"Qui +Quoi +Quand", shown)) > 1
