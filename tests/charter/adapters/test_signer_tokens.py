"""Keys kept in a security module, for real (SoftHSM 2): the authority's and the seal's, and what is said when it cannot be used."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from charter.adapters.signer import (
    Away,
    KeyTrouble,
    LocalAuthority,
    SealingService,
    SignerUnavailable,
    Trust,
    Verdict,
    fetching,
    refusals,
    seals,
    tokens,
    verify,
)
from charter.adapters.signer.certificates import Publication
from charter.adapters.signer.custody import ROLES, Custody
from charter.adapters.signer.token_keys import key_of
from charter.adapters.signer.tokens import Token, TokenPlace
from tests.charter.adapters.seal_provider import Provider, packed, selling
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font, signed
from tests.charter.adapters.tokens import SoftToken, configure, module

WHEN = NOW.replace(microsecond=0)


@pytest.fixture(scope="module")
def soft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftToken]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        token = configure(tmp_path_factory.mktemp("hsm"))
        for label in ("racine", "emission", "temps", "emission-2"):
            token.make(label)
        token.make("cachet", rsa=True)
        yield token


def test_every_key_of_the_authority_may_be_in_a_token(soft: SoftToken, tmp_path: Path) -> None:
    labels = {"root": "racine", "issuing": "emission", "timestamping": "temps"}
    authority = LocalAuthority.open(tmp_path, NOW, custody=Custody(soft.opened(), labels))
    authority.check(NOW)
    assert [b"PRIVATE KEY" in authority.ring.path(role).read_bytes() for role in ROLES] == [False, False, False, True]
    pdf = signed(SealingService(authority, font())).pdf
    later = NOW + timedelta(days=3)
    assert verify(pdf, now=later, trust=authority.trust(later)).verdict is Verdict.VALID
    again = LocalAuthority.open(tmp_path, NOW, custody=Custody(soft.opened(), labels))
    assert again.root_pem() == authority.root_pem()
    person = authority.issue(AMINA, WHEN).certificate
    assert again.revoke(person, WHEN, "superseded")
    crl = x509.load_der_x509_crl(again.revocation_lists(WHEN)[1])
    assert crl.get_revoked_certificate_by_serial_number(person.serial_number) is not None
    assert crl.is_signature_valid(key_of(soft.opened(), "emission").public_key())


def test_a_file_key_moves_to_a_token_by_rotation_only(soft: SoftToken, tmp_path: Path) -> None:
    files = LocalAuthority.open(tmp_path, NOW)
    before = signed(SealingService(files, font())).pdf
    with pytest.raises(KeyTrouble, match=r"HSM_ISSUING_KEY.*rotate issuing"):
        LocalAuthority.open(tmp_path, NOW, custody=Custody(soft.opened(), {"issuing": "emission"}))
    moving = LocalAuthority(tmp_path, "Charte", timedelta(days=1), Custody(soft.opened(), {"issuing": "emission"}), None)
    moving.rotate("issuing", NOW)
    with pytest.raises(KeyTrouble, match="déjà en service"):
        moving.rotate("issuing", NOW)
    later = NOW + timedelta(days=3)
    assert verify(before, now=later, trust=moving.trust(later)).verdict is Verdict.VALID
    with pytest.raises(KeyTrouble, match="HSM_ISSUING_KEY manque"):
        LocalAuthority.open(tmp_path, NOW)
    other = LocalAuthority(tmp_path, "Charte", timedelta(days=1), Custody(soft.opened(), {"issuing": "emission-2"}), None)
    with pytest.raises(KeyTrouble, match="n’est pas celle de son certificat"):
        other.check(NOW)


def test_a_token_that_refuses_its_pin_is_not_asked_again(soft: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    soft.forget()
    token = soft.opened("000000")
    tries: list[object] = []
    really = tokens._open

    def counted(place: tokens.TokenPlace, *, afresh: bool) -> object:
        tries.append(place)
        return really(place, afresh=afresh)

    monkeypatch.setattr(tokens, "_open", counted)
    for _ in range(3):
        with pytest.raises(KeyTrouble, match="HSM_PIN"):
            token.ping()
    assert len(tries) == 1


def test_no_other_process_tries_a_refused_pin_until_it_is_changed(soft: SoftToken, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    soft.forget()
    tries: list[str] = []
    really = tokens._open

    def counted(place: tokens.TokenPlace, *, afresh: bool) -> object:
        tries.append(place.pin)
        return really(place, afresh=afresh)

    monkeypatch.setattr(tokens, "_open", counted)
    for _process in range(4):
        with pytest.raises(KeyTrouble, match="HSM_PIN"):
            Token(replace(soft.place, pin="000000", memory=tmp_path / "keys")).ping()
    assert tries == ["000000"]
    kept = tmp_path / "keys" / refusals.NAME
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "000000" not in kept.read_text()
    Token(replace(soft.place, memory=tmp_path / "keys")).ping()
    assert len(tries) == 2
    assert not kept.exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [((Path("/nowhere.so"), "Charte"), "HSM_MODULE"), ((Path(__file__), "Charte"), "HSM_MODULE"), ((module(), "Autre"), "HSM_TOKEN")],
)
def test_a_token_that_is_not_there_is_told_by_its_setting(soft: SoftToken, given: tuple[Path, str], named: str) -> None:
    with pytest.raises(KeyTrouble, match=named):
        Token(TokenPlace(*given, "135790")).ping()


def test_keys_that_cannot_serve_are_told(soft: SoftToken, tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match="n’est pas dans le jeton"):
        LocalAuthority.open(tmp_path / "a", NOW, custody=Custody(soft.opened(), {"issuing": "absente"}))
    with pytest.raises(KeyTrouble, match="courbe elliptique"):
        LocalAuthority.open(tmp_path / "b", NOW, custody=Custody(soft.opened(), {"issuing": "cachet"}))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """On loopback, as the operator of a private network allows."""
    monkeypatch.setattr(fetching, "_permitted", frozenset[str]())
    fetching.permit(["127.0.0.1"])
    with selling() as sold:
        yield sold


def sealed_and_signed(authority: LocalAuthority, seal: seals.OutsideSeal) -> bytes:
    service = SealingService(authority, font(), seal=seal)
    certified = service.certify(draft("a"), when=NOW, reason="Certification")
    return service.sign(certified.pdf, field="a", identity=AMINA, when=NOW, reason="Charte", final=True).pdf


def check_sealed(authority: LocalAuthority, pdf: bytes, seal: seals.OutsideSeal) -> None:
    """Valid for whoever trusts the seal itself; the provider's other customers are nobody here."""
    ours = authority.trust(NOW)
    trust = Trust((*ours.roots, seal.der()), (), ours.others, ours.revocation_lists)
    found = verify(pdf, now=NOW + timedelta(days=1), trust=trust)
    assert found.verdict is Verdict.VALID, found.reasons
    assert [one.name for one in found.signatures] == ["Cachet de la Commune", "Amina Benali"]
    assert verify(pdf, now=NOW + timedelta(days=1), trust=ours).verdict is not Verdict.VALID


