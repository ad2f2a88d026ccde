"""Verification: any bytes get a verdict, and no spoiled document gets a good one."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from charter.adapters.signer import (
    LocalAuthority,
    LocalTimestamps,
    SealingService,
    SignerIdentity,
    Trust,
    Verdict,
    signed_revisions,
    verify,
)
from charter.i18n import say
from tests.charter.adapters.signer_samples import (
    AMINA,
    NOW,
    draft,
    encrypted,
    font,
    overwritten,
    saved_again,
    signed,
    with_annotation,
    with_overlay,
    with_page,
)

LATER = NOW + timedelta(days=30)
MUCH_LATER = NOW + timedelta(days=400)


@pytest.fixture(scope="module")
def open_envelope(service: SealingService) -> bytes:
    """Two signatures out of three, no archive timestamp."""
    return signed(service, count=2).pdf


@pytest.fixture(scope="module")
def trust(authority: LocalAuthority) -> Trust:
    return authority.trust(LATER)


@pytest.fixture(params=[True, False], ids=["full", "quick"])
def full(request: pytest.FixtureRequest) -> Iterator[bool]:
    yield request.param


def test_the_sample_is_good(final: bytes, trust: Trust, full: bool) -> None:
    found = verify(final, now=LATER, trust=trust, full=full)
    assert (found.verdict, found.full) == (Verdict.VALID, full)
    assert len(found.archives) == 1
    assert found.archives[0].until > LATER + timedelta(days=14 * 365)


@pytest.mark.parametrize("spoil", [with_page, with_overlay, with_annotation, overwritten])
@pytest.mark.parametrize("sample", ["final", "open_envelope"])
def test_a_changed_document_is_altered(
    request: pytest.FixtureRequest, sample: str, spoil: Callable[[bytes], bytes], trust: Trust, full: bool
) -> None:
    pdf = spoil(request.getfixturevalue(sample))
    found = verify(pdf, now=LATER, trust=trust, full=full)
    assert found.verdict is Verdict.ALTERED
    assert found.altered
    assert not found.valid
    assert all(say(reason) for reason in found.reasons)


@pytest.mark.parametrize("spoil", [with_page, with_overlay, with_annotation])
def test_a_change_between_two_signatures_is_altered(service: SealingService, trust: Trust, spoil: Callable[[bytes], bytes]) -> None:
    """The second signature covers the change: only the analysis of increments tells."""
    first = service.sign(
        service.certify(draft("a", "b"), when=NOW, reason="Certification").pdf, field="a", identity=AMINA, when=NOW, reason="Charte"
    )
    second = service.sign(spoil(first.pdf), field="b", identity=AMINA, when=NOW, reason="Charte", final=True)
    found = verify(second.pdf, now=LATER, trust=trust)
    assert found.verdict is Verdict.ALTERED
    assert [check.unchanged for check in found.signatures] == [False, False, True]
    assert "Après la signature d’Amina Benali, " in say(found.reasons[0])
    assert "éléments internes" not in say(found.reasons[0])
    quick = verify(second.pdf, now=LATER, trust=trust, full=False)
    assert [check.unchanged for check in quick.signatures] == [None, None, None]
    assert not quick.full


def test_a_document_saved_by_another_program_is_not_valid(final: bytes, trust: Trust, full: bool) -> None:
    assert verify(saved_again(final), now=LATER, trust=trust, full=full).verdict in (Verdict.ALTERED, Verdict.UNREADABLE)


def test_without_its_last_signatures_it_says_what_is_missing(final: bytes, trust: Trust, full: bool) -> None:
    """A document cut back to an earlier signature is a true earlier version: not false, not final."""
    cut = dict(signed_revisions(final))["papeteries"]
    found = verify(cut, now=LATER, trust=trust, full=full)
    assert found.verdict is Verdict.INCOMPLETE
    assert found.empty_fields == ("commune",)
    assert [check.field for check in found.signatures] == ["plateforme", "riviere", "papeteries"]


def test_without_its_archive_timestamp_the_level_shows_it(final: bytes, trust: Trust) -> None:
    found = verify(dict(signed_revisions(final))["commune"], now=LATER, trust=trust)
    assert found.valid
    assert {check.level for check in found.signatures} == {"B-LT"}
    assert not found.archives


def test_bytes_after_the_end_are_altered(final: bytes, trust: Trust, full: bool) -> None:
    for more in (b"\n% un mot de plus\n", b"\n% un mot de plus\n%%EOF\n"):
        assert verify(final + more, now=LATER, trust=trust, full=full).verdict in (Verdict.ALTERED, Verdict.UNREADABLE)


@pytest.mark.parametrize(
    ("pdf", "verdict"),
    [
        (b"", Verdict.UNREADABLE),
        (b"Bonjour", Verdict.UNREADABLE),
        (b"%PDF-1.7\n%%EOF", Verdict.UNREADABLE),
        (b"PK\x03\x04" + bytes(500), Verdict.UNREADABLE),
        (b"%PDF-1.7\n" + b"[" * 200_000, Verdict.UNREADABLE),
        (encrypted(draft("a")), Verdict.UNREADABLE),
        (draft("a"), Verdict.UNSIGNED),
        (draft(), Verdict.UNSIGNED),
    ],
    ids=["empty", "text", "stub", "zip", "deep", "encrypted", "unsigned", "no-field"],
)
def test_anything_else_gets_a_clear_answer(pdf: bytes, verdict: Verdict, trust: Trust, full: bool) -> None:
    found = verify(pdf, now=LATER, trust=trust, full=full)
    assert found.verdict is verdict
    assert say(found.reasons[0])


def test_a_file_too_big_is_not_even_opened(final: bytes, trust: Trust) -> None:
    found = verify(final, now=LATER, trust=trust, max_bytes=len(final) - 1)
    assert found.verdict is Verdict.TOO_BIG
    assert verify(final, now=LATER, trust=trust, max_bytes=len(final)).valid


def test_a_bomb_does_not_fill_the_memory(trust: Trust) -> None:
    bomb = zlib.compress(bytes(200 * 1024**2), 9)
    head = b"%%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 9 /First 9 /Filter /FlateDecode /Length %d >>\nstream\n" % len(bomb)
    body = head + bomb + b"\nendstream\nendobj\n"
    xref = b"2 0 obj\n<< /Type /XRef /W [1 4 1] /Size 3 /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n" % len(bomb)
    pdf = body + xref + bomb + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)
    assert verify(pdf, now=LATER, trust=trust).verdict is Verdict.UNREADABLE


def test_a_stranger_with_our_names_is_not_us(tmp_path: Path, trust: Trust) -> None:
    stranger = SealingService(LocalAuthority.open(tmp_path, NOW), font())
    found = verify(signed(stranger).pdf, now=LATER, trust=trust)
    assert found.verdict is Verdict.UNTRUSTED
    assert not found.certified
    assert all(check.intact and not check.trusted and not check.timestamp_ok for check in found.signatures)
    assert "ne connaît pas" in say(found.reasons[0])


def test_trusting_nobody_is_the_default(final: bytes) -> None:
    assert verify(final, now=LATER).verdict is Verdict.UNTRUSTED


def test_a_time_nobody_vouches_for_does_not_revive_a_certificate(tmp_path: Path, authority: LocalAuthority, trust: Trust) -> None:
    """Whoever stole a one-time key cannot sign later with a clock of their own."""
    other = LocalAuthority.open(tmp_path, NOW)

    class Elsewhere(LocalTimestamps):
        roots = (other.root_pem().encode(),)
        outside = True  # no revocation list of theirs is known here

    service = SealingService(authority, font(), timestamps=Elsewhere(other))
    pdf = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte").pdf
    on_the_day = verify(pdf, now=NOW + timedelta(hours=1), trust=trust)
    assert (on_the_day.signatures[0].timestamp_ok, on_the_day.signatures[0].trusted, on_the_day.signatures[0].level) == (False, True, "B-B")
    much_later = verify(pdf, now=MUCH_LATER, trust=trust)
    assert much_later.verdict is Verdict.UNTRUSTED
    assert "rien de connu ici ne prouve" in say(much_later.reasons[0])


def test_names_come_out_clean(service: SealingService, trust: Trust) -> None:
    who = SignerIdentity("Ève\x07 <b>Gras</b>", "e@example.org", "O\u202en", "P")
    pdf = service.sign(draft("a"), field="a", identity=who, when=NOW, reason="R\x00ison").pdf
    check = verify(pdf, now=LATER, trust=trust).signatures[0]
    assert (check.name, check.organisation, check.reason) == ("Ève <b>Gras</b>", "On", "Rison")


def test_random_damage_never_crashes_nor_passes(service: SealingService, authority: LocalAuthority, trust: Trust) -> None:
    pdf = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf
    assert verify(pdf, now=LATER, trust=trust).valid
    hole = pdf.rindex(b"/Contents <"), pdf.index(b">", pdf.rindex(b"/Contents <"))  # what the last timestamp cannot cover: itself
    chance = random.Random(20310303)
    for turn in range(40):
        spoiled = bytearray(pdf)
        at = chance.choice([*range(hole[0]), *range(hole[1], len(pdf))])
        if turn % 4 == 0:
            del spoiled[at : at + chance.randint(1, 200)]
        elif turn % 4 == 1:
            spoiled[at:at] = chance.randbytes(chance.randint(1, 50))
        else:
            spoiled[at] ^= 1 << chance.randrange(8)
        found = verify(bytes(spoiled), now=LATER, trust=trust, full=turn % 2 == 0)
        assert not found.valid, (turn, at)
        assert found.reasons


def test_a_document_cut_anywhere_never_crashes(final: bytes, trust: Trust) -> None:
    for at in range(1000, len(final), len(final) // 12):
        assert not verify(final[:at], now=LATER, trust=trust, full=False).valid


def test_revisions_open_as_they_were_signed(final: bytes) -> None:
    for _, revision in signed_revisions(final):
        with pikepdf.open(io.BytesIO(revision)) as pdf:
            assert len(pdf.pages) == 1
