"""The level of a sealed file is read in the file itself: what looks like a timestamp or an archive is not taken for one."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from charter.adapters.signer import LocalAuthority, SealingService, Verdict, levels, verify
from charter.adapters.signer.levels import LevelTooLow
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font, with_page


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    service = SealingService(LocalAuthority.open(tmp_path_factory.mktemp("data") / "keys", NOW), font())
    return service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf


def test_an_archive_timestamp_covers_the_whole_file(archived: bytes) -> None:
    assert levels.proven(archived, "a", final=True, outside=False)[1] == "B-LTA"
    with pytest.raises(LevelTooLow, match="archive"):
        levels.require_archive(with_page(archived))


def test_a_token_over_another_signature_is_no_timestamp(archived: bytes) -> None:
    (found,) = PdfFileReader(io.BytesIO(archived)).embedded_regular_signatures
    value: bytes = found.signer_info["signature"].native
    other = value[:-1] + bytes([value[-1] ^ 1])
    assert archived.count(value.hex().upper().encode()) == 1
    with pytest.raises(LevelTooLow, match="no timestamp"):
        levels.proven(archived.replace(value.hex().upper().encode(), other.hex().upper().encode()), "a", final=True, outside=False)


def test_an_archive_timestamp_of_a_stranger_proves_nothing(tmp_path: Path) -> None:
    ours, theirs = (LocalAuthority.open(tmp_path / name, NOW) for name in ("ours", "theirs"))
    pdf = SealingService(ours, font()).certify(draft("a"), when=NOW, reason="Charte").pdf
    pdf = SealingService(ours, font()).sign(pdf, field="a", identity=AMINA, when=NOW, reason="Charte").pdf
    pdf = SealingService(theirs, font()).extend(pdf, when=NOW)
    for days in (1, 400):
        now = NOW + timedelta(days=days)
        found = verify(pdf, now=now, trust=ours.trust(now), full=False)
        assert found.verdict is Verdict.UNTRUSTED
        assert {one.level for one in found.signatures} == {"B-LT"}
