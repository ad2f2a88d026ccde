"""The local authority's keys: made once, kept secret, renewed in time."""

from __future__ import annotations

import multiprocessing
import shutil
import stat
import subprocess
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from charter.adapters.signer import LocalAuthority, SealingService, SignerIdentity, SignerUnavailable, Verdict, verify
from tests.charter.adapters.signer_samples import AMINA, NOW, draft, font, signed

ROLES = ("root", "issuing", "timestamping", "platform")


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "data" / "keys"
    LocalAuthority.open(directory, NOW)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {path.name for path in directory.iterdir()} == {f"{role}.pem" for role in ROLES}
    assert {stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == {0o600}


def test_a_careless_directory_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    LocalAuthority.open(tmp_path, NOW)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_opening_again_finds_the_same_authority(tmp_path: Path) -> None:
    first, again = LocalAuthority.open(tmp_path, NOW), LocalAuthority.open(tmp_path, NOW + timedelta(days=30))
    assert first.root_pem() == again.root_pem()
    assert [first.credential(role, NOW).certificate for role in ROLES] == [again.credential(role, NOW).certificate for role in ROLES]


def _open(directory: Path, together: Barrier, results: multiprocessing.Queue) -> None:
    together.wait(30)
    authority = LocalAuthority.open(directory, NOW)
    results.put([authority.credential(role, NOW).pem() for role in ROLES])


def test_processes_starting_together_agree(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for attempt in range(5):
        together, results = context.Barrier(4), context.Queue()
        started = [context.Process(target=_open, args=(tmp_path / str(attempt), together, results)) for _ in range(4)]
        for process in started:
            process.start()
        held = [results.get(timeout=60) for _ in started]
        for process in started:
            process.join(60)
        assert all(keys == held[0] for keys in held)
        assert len(list((tmp_path / str(attempt)).iterdir())) == 4  # nothing left aside


def test_the_certificates_say_what_they_are_for(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    root, issuing, timestamping = authority.chain(NOW)
    person = authority.issue(AMINA, NOW).certificate
    usage = timestamping.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    assert issuing.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert not person.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert person.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    for certificate in (root, issuing, timestamping, person):
        key = certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp256r1"
    for parent, child in ((root, root), (root, issuing), (root, timestamping), (issuing, person)):
        child.verify_directly_issued_by(parent)
        assert parent.not_valid_before_utc <= child.not_valid_before_utc
        assert child.not_valid_after_utc <= parent.not_valid_after_utc


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_openssl_accepts_the_chain_and_the_revocation_lists(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path / "keys", NOW)
    person = authority.issue(AMINA, NOW.replace(microsecond=0)).certificate
    (tmp_path / "root.pem").write_text(authority.root_pem())
    (tmp_path / "issuing.pem").write_bytes(_pem(authority.chain(NOW)[1]))
    (tmp_path / "person.pem").write_bytes(_pem(person))
    lists = [x509.load_der_x509_crl(made).public_bytes(Encoding.PEM) for made in authority.revocation_lists(NOW.replace(microsecond=0))]
    (tmp_path / "lists.pem").write_bytes(b"".join(lists))
    told = subprocess.run(
        [
            "openssl",
            "verify",
            "-attime",
            str(int(NOW.timestamp()) + 60),
            "-crl_check_all",
            "-x509_strict",
            "-CRLfile",
            "lists.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuing.pem",
            "person.pem",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "person.pem: OK\n", told.stderr


def test_aged_certificates_are_renewed_and_old_signatures_stay_good(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path, NOW)
    service = SealingService(authority, font())
    before = signed(service).pdf
    later = NOW + timedelta(days=6 * 365)
    old = authority.chain(NOW)
    service.sign(draft("a"), field="a", identity=AMINA, when=later, reason="Avenant")
    new = authority.chain(later)
    assert new[0] == old[0]
    assert new[1].subject != old[1].subject  # two generations are never confused
    assert new[2] != old[2]
    for opened in (authority, LocalAuthority.open(tmp_path, later)):
        assert verify(before, now=later, trust=opened.trust(later)).verdict is Verdict.VALID
    earlier = service.sign(draft("a"), field="a", identity=AMINA, when=NOW, reason="Charte")  # a clock handed in may stand before
    assert verify(earlier.pdf, now=NOW, trust=authority.trust(NOW)).valid


def test_nothing_is_signed_before_the_authority_began(tmp_path: Path) -> None:
    authority = LocalAuthority.open(tmp_path / "a", NOW)
    past = NOW - timedelta(days=400)
    with pytest.raises(SignerUnavailable):
        SealingService(authority, font()).sign(draft("a"), field="a", identity=AMINA, when=past, reason="Charte")
    backdated = LocalAuthority.open(tmp_path / "b", NOW, backdate=timedelta(days=500))
    assert SealingService(backdated, font()).sign(draft("a"), field="a", identity=AMINA, when=past, reason="Charte").pdf


@pytest.mark.parametrize("spoil", [b"", b"-----BEGIN nothing", b"\x00\xff"])
def test_a_damaged_key_is_told_and_never_replaced(tmp_path: Path, spoil: bytes) -> None:
    LocalAuthority.open(tmp_path, NOW)
    (tmp_path / "issuing.pem").write_bytes(spoil)
    with pytest.raises(SignerUnavailable):
        LocalAuthority.open(tmp_path, NOW)
    assert (tmp_path / "issuing.pem").read_bytes() == spoil


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SignerUnavailable):
        LocalAuthority.open(tmp_path / "file" / "keys", NOW)


def test_a_signatory_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        LocalAuthority.open(tmp_path, NOW).issue(SignerIdentity(" ", "a@b.fr", "O"), NOW)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
