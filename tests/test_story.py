"""`charte story`: the whole product from outside, through its command line alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pikepdf
import pytest
import rfc8785
from icalendar import Calendar
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from charter.config import ROOT
from tests.plugins.story import charte

FILES = {
    "charte.pdf",
    "contrat.pdf",
    "preuve.pdf",
    "preuve.json",
    "journal.jsonl",
    "bilan.pdf",
    "calendrier.ics",
    "autorite.pem",
    "dossier",
    "mails",
}
SIGNED = ("charte.pdf", "contrat.pdf")
SIGNATORIES = ("Aïcha Benali", "Marc Delmas", "Hélène Vasseur")


@pytest.fixture(scope="module")
def data(story_data: Path) -> Path:
    return story_data


@pytest.fixture(scope="module")
def told(story: Path) -> Path:
    """The folder the story left."""
    return story


def words(pdf: Path) -> str:
    return " ".join(subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())


def test_it_leaves_every_file(told: Path) -> None:
    assert {path.name for path in told.iterdir()} == FILES


@pytest.mark.parametrize("name", SIGNED)
def test_every_signature_is_accepted_by_an_independent_tool(told: Path, name: str) -> None:
    report = subprocess.run(["pdfsig", "-nocert", told / name], capture_output=True, text=True, check=False).stdout
    found = report.split("Signature #")[1:]
    signatures = [one for one in found if "Signature Type: unknown" not in one]  # the archive timestamp
    assert len(signatures) == 1 + len(SIGNATORIES)  # the service's certification, then one a party
    assert all("Signature is Valid." in one for one in signatures), report
    for person in SIGNATORIES:
        assert person in report


@pytest.mark.parametrize("name", SIGNED)
def test_every_signature_is_accepted_by_the_librarys_own_validation(told: Path, name: str) -> None:
    root = load_cert_from_pemder(str(told / "autorite.pem"))
    with (told / name).open("rb") as file:
        reader = PdfFileReader(file)
        for found in reader.embedded_regular_signatures:
            moment = found.self_reported_timestamp
            status = validate_pdf_signature(
                found, ValidationContext(trust_roots=[root], moment=moment), ValidationContext(trust_roots=[root])
            )
            assert status.bottom_line, status.pretty_print_details()
        assert len(reader.embedded_regular_signatures) == 1 + len(SIGNATORIES)
        (archive,) = reader.embedded_timestamp_signatures
        stamped = validate_pdf_timestamp(archive, ValidationContext(trust_roots=[root]))
        assert stamped.valid and stamped.trusted and stamped.coverage == SignatureCoverageLevel.ENTIRE_FILE


def test_verify_says_valid_and_why(data: Path, told: Path) -> None:
    run = charte(data, "verify", *(str(told / name) for name in SIGNED))
    assert run.returncode == 0, run.stdout + run.stderr
    for person in SIGNATORIES:
        assert run.stdout.count(person) >= 2


def test_verify_says_no_to_a_touched_file(data: Path, told: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched.pdf"
    content = (told / "charte.pdf").read_bytes()
    middle = len(content) // 3
    touched.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    run = charte(data, "verify", str(touched))
    assert run.returncode == 1
    assert run.stdout.strip()


def test_another_installation_does_not_trust_it_unless_told(told: Path, tmp_path: Path) -> None:
    stranger = charte(tmp_path, "verify", str(told / "charte.pdf"))
    assert stranger.returncode == 1
    told_to = charte(tmp_path, "verify", "--trust", str(told / "autorite.pem"), str(told / "charte.pdf"))
    assert told_to.returncode == 0, told_to.stdout


def test_the_journal_holds_and_its_head_is_in_the_evidence(data: Path, told: Path) -> None:
    run = charte(data, "journal", "check", str(told / "journal.jsonl"))
    assert run.returncode == 0, run.stderr
    evidence = json.loads((told / "preuve.json").read_text())
    head = evidence["journal"]["head"]
    assert charte(data, "journal", "check", "--head", head, str(told / "journal.jsonl")).returncode == 0


@pytest.mark.parametrize("change", ["edit", "remove", "reorder", "truncate"])
def test_a_touched_journal_is_seen(data: Path, told: Path, tmp_path: Path, change: str) -> None:
    lines = (told / "journal.jsonl").read_text().splitlines()
    changed = {
        "edit": [lines[0].replace("sas", "sac"), *lines[1:]],
        "remove": lines[:4] + lines[5:],
        "reorder": [lines[1], lines[0], *lines[2:]],
        "truncate": lines[:20],
    }[change]
    touched = tmp_path / "journal.jsonl"
    touched.write_text("\n".join(changed))
    head = json.loads((told / "preuve.json").read_text())["journal"]["head"]
    assert charte(data, "journal", "check", "--head", head, str(touched)).returncode == 1


def test_the_charter_that_was_signed_is_the_one_consented_to(told: Path) -> None:
    facts = [json.loads(line) for line in (told / "journal.jsonl").read_text().splitlines()]
    adopted = next(fact for fact in facts if fact["type"] == "charter.adopted")["payload"]["articles"]
    consented = {fact["payload"]["sha256"] for fact in facts if fact["type"] == "consent.given"}
    assert set(adopted) <= consented
    printed = words(told / "charte.pdf").replace(" ", "")
    assert all(sha256 in printed for sha256 in adopted)


def test_the_words_in_the_signed_file_hash_to_what_each_party_consented_to(told: Path) -> None:
    with pikepdf.open(told / "charte.pdf") as pdf:
        attached = json.loads(pdf.attachments["charte-articles.json"].get_file().read_bytes())
    hashes = [hashlib.sha256(rfc8785.dumps({"title": one["title"], "content": one["content"]})).hexdigest() for one in attached["articles"]]
    facts = [json.loads(line) for line in (told / "journal.jsonl").read_text().splitlines()]
    adoption = next(index for index, fact in enumerate(facts) if fact["type"] == "charter.adopted")
    assert hashes == facts[adoption]["payload"]["articles"]
    consents = [fact["payload"] for fact in facts[:adoption] if fact["type"] == "consent.given"]
    parties = {one["party"] for one in consents}
    assert len(parties) == len(SIGNATORIES)
    assert {(one["party"], one["sha256"]) for one in consents} >= {(party, sha256) for party in parties for sha256 in hashes}


def test_the_documents_say_what_was_agreed(told: Path) -> None:
    charter, contract, review = words(told / "charte.pdf"), words(told / "contrat.pdf"), words(told / "bilan.pdf")
    assert "ne laisser personne sortir du sas sans une suite" in charter
    assert "Sous réserve du vote du budget 2027" in charter
    assert "2026-CP04-117" in contract
    assert "PROJET" not in charter + contract
    assert "Onze personnes sont entrées dans le sas" in review


def test_mails_left_with_calendars(told: Path) -> None:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted((told / "mails").glob("*.eml"))]
    assert {"marc.delmas@vigie-securite.example", "helene.vasseur@departement.example"} <= {
        mail["To"].addresses[0].addr_spec for mail in mails
    }
    with_calendar = [mail for mail in mails if any(part.get_content_type() == "text/calendar" for part in mail.iter_attachments())]
    assert with_calendar
    assert all(re.fullmatch(r"<outbox-\d+@[^>]+>", mail["Message-ID"]) for mail in mails)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_the_calendar_holds_the_checkpoints(told: Path) -> None:
    calendar = Calendar.from_ical((told / "calendrier.ics").read_bytes())
    events = calendar.walk("VEVENT")
    assert len(events) >= 3
    assert len({str(event["UID"]) for event in events}) == len(events)


def cut_short(data: Path) -> None:
    """Loads the example and kills it in the middle of its telling."""
    environment = {**os.environ, "DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "charter", "example", "load"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as telling:
        assert telling.stdout is not None
        for line in telling.stdout:
            if "co-rédaction" in line:
                telling.kill()


def examples(data: Path) -> list[tuple[str, int]]:
    """The alliances there are, and whether each is marked as an example."""
    with closing(sqlite3.connect(data / "charte.sqlite3")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return list(connection.execute("SELECT title, example FROM alliances ORDER BY title"))


def test_the_example_is_loaded_once_and_gives_links_each_time(data: Path) -> None:
    assert charte(data, "db", "upgrade").returncode == 0
    cut_short(data)
    assert examples(data) == [("Le garage qui remet en route", 0)]
    first = charte(data, "example", "load")
    assert first.returncode == 0, first.stdout + first.stderr
    again = charte(data, "example", "load")
    assert again.returncode == 0
    assert examples(data) == [("Le garage qui remet en route", 1), ("Un sas vers l’emploi", 1)]
    assert "http://127.0.0.1:8000/connexion/" in again.stdout
    for name in (*SIGNATORIES, "Noé Passeur"):
        assert name in again.stdout