def test_a_seal_bought_elsewhere_certifies(provider: Provider, tmp_path: Path) -> None:
    seal = seals.from_file(packed(tmp_path, provider), "secret", None)
    authority = LocalAuthority.open(tmp_path / "keys", NOW, published=Publication("http://127.0.0.1:9/certificats"))
    pdf = sealed_and_signed(authority, seal)
    check_sealed(authority, pdf, seal)
    seals.keep(authority.ring, seal)
    assert seals.kept(authority.ring) == (seal.der(),)


def test_a_list_in_force_speaks_for_a_seal_younger_than_it(provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "sold", timedelta(hours=1))
    monkeypatch.setattr(provider, "listed", timedelta(hours=6))
    seal = seals.from_file(packed(tmp_path, provider), "secret", None)
    authority = LocalAuthority.open(tmp_path / "keys", NOW, published=Publication("http://127.0.0.1:9/certificats"))
    check_sealed(authority, sealed_and_signed(authority, seal), seal)


def test_a_seal_kept_in_a_token_certifies(soft: SoftToken, provider: Provider, tmp_path: Path) -> None:
    token = soft.opened()
    certificate = provider.seal(token.public_key("cachet"))
    (tmp_path / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (certificate, provider.seals.certificate)))
    (tmp_path / "roots.pem").write_bytes(provider.root.certificate.public_bytes(Encoding.PEM))
    seal = seals.from_token(token, "cachet", tmp_path / "chain.pem", tmp_path / "roots.pem")
    authority = LocalAuthority.open(tmp_path / "keys", NOW)
    check_sealed(authority, sealed_and_signed(authority, seal), seal)
    with pytest.raises(KeyTrouble, match="SEAL_ROOTS"):
        seals.from_token(token, "cachet", tmp_path / "chain.pem", None)


def test_a_revocation_server_that_is_down_delays_and_lowers_nothing(provider: Provider, tmp_path: Path) -> None:
    seal = seals.from_file(packed(tmp_path, provider), "secret", None)
    service = SealingService(LocalAuthority.open(tmp_path / "keys", NOW), font(), seal=seal)
    provider.up = False
    with pytest.raises(SignerUnavailable) as caught:
        service.certify(draft("a"), when=NOW, reason="Certification")
    assert caught.value.away is Away.REVOCATION
    provider.up = True
    assert service.certify(draft("a"), when=NOW, reason="Certification").level == "B-LT"


def test_a_seal_that_cannot_serve_is_told(provider: Provider, tmp_path: Path) -> None:
    path = packed(tmp_path, provider, days=-1)
    with pytest.raises(KeyTrouble, match="SEAL_PASSWORD"):
        seals.from_file(path, "autre", None)
    with pytest.raises(KeyTrouble, match="SEAL_FILE"):
        seals.from_file(tmp_path / "none.p12", "secret", None)
    with pytest.raises(KeyTrouble, match="pas en vigueur"):
        seals.from_file(path, "secret", None).at(NOW)
    (tmp_path / "roots.pem").write_text("nothing")
    with pytest.raises(KeyTrouble, match="SEAL_ROOTS"):
        seals.from_file(path, "secret", tmp_path / "roots.pem")
