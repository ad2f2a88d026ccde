"""The engine's promises: same request, same bytes; nothing read from outside; hostile input refused in bounded time; all or nothing."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from charter.adapters.pdf import Attachment, Limits, PdfEngine, RenderFailed, Rendering, RenderTooBig, SignatureField
from tests.documents import sample
from tests.documents.conftest import DOCUMENTS, FONTS, page

Make = Callable[[str, dict[str, Any]], Rendering]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., PdfEngine]]:
    made: list[PdfEngine] = []

    def make(name: str = "a", **limits: Any) -> PdfEngine:
        made.append(PdfEngine(fonts_dir=FONTS, documents_dir=DOCUMENTS, cache_dir=tmp_path / name, limits=Limits(**limits)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*") if path.is_file() and "fonts" not in path.parts)


def test_the_same_request_gives_the_same_bytes_in_another_process(fresh: Callable[..., PdfEngine], request_for: Make) -> None:
    request = replace(request_for("charter", sample.charter()), attachments=(Attachment("journal.jsonl", b"{}"),))
    assert fresh("a").render(request) == fresh("b").render(request)


def test_a_kept_result_is_served_without_laying_out_again(fresh: Callable[..., PdfEngine]) -> None:
    stages: list[str] = []
    engine = fresh()
    first = engine.render(page("<p>Bonjour</p>"), lambda stage, _page: stages.append(stage))
    assert stages[0] == "started"
    assert {"layout", "drawing", "finishing"} <= set(stages)
    stages.clear()
    assert engine.render(page("<p>Bonjour</p>"), lambda stage, _page: stages.append(stage)) == first
    assert stages == []


def test_any_input_changes_the_key() -> None:
    base = page("<p>Bonjour</p>", attachments=(Attachment("a", b"1"),))
    variants = [
        replace(base, html=base.html + " "),
        replace(base, title="Autre"),
        replace(base, lang="en"),
        replace(base, author="x"),
        replace(base, created=base.created.replace(day=4)),
        replace(base, attachments=(Attachment("a", b"2"),)),
        replace(base, signature_fields=(SignatureField("s", "t"),)),
    ]
    keys = {request.digest({"css": "a"}) for request in [base, *variants]} | {base.digest({"css": "b"})}
    assert len(keys) == len(variants) + 2


def test_a_damaged_result_is_made_again(fresh: Callable[..., PdfEngine], tmp_path: Path) -> None:
    engine = fresh()
    pdf = engine.render(page("<p>Bonjour</p>"))
    kept = next((tmp_path / "a" / "results").rglob("*.pdf"))
    kept.write_bytes(kept.read_bytes()[:-20])
    assert engine.render(page("<p>Bonjour</p>")) == pdf


def test_pruning_removes_what_nobody_reads(fresh: Callable[..., PdfEngine], tmp_path: Path) -> None:
    engine = fresh()
    engine.render(page("<p>Ancien</p>"))
    old = next((tmp_path / "a" / "results").rglob("*.pdf"))
    os.utime(old, (0, 0))
    engine.render(page("<p>Récent</p>"))
    assert engine.cache.prune(30) == 1
    assert not old.exists()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server on the loopback that writes down whoever comes."""
    visits: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                visits.append(connection.recv(200))

    threading.Thread(target=serve, daemon=True).start()
    yield f"127.0.0.1:{server.getsockname()[1]}", visits
    server.shutdown(socket.SHUT_RDWR)
    server.close()


REACHES = {
    "img": '<img src="{url}/a.png" alt="a">',
    "css url": '<p style="background: url({url}/b.png)">b</p>',
    "css import": "<style>@import url({url}/c.css);</style><p>c</p>",
    "font": "<style>@font-face {{ font-family: x; src: url({url}/d.ttf) }}</style><p style='font-family: x'>d</p>",
    "link": '<link rel="stylesheet" href="{url}/e.css"><p>e</p>',
    "svg href": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>f</title>'
    '<image href="{url}/f.png" width="9" height="9"/></svg>',
    "svg in data": '<img alt="g" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22%3E'
    '%3Cimage href=%22{url}/g.png%22 width=%229%22 height=%229%22/%3E%3C/svg%3E">',
    "object": '<object data="{url}/h.png">h</object>',
    "attachment link": '<a rel="attachment" href="{url}/j.txt">j</a>',
    "base": '<base href="{url}/"><img src="k.png" alt="k">',
}


@pytest.mark.parametrize("way", REACHES)
def test_nothing_is_read_over_http(engine: PdfEngine, listener: tuple[str, list[bytes]], way: str) -> None:
    address, visits = listener
    with pytest.raises(RenderFailed) as failure:
        engine.render(page(REACHES[way].format(url=f"http://{address}")))
    assert failure.value.reason == "resource"
    assert visits == []


@pytest.mark.parametrize("way", REACHES)
def test_no_file_of_the_server_is_read(engine: PdfEngine, tmp_path: Path, way: str) -> None:
    for letter, suffix in zip("abcdefghjk", ("png", "png", "css", "ttf", "css", "png", "png", "png", "txt", "png"), strict=True):
        (tmp_path / f"{letter}.{suffix}").write_text("secret")
    with pytest.raises(RenderFailed) as failure:
        engine.render(page(REACHES[way].format(url=tmp_path.as_uri())))
    assert failure.value.reason == "resource"


def test_a_file_the_html_would_attach_is_not_even_read(engine: PdfEngine, tmp_path: Path) -> None:
    (tmp_path / "i.txt").write_text("secret")
    pdf = engine.render(page(f'<link rel="attachment" href="{(tmp_path / "i.txt").as_uri()}"><p>i</p>'))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.attachments) == 0


