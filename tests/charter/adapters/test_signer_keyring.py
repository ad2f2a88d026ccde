"""Keys rotated, taken out, brought back; certificates revoked: old documents stay valid, and nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from charter.adapters.signer import KeyTrouble, LocalAuthority, SealingService, SignerUnavailable, Trouble, Verdict, answers, files, verify
from charter.adapters.signer.certificates import Publication, mark
from charter.adapters.signer.custody import ROLES
from charter.adapters.signer.exchange import bring_back, take_out
from charter.adapters.signer.keyring import Keyring
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font, signed

PASSWORD = "un mot de passe assez long"
WHEN = NOW.replace(microsecond=0)
LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize("role", ROLES)
def test_what_was_signed_before_a_rotation_stays_valid(tmp_path: Path, role: str) -> None:
    authority, elsewhere = LocalAuthority.open(tmp_path, NOW), LocalAuthority.open(tmp_path, NOW)
    before = signed(SealingService(authority, font())).pdf
    old = {one: authority.credential(one, NOW).certificate for one in ROLES}
    authority.rotate(role, LATER)
    changed = [one for one in ROLES if authority.credential(one, LATER).certificate != old[one]]
    assert changed == (list(ROLES) if role == "root" else [role])
    for opened in (authority, elsewhere, LocalAuthority.open(tmp_path, LATER)):  # a running process follows
        assert opened.credential(role, LATER).certificate == authority.credential(role, LATER).certificate
        assert verify(before, now=LATER, trust=opened.trust(LATER)).verdict is Verdict.VALID
        after = SealingService(opened, font()).sign(draft("a"), field="a", identity=AMINA, when=LATER, reason="Avenant").pdf
        assert verify(after, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.VALID
    if role == "root":
        assert authority.root_pem().count("BEGIN CERTIFICATE") == 2
        longer = SealingService(authority, font()).extend(before, when=LATER)
        assert verify(longer, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.VALID
    kept = list((tmp_path / "former").iterdir())
    assert len(kept) == len(changed)
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE((tmp_path / "former").stat().st_mode) == 0o700


def test_a_document_half_signed_is_finished_under_the_new_root(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    service = SealingService(authority, font())
    half = service.sign(draft("a", "b"), field="a", identity=AMINA, when=NOW, reason="Charte").pdf
    authority.rotate("root", NOW)
    whole = service.sign(half, field="b", identity=AMINA, when=NOW, reason="Charte", final=True).pdf
    assert verify(whole, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.VALID


def test_a_revoked_certificate_is_on_its_issuer_s_list_even_a_former_one_s(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    person = authority.issue(AMINA, WHEN).certificate
    former = mark(authority.credential("issuing", NOW).certificate)
    authority.rotate("issuing", NOW)
    assert authority.revoke(person, WHEN, "superseded")
    assert not authority.revoke(person, WHEN, "superseded")
    issuer = authority.issuer(former, NOW)
    assert issuer
    listed = x509.load_der_x509_crl(authority.signed_list(issuer, WHEN))
    entry = listed.get_revoked_certificate_by_serial_number(person.serial_number)
    assert entry
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded
    assert not x509.load_der_x509_crl(authority.revocation_lists(WHEN)[1])
    before = x509.load_der_x509_crl(authority.signed_list(issuer, WHEN - timedelta(hours=1)))
    assert not before
    stranger = LocalAuthority.open(tmp_path / "other", NOW).issue(AMINA, WHEN).certificate
    with pytest.raises(ValueError, match="another authority"):
        authority.revoke(stranger, WHEN, "superseded")


def test_what_is_revoked_is_listed_at_the_very_next_signature(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    struck = authority.credential("issuing", NOW).certificate
    authority.revocation_lists(WHEN)
    authority.revoke(struck, WHEN + timedelta(seconds=3), "keyCompromise")  # by an operator whose clock is ahead
    for seconds, revoked in ((1, False), (3, True)):
        listed = x509.load_der_x509_crl(authority.revocation_lists(WHEN + timedelta(seconds=seconds))[0])
        assert (listed.get_revoked_certificate_by_serial_number(struck.serial_number) is not None) is revoked


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_what_was_signed_before_the_revocation_stays_valid_and_what_was_signed_after_does_not(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    service = SealingService(authority, font())
    sealed = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")
    certificate = x509.load_pem_x509_certificate(sealed.certificate_pem.encode())
    authority.rotate("issuing", NOW)  # its list is no longer one of those in use
    authority.revoke(certificate, WHEN + timedelta(hours=1), "superseded")
    early, after = authority.trust(WHEN), authority.trust(LATER)
    assert [len(verify(sealed.pdf, now=LATER, trust=one).reasons) for one in (early, after)] == [1, 2]
    found = verify(sealed.pdf, now=LATER, trust=after)
    assert (found.verdict, found.signatures[0].revoked) == (Verdict.VALID, WHEN + timedelta(hours=1))
    assert answers.read(answers.plain(found)) == found
    authority.ring.write_revoked([replace(authority.ring.revoked()[0], at=WHEN - timedelta(hours=1))])
    refused = verify(sealed.pdf, now=LATER, trust=authority.trust(LATER))
    assert (refused.verdict, refused.signatures[0].trouble) == (Verdict.INVALID, Trouble.REVOKED)


def test_what_an_authority_struck_off_signed_is_refused(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    issuing = authority.credential("issuing", NOW).certificate
    sealed = SealingService(authority, font()).sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")
    authority.rotate("issuing", NOW)
    authority.revoke(issuing, WHEN - timedelta(hours=1), "keyCompromise")
    assert verify(sealed.pdf, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.INVALID


def test_revocations_are_known_while_the_keys_are_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    sealed = SealingService(authority, font()).sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")
    authority.revoke(x509.load_pem_x509_certificate(sealed.certificate_pem.encode()), WHEN - timedelta(hours=1), "superseded")

    def away(*_: object) -> bytes:
        raise SignerUnavailable("the token is away")

    monkeypatch.setattr(authority, "signed_list", away)
    assert verify(sealed.pdf, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.INVALID


@pytest.mark.parametrize("spoiled", [{"reason": "parce que"}, {"serial": "zz"}, {"at": "2031-03-03T10:00:00"}, {"more": "1"}])
def test_an_import_with_a_damaged_register_places_nothing(tmp_path: Path, spoiled: dict[str, str]) -> None:
    authority = LocalAuthority.open(tmp_path / "here", NOW)
    authority.revoke(authority.issue(AMINA, WHEN).certificate, WHEN, "superseded")
    take_out(authority.ring, tmp_path / "out", PASSWORD)
    register = tmp_path / "out" / "revoked.json"
    register.write_text(json.dumps([{**json.loads(register.read_text())[0], **spoiled}]))
    with pytest.raises(KeyTrouble, match=r"revoked\.json"):
        bring_back(Keyring(tmp_path / "there"), tmp_path / "out", PASSWORD, replace=False)
    assert not list((tmp_path / "there").glob("*.pem"))


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    for write in (files.write_new, files.write_over):
        with pytest.raises(OSError, match="full"):
            write(tmp_path / "root.pem", b"-----BEGIN PRIVATE KEY-----")
    assert not list(tmp_path.iterdir())


def test_openssl_finds_it_revoked(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path / "keys", NOW)
    person = authority.issue(AMINA, WHEN).certificate
    authority.revoke(person, WHEN, "superseded")
    lists = [x509.load_der_x509_crl(made).public_bytes(Encoding.PEM) for made in authority.revocation_lists(WHEN)]
    files = {"root.pem": authority.root_pem().encode(), "lists.pem": b"".join(lists), "person.pem": person.public_bytes(Encoding.PEM)}
    files["issuing.pem"] = authority.chain(NOW)[1].public_bytes(Encoding.PEM)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words = f"openssl verify -attime {int(NOW.timestamp()) + 60} -crl_check -CRLfile lists.pem -CAfile root.pem -untrusted issuing.pem"
    told = subprocess.run([*words.split(), "person.pem"], cwd=tmp_path, capture_output=True, text=True)
    assert "certificate revoked" in told.stdout + told.stderr


def test_certificates_say_where_the_list_is(tmp_path: Path) -> None:
    base = "https://charte.exemple.fr/certificats"
    authority = LocalAuthority.open(tmp_path, NOW, published=Publication(base))
    root, issuing, timestamping = authority.chain(NOW)
    assert not _addresses(root)
    for certificate, issuer in ((issuing, root), (timestamping, root), (authority.issue(AMINA, WHEN).certificate, issuing)):
        assert _addresses(certificate) == [f"{base}/{mark(issuer)}.crl", f"{base}/{mark(issuer)}.cer"]
    pdf = signed(SealingService(authority, font())).pdf  # nobody answers at that address: nothing is asked of it
    assert verify(pdf, now=LATER, trust=authority.trust(LATER)).verdict is Verdict.VALID


def _addresses(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        above = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    assert above[0].access_method == AuthorityInformationAccessOID.CA_ISSUERS
    return [points[0].full_name[0].value, above[0].access_location.value]


def test_keys_go_out_encrypted_and_come_back_the_same(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path / "keys", NOW)
    before = signed(SealingService(authority, font())).pdf
    authority.rotate("root", NOW)
    authority.revoke(authority.issue(AMINA, WHEN).certificate, WHEN, "superseded")
    names = take_out(authority.ring, tmp_path / "out", PASSWORD)
    assert {f"{role}.p12" for role in ROLES} < set(names)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in files)
    told = ["openssl", "pkcs12", "-in", str(tmp_path / "out" / "root.p12"), "-passin", f"pass:{PASSWORD}", "-noout", "-info"]
    assert subprocess.run(told, capture_output=True).returncode == 0
    with pytest.raises(KeyTrouble, match="pas vide"):
        take_out(authority.ring, tmp_path / "out", PASSWORD)

    ring = Keyring(tmp_path / "back")
    done = bring_back(ring, tmp_path / "out", PASSWORD, replace=False)
    assert done.known == ()
    assert bring_back(ring, tmp_path / "out", PASSWORD, replace=False).placed == ()
    back = LocalAuthority.open(tmp_path / "back", NOW)
    assert back.root_pem() == authority.root_pem()
    assert back.ring.revoked() == authority.ring.revoked()
    assert verify(before, now=LATER, trust=back.trust(LATER)).verdict is Verdict.VALID


def test_other_keys_are_replaced_only_when_asked_and_then_kept(tmp_path: Path) -> None:
    ours, theirs = LocalAuthority.open(tmp_path / "ours", NOW), LocalAuthority.open(tmp_path / "theirs", NOW)
    before = signed(SealingService(ours, font())).pdf
    take_out(theirs.ring, tmp_path / "out", PASSWORD)
    with pytest.raises(KeyTrouble, match="--replace"):
        bring_back(ours.ring, tmp_path / "out", PASSWORD, replace=False)
    bring_back(ours.ring, tmp_path / "out", PASSWORD, replace=True)
    assert ours.credential("root", NOW).certificate == theirs.credential("root", NOW).certificate
    assert verify(before, now=LATER, trust=ours.trust(LATER)).verdict is Verdict.VALID


def test_an_export_that_is_not_whole_changes_nothing(tmp_path: Path) -> None:
    authority, other = LocalAuthority.open(tmp_path / "keys", NOW), LocalAuthority.open(tmp_path / "other", NOW)
    take_out(authority.ring, tmp_path / "out", PASSWORD)
    with pytest.raises(KeyTrouble, match="mot de passe"):
        bring_back(Keyring(tmp_path / "back"), tmp_path / "out", "autre", replace=False)
    take_out(other.ring, tmp_path / "mixed", PASSWORD)
    shutil.copy(tmp_path / "out" / "issuing.p12", tmp_path / "mixed" / "issuing.p12")
    with pytest.raises(KeyTrouble, match="cette racine"):
        bring_back(Keyring(tmp_path / "back"), tmp_path / "mixed", PASSWORD, replace=False)
    (tmp_path / "out" / "platform.p12").write_bytes(b"damaged")
    with pytest.raises(KeyTrouble, match="abîmé"):
        bring_back(Keyring(tmp_path / "back"), tmp_path / "out", PASSWORD, replace=False)
    assert not (tmp_path / "back").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(KeyTrouble, match="aucune clé"):
        bring_back(Keyring(tmp_path / "back"), tmp_path / "empty", PASSWORD, replace=False)
    with pytest.raises(KeyTrouble, match="aucune clé"):
        take_out(Keyring(tmp_path / "back"), tmp_path / "out2", PASSWORD)
