"""The evidence of an envelope signed at the provider: what its ZIP holds, what the program in it says, what the public page says."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient

from charter.adapters.outbox import Outbox
from charter.registry import services as registry
from charter.signing import archiving
from charter.signing.evidence import bundle, renewing
from charter.signing.models import Envelope
from charter.signing.provider.evidence import unchecked
from charter.work import Engine, Work
from tests.charter.signing.provider.factories import look, newest, row
from tests.provider import Provider
from tests.provider_hand import identity

Drain = Callable[[], int]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def rewrites() -> bool:
    """Whether the provider saves files anew before they are signed."""
    return False


@pytest.fixture
def done(
    work: Work, sent: Envelope, provider: Provider, rewrites: bool, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> Envelope:
    """Signed by all there, the files home, the evidence made."""
    provider.rewrites = rewrites
    drain()
    provider.sign_all()
    look(engine, work, sent)
    drain()
    envelope = newest(work, sent)
    assert envelope.evidence_pdf
    return envelope


def unzipped(work: Work, envelope: Envelope, folder: Path) -> dict[str, bytes]:
    with bundle.of_envelope(work, envelope) as one, zipfile.ZipFile(one) as archive:
        archive.extractall(folder)
        return {name: archive.read(name) for name in archive.namelist()}


def checked(folder: Path, *roots: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "verifier.py", ".", *map(str, roots)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_dossier_brings_the_providers_records_and_roots_and_checks(
    work: Work, done: Envelope, provider: Provider, tmp_path: Path
) -> None:
    files = unzipped(work, done, tmp_path)
    assert files["prestataire.pem"] == provider.hand.roots_pem
    for one in row(work, done).signers:
        assert files[f"prestataire/{one.signatory.ref}.pdf"] == work.storage.get(one.audit_sha256)
    told = json.loads(files["preuve.json"])
    assert any("pas même d’horodatage d’archivage" in text for text in told["does_not_prove"])
    assert b"/DocTimeStamp" in files["preuve.pdf"] and b"/DocTimeStamp" not in files["charte.pdf"]
    assert "prestataire/ " in files["LISEZ-MOI.txt"].decode() and "Paraphe" in files["LISEZ-MOI.txt"].decode()
    run = checked(tmp_path)
    assert run.returncode == 0, run.stdout
    said = run.stdout.splitlines()
    assert said[-1] == "Hors « ? » (2), tout tient"
    assert [line for line in said if line.startswith("?")] == [
        "?    Le niveau, l’identité des signataires et leur consentement sont déclarés par Paraphe ; rien ici ne les recalcule.",
        "?    Ses propres preuves (prestataire/) ont l’empreinte annoncée ; ce qu’elles disent reste à lire.",
    ]
    assert sum("Amina Benali" in line and line.startswith("OK") for line in said) == 2
    other = tmp_path / "autre.pem"
    other.write_bytes(identity("Une autre autorité").certificate.public_bytes(Encoding.PEM))
    refused = checked(tmp_path, tmp_path / "autorite.pem", other)
    assert refused.returncode == 1 and "NON  charte.pdf : 3 signatures" in refused.stdout
    (tmp_path / "charte.pdf").write_bytes(files["charte.pdf"] + b"\n")
    assert "NON  charte.pdf : 3 signatures" in checked(tmp_path).stdout


@pytest.mark.parametrize("rewrites", [True])
def test_a_rewritten_file_is_said_not_to_be_compared(work: Work, done: Envelope, tmp_path: Path) -> None:
    unzipped(work, done, tmp_path)
    run = checked(tmp_path)
    assert run.returncode == 0, run.stdout
    assert "?    charte.pdf a été réécrit avant d’être signé" in run.stdout


def test_a_signature_without_a_timestamp_is_said() -> None:
    revision = {"token": None, "message": {"covers": 90}}
    document = {"kind": "charter", "name": "charte.pdf", "size": 100, "revisions": [revision], "archives": []}
    provider = {"name": "Paraphe", "signers": [], "documents": [{"kind": "charter", "likeness": "incremental"}]}
    said = " ".join(unchecked(provider, [document]))
    assert "déclarée, sans horodatage" in said and "la fin du fichier n’est sous aucune signature" in said


def test_only_the_evidence_is_timestamped_again(work: Work, done: Envelope) -> None:
    names = [one.name for one in work.session.query(Outbox)]
    assert names.count(renewing.RENEW) == 1 and archiving.RENEW not in names


def test_the_public_page_knows_where_it_was_signed(work: Work, done: Envelope, client: FlaskClient, drain: Drain) -> None:
    document = done.documents[0]
    pdf, earlier = (work.storage.get(one) for one in (document.current_sha256, document.revisions[1].sha256))
    work.commit()
    shown = client.post("/verifier", data={"file": (io.BytesIO(pdf), "charte.pdf")}, follow_redirects=True).text
    drain()
    address = f"/verifier/{document.current_sha256}"
    work.commit()
    shown = client.get(address).text
    assert "Ce document est intact, et ses signatures sont reconnues" in shown
    assert "Il manque" not in shown and "3 signatures sur 3" in shown
    assert "recueillies par Paraphe" in shown and "ni avancée ni qualifiée" not in shown
    told = client.get(f"/api/v1/verifications/{document.current_sha256}").get_json()
    assert (told["verdict"], told["known"]["gathered_by"], told["known"]["missing"]) == ("valid", "Paraphe", [])
    assert json.dumps(told["reasons"], ensure_ascii=False).startswith('["Signé de tous chez Paraphe')
    seen = registry.seen(work, registry.ask(work, earlier).sha256)
    work.commit()
    assert seen.found.verdict == "incomplete" and seen.known is not None
    assert (seen.known.signed, seen.known.missing) == (2, (done.signatories[2].organisation,))
