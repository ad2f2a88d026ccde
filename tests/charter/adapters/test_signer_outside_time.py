"""An outside timestamping authority that is down, slow or wrong: nothing is signed, and never at a lower level."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyhanko.sign.signers import PdfSignatureMetadata
from pyhanko.sign.signers.pdf_signer import DSSContentSettings

from charter.adapters.signer import (
    Away,
    HttpTimestamps,
    LocalAuthority,
    LocalTimestamps,
    SealingService,
    SignerUnavailable,
    Verdict,
    levels,
    verify,
)
from charter.adapters.signer.levels import LevelTooLow
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font
from tests.charter.adapters.tsa import Tsa, serving


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with serving(tmp_path_factory.mktemp("outside"), NOW) as tsa:
        yield tsa


@pytest.fixture
def tsa(opened: Tsa) -> Tsa:
    opened.mood, opened.asked = "good", 0
    return opened


def sign(authority: LocalAuthority, tsa: Tsa, *, timeout: float = 5.0) -> bytes:
    service = SealingService(authority, font(), timestamps=HttpTimestamps(tsa.url, [tsa.roots], timeout=timeout))
    return service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf


def test_a_good_authority_is_believed(authority: LocalAuthority, tsa: Tsa) -> None:
    assert levels.proven(sign(authority, tsa), "a", final=True, outside=True)[1] == "B-LTA"


WRONG = {
    "error": "answered 503",
    "garbage": "RFC 3161",
    "empty": "RFC 3161",
    "refusal": "quota",
    "nonce": "nonce",
    "imprint": "something else",
    "stranger": "TSA_ROOTS",
    "hour": "clock",
    "tampered": "badly signed|cannot be read",
}


@pytest.mark.parametrize("mood", WRONG)
def test_one_that_answers_wrongly_signs_nothing(authority: LocalAuthority, tsa: Tsa, mood: str) -> None:
    tsa.mood = mood
    with pytest.raises(SignerUnavailable, match=WRONG[mood]) as caught:
        sign(authority, tsa)
    assert caught.value.away is Away.TIMESTAMPS
    assert tsa.asked == 1


def test_its_account_is_sent_and_never_told(authority: LocalAuthority, tsa: Tsa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsa, "url", tsa.url.replace("http://", "http://compte:mot%20de%20passe@") + "?key=secrete")
    assert HttpTimestamps(tsa.url, []).address == f"http://{tsa.url.rpartition('@')[2].partition('?')[0]}"
    sign(authority, tsa)
    assert base64.b64decode(tsa.account.removeprefix("Basic ")) == b"compte:mot de passe"
    for mood in ("error", "garbage", "stranger"):
        tsa.mood = mood
        with pytest.raises(SignerUnavailable) as caught:
            sign(authority, tsa)
        assert not [one for one in ("compte", "passe", "secrete") if one in str(caught.value)]


def test_one_that_drips_is_not_waited_for(authority: LocalAuthority, tsa: Tsa) -> None:
    tsa.mood = "slow"
    with pytest.raises(SignerUnavailable) as caught:
        sign(authority, tsa, timeout=0.3)
    assert caught.value.away is Away.TIMESTAMPS


def test_one_that_is_down(authority: LocalAuthority, tmp_path: Path) -> None:
    with serving(tmp_path, NOW) as gone:
        pass
    with pytest.raises(SignerUnavailable) as caught:
        sign(authority, gone)
    assert caught.value.away is Away.TIMESTAMPS


def test_one_whose_certificate_has_ended(tmp_path: Path) -> None:
    later = NOW + timedelta(days=17 * 365)
    with serving(tmp_path, NOW) as tsa:
        held = tsa.authority.credential("timestamping", NOW)  # fifteen years
        tsa.now = later.replace(microsecond=0)
        tsa.authority.credential = lambda role, when: held  # type: ignore[method-assign]
        service = SealingService(
            LocalAuthority.open(tmp_path / "keys", later), font(), timestamps=HttpTimestamps(tsa.url, [tsa.roots], timeout=5)
        )
        with pytest.raises(SignerUnavailable, match="expired"):
            service.sign(draft("a"), field="a", identity=AMINA, when=later, reason="Charte")


@pytest.mark.parametrize("seconds", [-240, -3, 5, 240])
def test_a_clock_a_little_apart_from_ours_lowers_nothing(tsa: Tsa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: int) -> None:
    yesterday = LocalAuthority.open(tmp_path / "keys", NOW - timedelta(days=1))
    monkeypatch.setattr(tsa, "now", NOW.replace(microsecond=0) + timedelta(seconds=seconds))
    monkeypatch.setattr(tsa, "authority", LocalAuthority.open(tmp_path / "tsa", NOW - timedelta(days=1), name="Tiers horodateur"))
    service = SealingService(yesterday, font(), timestamps=HttpTimestamps(tsa.url, [tsa.roots], timeout=5))
    pdf = service.certify(draft("a"), when=NOW, reason="Charte").pdf
    pdf = service.sign(pdf, field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf
    for moment in (NOW + timedelta(seconds=1), NOW + timedelta(days=400)):
        trust = replace(yesterday.trust(moment), tsa_roots=(tsa.roots,))
        found = verify(pdf, now=moment, trust=trust, full=False)
        assert (found.verdict, {one.level for one in found.signatures}) == (Verdict.VALID, {"B-LTA"})


def test_what_is_made_below_the_level_asked_is_refused(authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    service = SealingService(authority, font())
    with monkeypatch.context() as patch:
        patch.setattr(SealingService, "_archived", lambda _self, pdf, _when: pdf)
        with pytest.raises(LevelTooLow, match="archive"):
            service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte", final=True)
    monkeypatch.setattr(LocalTimestamps, "client", lambda *_: None)
    with pytest.raises(LevelTooLow, match="no timestamp"):
        service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")


def test_a_file_made_without_the_status_of_its_certificates_is_refused(authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = SealingService._metadata

    def later(*given: Any, **named: Any) -> PdfSignatureMetadata:
        return replace(whole(*given, **named), embed_validation_info=False, dss_settings=DSSContentSettings(include_vri=False))

    monkeypatch.setattr(SealingService, "_metadata", later)
    with pytest.raises(LevelTooLow, match="no status"):
        SealingService(authority, font()).sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")


def test_a_list_older_than_the_certificate_says_nothing_of_it(authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    before = authority.revocation_lists(NOW - timedelta(hours=2))
    monkeypatch.setattr(LocalAuthority, "revocation_lists", lambda *_: before)
    with pytest.raises(LevelTooLow, match="no status"):
        SealingService(authority, font()).sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")


def test_each_part_of_the_level_is_asked_for(authority: LocalAuthority) -> None:
    service = SealingService(authority, font())
    pdf = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte").pdf
    assert levels.proven(pdf, "a", final=False, outside=False)[1] == "B-LT"
    with pytest.raises(LevelTooLow, match="archive"):
        levels.proven(pdf, "a", final=True, outside=False)
    with pytest.raises(LevelTooLow, match="no signature"):
        levels.proven(pdf, "b", final=False, outside=False)
    with pytest.raises(LevelTooLow, match="no status"):
        levels.proven(pdf.replace(b"/DSS", b"/DSX"), "a", final=False, outside=False)
