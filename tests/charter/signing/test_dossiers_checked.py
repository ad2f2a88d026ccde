"""What anybody finds who checks a dossier: a passkey's answer made anew by openssl, a certificate revoked on the way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from charter.accounts import passkeys as keys
from charter.accounts import services as accounts
from charter.adapters.clock import FixedClock
from charter.config import ROOT, Settings
from charter.signing import services
from charter.signing.evidence import bundle
from charter.signing.models import Envelope
from charter.signing.sealer import sealer
from charter.work import Work
from tests.charter.signing import factories as make
from tests.passkeys import Device, decode, encode

Drain = Callable[[], int]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """At an address for which browsers keep passkeys."""
    return replace(settings, public_url="http://localhost:8000")


@pytest.fixture
def sent(work: Work, envelope: Envelope, outgoing: list[EmailMessage]) -> Envelope:
    services.send(work.by(make.leader(envelope)), envelope)
    return envelope


def unzipped(work: Work, envelope: Envelope, folder: Path) -> Path:
    work.commit()
    work.session.expire_all()
    with bundle.of_envelope(work, envelope) as one, zipfile.ZipFile(one) as archive:
        archive.extractall(folder)
    return folder


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", "-S", "verifier.py"], cwd=folder, capture_output=True, text=True, check=False)


def guide(folder: Path) -> subprocess.CompletedProcess[str]:
    """« Who said yes, and to what », to the letter."""
    text = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
    [block] = BLOCK.findall(text.split("\n## Who said yes, and to what\n")[1].split("\n## ")[0])
    return subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def dossier(work: Work, sent: Envelope, drain: Drain, tmp_path: Path) -> Path:
    """Amina identified by her passkey, the others by a code."""
    amina, device = sent.signatories[0], Device()
    session = accounts.open_session(work, amina.person)[1]
    keys.register(work, amina.person, session, "Téléphone", device.create(keys.ask_to_register(work, amina.person, session)))
    hers = make.acting(work, amina)
    services.open_documents(hers, amina)
    services.identify_by_passkey(hers, amina, device.get(services.ask_passkey(hers, amina)))
    services.confirm(hers, amina, services.sentence(amina))
    for one in sent.signatories[1:]:
        make.sign(work, one)
    work.commit()
    drain()
    return unzipped(work, sent, tmp_path)


def hers(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["signatories"][0]["identification"]
    return found


def spoilt(text: str, at: int = -3) -> str:
    """Base64url, one bit changed."""
    data = bytearray(decode(text))
    data[at] ^= 1
    return encode(bytes(data))


def another_origin(told: dict[str, Any]) -> None:
    client = json.loads(decode(hers(told)["client_data"])) | {"origin": "https://voleur.test"}
    hers(told)["client_data"] = encode(json.dumps(client).encode())


def to_pem(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def another_key(told: dict[str, Any]) -> None:
    hers(told)["public_key_pem"] = to_pem(ec.generate_private_key(ec.SECP256R1()).public_key())


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "signature": (lambda t: hers(t).update(signature=spoilt(hers(t)["signature"])), "Signature Verification Failure"),
    "authenticator data": (lambda t: hers(t).update(authenticator_data=spoilt(hers(t)["authenticator_data"], -1)), "Verification Failure"),
    "site": (lambda t: hers(t).update(authenticator_data=spoilt(hers(t)["authenticator_data"], 0)), f"{make.NAMES[0]}: another site"),
    "nobody verified": (lambda t: hers(t).update(authenticator_data=spoilt(hers(t)["authenticator_data"], 32)), "nobody verified"),
    "key": (another_key, "Verification Failure"),
    "nonce": (lambda t: hers(t).update(nonce=spoilt(hers(t)["nonce"])), f"{make.NAMES[0]}: another challenge"),
    "origin": (another_origin, f"{make.NAMES[0]}: asked elsewhere"),
}


def test_anybody_checks_a_passkey_s_answer(dossier: Path) -> None:
    assert checked(dossier).stdout.splitlines()[-1] == "Tout tient."
    run = guide(dossier)
    assert run.returncode == 0, run.stderr
    assert f"{make.NAMES[0]} (passkey): Moi, {make.NAMES[0]}" in run.stdout
    assert run.stdout.count("Signature Verified Successfully") == 1
    texts = json.loads((dossier / "preuve.json").read_text())
    assert any("clé d’accès" in text and make.NAMES[0] in text for text in texts["proves"])


@pytest.mark.parametrize("what", SPOILT)
def test_a_passkey_s_answer_that_was_touched(dossier: Path, what: str) -> None:
    change, words = SPOILT[what]
    told = json.loads((dossier / "preuve.json").read_text())
    change(told)
    (dossier / "preuve.json").write_text(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    run = guide(dossier)
    assert run.returncode != 0 and words in run.stdout + run.stderr
    assert "NON  preuve.json est celui que preuve.pdf porte" in checked(dossier).stdout


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_every_kind_of_key_a_browser_is_asked_for(dossier: Path, kind: str) -> None:
    """The answer signed anew with the other two algorithms a registration accepts."""
    told = json.loads((dossier / "preuve.json").read_text())
    data = decode(hers(told)["authenticator_data"])
    digest = hashes.Hash(hashes.SHA256())
    digest.update(decode(hers(told)["client_data"]))
    signed = data + digest.finalize()
    if kind == "rsa":
        private = rsa.generate_private_key(65537, 2048)
        signature, pem = private.sign(signed, padding.PKCS1v15(), hashes.SHA256()), to_pem(private.public_key())
    else:
        edwards = ed25519.Ed25519PrivateKey.generate()
        signature, pem = edwards.sign(signed), to_pem(edwards.public_key())
    hers(told).update(signature=encode(signature), public_key_pem=pem)
    (dossier / "preuve.json").write_text(json.dumps(told), encoding="utf-8")
    run = guide(dossier)
    assert run.returncode == 0 and "Signature Verified Successfully" in run.stdout, run.stderr


def test_a_certificate_revoked_on_the_way_is_named(work: Work, sent: Envelope, drain: Drain, clock: FixedClock, tmp_path: Path) -> None:
    amina = sent.signatories[0]
    make.sign(work, amina)
    work.commit()
    drain()
    work.session.expire_all()
    pem = next(one.certificate_pem for one in sent.documents[0].revisions if one.signatory_id == amina.id)
    work.commit()
    clock.advance(timedelta(hours=2))
    sealer(work.settings, clock.now()).authority.revoke(x509.load_pem_x509_certificate(pem.encode()), clock.now(), "superseded")
    for one in sent.signatories[1:]:
        make.sign(work, one)
    work.commit()
    drain()
    run = checked(unzipped(work, sent, tmp_path))
    refused = [line for line in run.stdout.splitlines() if line.startswith("NON")]
    assert refused == [f"NON  charte.pdf : {make.NAMES[0]}, sans révocation"], run.stdout
    assert run.returncode == 1
