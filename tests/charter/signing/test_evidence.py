"""The evidence file: what was seen, that anybody can recompute, and no more than it proves."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from charter.adapters import outbox
from charter.adapters.clock import FixedClock
from charter.adapters.pdf import PdfEngine, RenderTooBig
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Envelope
from charter.work import Engine, Work
from tests.charter.signing import factories as make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is read through services tested on both


@pytest.fixture
def done(work: Work, envelope: Envelope, drain: Callable[[], int], outgoing: list[EmailMessage]) -> Envelope:
    """Signed by all, evidence made."""
    services.send(work.by(make.leader(envelope)), envelope)
    for signatory in envelope.signatories:
        make.sign(work, signatory)
    work.commit()
    drain()
    work.session.expire_all()
    return envelope


@pytest.fixture
def told(work: Work, done: Envelope) -> dict[str, Any]:
    """preuve.json, read."""
    return dict(json.loads(services.evidence(work, done, "json")))


def test_it_is_canonical_and_tells_who_signed_what_and_how(work: Work, done: Envelope, told: dict[str, Any]) -> None:
    assert services.evidence(work, done, "json") == rfc8785.dumps(told)
    assert [person["name"] for person in told["signatories"]] == list(make.NAMES)
    for person in told["signatories"]:
        assert [step["kind"] for step in person["steps"]] == [
            "opened",
            "read_to_end",
            "read_to_end",
            "code_sent",
            "code_right",
            "confirmed",
            "sealed",
        ]
        assert {step["address"] for step in person["steps"][:-1]} == {make.ADDRESS}
        assert person["consent_sentence"].startswith(f"Moi, {person['name']}")
        assert all(step["at"].endswith("Z") for step in person["steps"])
    assert told["zone"] == "Europe/Paris"
    assert told["signatories"][2]["authority"]["deliberation"] == {"number": "2026-014", "date": "2026-02-12"}


def test_files_and_certificates_hash_to_what_it_says(work: Work, done: Envelope, told: dict[str, Any]) -> None:
    for document in told["documents"]:
        assert hashlib.sha256(work.storage.get(document["signed_sha256"])).hexdigest() == document["signed_sha256"]
        assert document["revisions"][0]["previous_sha256"] == document["original_sha256"]
        assert document["revisions"][-1]["sha256"] == document["signed_sha256"]
        for revision in document["revisions"]:
            certificate = x509.load_pem_x509_certificate(revision["certificate"]["pem"].encode())
            assert certificate.fingerprint(hashes.SHA256()).hex() == revision["certificate"]["sha256"]
            assert f"{certificate.serial_number:X}" == revision["certificate"]["serial"]


def test_each_article_bears_the_hash_every_party_agreed_to(told: dict[str, Any], done: Envelope) -> None:
    parties = sorted(party.name for party in done.alliance.parties)
    assert told["charter"]["articles"]
    for article in told["charter"]["articles"]:
        canonical = next(one for one in done.contract.assembled["charter"]["articles"] if one["number"] == article["number"])
        whole = rfc8785.dumps({"title": canonical["title"], "content": canonical["content"]})
        assert hashlib.sha256(whole).hexdigest() == article["sha256"]
        assert sorted(one["party"] for one in article["consents"]) == parties
        assert {(one["sha256"], one["kind"]) for one in article["consents"]} == {(article["sha256"], "agree")}


def test_its_journal_head_is_the_chains(work: Work, done: Envelope, told: dict[str, Any]) -> None:
    assert journal.recheck(work, done.alliance_id, told["journal"]["head"]).holds
    assert {line["type"] for line in told["journal"]["extract"]} >= {
        "charter.adopted",
        "contract.frozen",
        "envelope.sent",
        "envelope.completed",
    }


def test_it_claims_the_simple_level_and_nothing_above(work: Work, done: Envelope, told: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "preuve.pdf"
    path.write_bytes(services.evidence(work, done, "pdf"))
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    words = " ".join(said.split())
    assert told["level"]["eidas"] == "simple"
    for expected in (
        "1366 et 1367 du code civil",
        "présomption de fiabilité",
        "Ce qu’il ne prouve pas",
        *make.NAMES,
        told["journal"]["head"][:16],
    ):
        assert expected in words
    assert "qualifiée" not in words
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(path)], capture_output=True, check=True)
    assert (tmp_path / "preuve.json").read_bytes() == services.evidence(work, done, "json")
    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["hash"] == told["journal"]["head"]


def test_it_is_made_in_the_end_however_long_laying_it_out_fails(
    work: Work, engine: Engine, envelope: Envelope, clock: FixedClock, outgoing: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    for signatory in envelope.signatories:
        make.sign(work, signatory)
    work.commit()
    with monkeypatch.context() as patch:
        patch.setattr(PdfEngine, "render", lambda *_, **__: (_ for _ in ()).throw(RenderTooBig("steps", "too many steps", 1)))
        for _day in range(3):
            outbox.drain(engine)
            clock.advance(timedelta(days=1))
    work.session.expire_all()
    assert envelope.evidence_pdf == ""
    work.commit()
    outbox.drain(engine)
    work.session.expire_all()
    assert work.storage.get(envelope.evidence_pdf).startswith(b"%PDF")


def test_it_is_made_once(work: Work, engine: Engine, done: Envelope) -> None:
    kept = (done.evidence_json, done.evidence_pdf)
    work.commit()
    with engine.work() as again:
        outbox.put(again, "signing.make_evidence", subject="encore", payload={"envelope_id": done.id})
    outbox.drain(engine)
    work.session.expire_all()
    assert (done.evidence_json, done.evidence_pdf) == kept
