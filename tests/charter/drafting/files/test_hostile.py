"""Files made to hurt: each is refused with its reason, or read without doing what it asks."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import pytest

from charter.drafting.files import child
from charter.drafting.files.archive import MAX_FILE
from charter.drafting.files.child import read_apart
from charter.drafting.files.docx_names import W
from charter.drafting.files.docx_out import to_docx
from charter.drafting.files.odt_out import to_odt
from charter.drafting.files.reading import read
from charter.drafting.files.understood import REASONS, Unreadable
from tests.charter.drafting.files.documents import EVERYTHING, charter

DOCX = to_docx(charter(("Un", EVERYTHING), ("Deux", EVERYTHING)))
ODT = to_odt(charter(("Un", EVERYTHING), ("Deux", EVERYTHING)))
SECRET = "root:x:0:0"


def rewritten(data: bytes, changes: Mapping[str, str | bytes]) -> bytes:
    """The same archive with parts replaced or added."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name not in changes:
                made.writestr(name, source.read(name))
        for name, content in changes.items():
            made.writestr(name, content)
    return output.getvalue()


def document(body: str, prolog: str = "") -> str:
    return f'<?xml version="1.0"?>{prolog}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data)
    assert caught.value.reason in REASONS
    return caught.value.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n\t ", "empty"),
        (b"x" * (MAX_FILE + 1), "too_big"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_word"),
        (b"{\\rtf1 hello}", "kind"),
        (b"\x89PNG\r\n\x1a\n", "kind"),
        (b"a\0b", "kind"),
        (b"\xff\xfe\x00\xd8 ", "encoding"),
        ("été".encode("latin-1"), "encoding"),
        (b"PK\x03\x04 not an archive", "damaged"),
        (b"---\ntitle: x\n---\n", "no_words"),
        (b"a" * 400_001, "too_long"),
        (b"".join(b"## Article %d\n\nMots.\n\n" % n for n in range(1, 202)), "too_many"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, reason: str) -> None:
    assert refused(data) == reason


@pytest.mark.parametrize("data", [DOCX, ODT], ids=["docx", "odt"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_damaged(data: bytes, share: float) -> None:
    assert refused(data[: int(len(data) * share)]) == "damaged"


def test_other_archives_are_of_another_kind() -> None:
    assert refused(rewritten(ODT, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})) == "kind"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr("hello.txt", "hello")
    assert refused(output.getvalue()) == "kind"


def test_a_zip_bomb_is_not_inflated() -> None:
    assert refused(rewritten(DOCX, {"word/document.xml": document("<w:p/>" * 4_000_000)})) == "bomb"
    assert refused(rewritten(ODT, {"content.xml": b" " * 60_000_000, "styles.xml": b" " * 60_000_000})) == "bomb"
    assert refused(rewritten(DOCX, {f"word/{n}.xml": "" for n in range(3001)})) == "bomb"


def test_a_part_that_lies_about_its_size_is_cut() -> None:
    data = bytearray(rewritten(DOCX, {"word/document.xml": document("<w:p/>" * 200_000)}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lied = bytes(data).replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert refused(lied) in ("damaged", "bomb")


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x "&b;&b;&b;">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY x "y">]>',
    ],
)
def test_entities_are_never_looked_at(prolog: str) -> None:
    body = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    assert refused(rewritten(DOCX, {"word/document.xml": document(body, prolog)})) == "unsafe"
    utf16 = document(body, prolog).replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16")
    assert refused(rewritten(DOCX, {"word/document.xml": utf16})) == "unsafe"


def test_deep_nesting_is_refused() -> None:
    deep = "<w:sdt><w:sdtContent>" * 100 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 100
    assert refused(rewritten(DOCX, {"word/document.xml": document(deep)})) == "deep"
    deeper = "<w:sdt>" * 5000 + "</w:sdt>" * 5000
    assert refused(rewritten(DOCX, {"word/document.xml": document(deeper)})) in ("deep", "damaged")
    assert refused(("> " * 5000 + "mots").encode()) == "deep"
    assert refused(("- " * 5000 + "mots").encode()) == "deep"


def test_deep_lists_are_made_shallow() -> None:
    nested = "\n".join("  " * level + f"- niveau {level}" for level in range(18))
    found = read(nested.encode()).articles[0]
    assert "niveau 17" in str(found.nodes)


def test_repeated_cells_do_not_fill_the_memory() -> None:
    with zipfile.ZipFile(io.BytesIO(ODT)) as archive:
        content = archive.read("content.xml").decode()
    bomb = content.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="99999999" ', 1)
    bomb = bomb.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="99999999">', 1)
    found = read(rewritten(ODT, {"content.xml": bomb}))
    assert len(str(found.articles)) < 2_000_000


def test_a_note_that_speaks_of_itself_ends() -> None:
    note = '<w:p><w:r><w:t>moi</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{note}</w:footnote></w:footnotes>'
    found = read(rewritten(DOCX, {"word/footnotes.xml": notes}))
    assert "moi" in str(found.articles[0].nodes)


def test_macros_are_counted_and_nothing_else() -> None:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    docm = rewritten(DOCX, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 Shell()", "[Content_Types].xml": types})
    found = read(docm)
    assert found.left_out["macros"] == 1
    assert [one.title for one in found.articles] == ["Un", "Deux"]


def test_links_elsewhere_lose_their_target_and_keep_their_words() -> None:
    with zipfile.ZipFile(io.BytesIO(DOCX)) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    for target in ("javascript:alert(1)", "file:///etc/passwd", r"\\serveur\partage", "#signet"):
        changed = links.replace("https://exemple.test/a?b=1&amp;c=(2)", target)
        assert changed != links
        found = read(rewritten(DOCX, {"word/_rels/document.xml.rels": changed}))
        assert "lien" in str(found.articles[0].nodes)
        assert target not in str(found.articles)
        assert found.left_out["links"] >= 1


def test_an_encrypted_archive_asks_for_a_copy_without_a_password() -> None:
    data = bytearray(DOCX)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused(bytes(data)) == "locked"


def test_the_reading_process_answers_and_refuses_alike() -> None:
    assert read_apart(DOCX) == read(DOCX)
    with pytest.raises(Unreadable, match="damaged"):
        read_apart(DOCX[:500])


def test_a_reading_that_has_no_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WALL_SECONDS", 0.001)
    with pytest.raises(Unreadable, match="slow"):
        read_apart(DOCX)