def test_our_own_figures_are_read(engine: PdfEngine) -> None:
    assert engine.render(page('<img src="asset:alliance.svg" alt="Trois cercles">')).startswith(b"%PDF")
    with pytest.raises(RenderFailed):
        engine.render(page('<img src="asset:../documents.css" alt="x">'))


BOMBS = {
    "depth": "<div>" * 101 + "x" + "</div>" * 101,
    "table_depth": "<table><tr><td>" * 9 + "x" + "</table>" * 9,
    "list_depth": "<ul><li>" * 25 + "x" + "</ul>" * 25,
    "span": '<table><tr><td colspan="1000000">x</td></tr></table>',
    "rows": "<table>" + "<tr><td>x</td></tr>" * 6001 + "</table>",
    "images": '<img src="data:," alt="x">' * 201,
    "elements": "<b></b>" * 80_001,
    "html_bytes": "x" * 6_000_001,
}


@pytest.mark.parametrize("what", BOMBS)
def test_what_is_too_big_is_refused_at_once_and_says_the_limit(engine: PdfEngine, what: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(RenderTooBig) as refusal:
        engine.render(page(BOMBS[what]))
    assert time.perf_counter() - begun < 20
    assert (refusal.value.what, refusal.value.limit) == (what, getattr(Limits(), what))
    assert refusal.value.params == {"limit": refusal.value.limit}
    assert "%(limit)s" in refusal.value.message


def test_an_image_larger_than_memory_allows_is_refused(engine: PdfEngine) -> None:
    import base64
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 12_000, 12_000, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1501 * 12_000)) + chunk(b"IEND", b"")
    with pytest.raises(RenderTooBig) as refusal:
        engine.render(page(f'<img alt="x" src="data:image/png;base64,{base64.b64encode(png).decode()}">'))
    assert refusal.value.what == "image_pixels"


def test_too_many_pages_are_refused(fresh: Callable[..., PdfEngine]) -> None:
    with pytest.raises(RenderTooBig) as refusal:
        fresh(pages=3).render(page('<p style="break-after: page">x</p>' * 6))
    assert refusal.value.what == "pages"


SLOW = "<style>body { columns: 3 }</style>" + "<p>long texte à couper en fin de ligne</p>" * 8000


@pytest.mark.parametrize("limits", [{"wall_seconds": 1.0}, {"cpu_seconds": 1}])
def test_an_endless_layout_is_stopped_and_leaves_nothing(fresh: Callable[..., PdfEngine], tmp_path: Path, limits: dict[str, Any]) -> None:
    engine = fresh(**limits)
    begun = time.perf_counter()
    with pytest.raises(RenderFailed) as failure:
        engine.render(page(SLOW))
    assert failure.value.reason == "timeout"
    assert time.perf_counter() - begun < 15
    assert files(tmp_path / "a") == []
    assert engine.render(page("<p>Et la suite va bien</p>")).startswith(b"%PDF")


def test_a_layout_that_eats_memory_is_stopped(fresh: Callable[..., PdfEngine], tmp_path: Path) -> None:
    engine = fresh(memory_bytes=300_000_000)
    with pytest.raises(RenderFailed) as failure:
        engine.render(page("<p>x</p>" * 70_000))
    assert failure.value.reason in ("memory", "killed")
    assert files(tmp_path / "a") == []


def test_killing_the_whole_engine_fails_that_document_only(fresh: Callable[..., PdfEngine], tmp_path: Path) -> None:
    engine = fresh()
    engine.render(page("<p>Premier</p>"))
    kept = files(tmp_path / "a")

    def kill(stage: str, _page: int) -> None:
        if stage == "layout" and engine._forge is not None:
            os.kill(engine._forge.pid, signal.SIGKILL)

    with pytest.raises(RenderFailed) as failure:
        engine.render(page(SLOW), kill)
    assert failure.value.reason == "killed"
    assert files(tmp_path / "a") == kept
    assert engine.render(page("<p>Second</p>")).startswith(b"%PDF")


def test_a_letter_our_fonts_lack_fails_and_is_named(engine: PdfEngine) -> None:
    with pytest.raises(RenderFailed) as failure:
        engine.render(page("<p>Łódź, œuvre, naïf ; mais 漢</p>"))
    assert failure.value.reason == "characters"
    assert failure.value.params == {"characters": "漢 (U+6F22)"}


def test_a_non_breaking_hyphen_is_written(engine: PdfEngine) -> None:
    assert engine.render(page("<p>Saint\u2011Nazaire</p>")).startswith(b"%PDF")


def test_missing_fonts_are_a_clear_error(tmp_path: Path) -> None:
    engine = PdfEngine(fonts_dir=tmp_path, documents_dir=DOCUMENTS, cache_dir=tmp_path / "cache")
    with pytest.raises(RenderFailed, match=r"SourceSerif4_400Regular\.ttf.*not found under") as failure:
        engine.render(page("<p>x</p>"))
    assert failure.value.reason == "fonts"


def test_fields_drawn_must_be_those_asked_for(engine: PdfEngine) -> None:
    with pytest.raises(RenderFailed) as failure:
        engine.render(page('<input type="text" name="intrus" title="Intrus">'))
    assert failure.value.reason == "fields"


def test_a_forked_process_starts_its_own_engine(fresh: Callable[..., PdfEngine]) -> None:
    engine = fresh()
    engine.render(page("<p>Parent</p>"))
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if engine.render(page("<p>Enfant</p>")).startswith(b"%PDF") else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert engine.render(page("<p>Parent encore</p>")).startswith(b"%PDF")


def test_a_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Rendering(html="", title="", created=sample.WHEN.replace(tzinfo=None))
