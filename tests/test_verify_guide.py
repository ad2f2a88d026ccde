"""docs/verify.md, followed to the letter on what `charte story` leaves; and its program on copies of it touched in every piece."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from charter.adapters.signer import LocalAuthority
from charter.config import ROOT

GUIDE, PROGRAM = ROOT / "docs" / "verify.md", ROOT / "docs" / "verifier.py"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def verify(folder: Path, *root: Path) -> subprocess.CompletedProcess[str]:
    """Runs the program alone: neither this product nor any installed package is within its reach."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(folder), *map(str, root)]
    return subprocess.run(
        command, cwd="/", env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def dossier(story: Path, tmp_path: Path) -> Path:
    """A copy to touch."""
    return Path(shutil.copytree(story / "dossier", tmp_path / "dossier"))


@pytest.fixture(scope="module")
def root(story: Path) -> Path:
    """The root, had from elsewhere."""
    return story / "autorite.pem"


def test_the_guide_is_followed_to_the_letter(dossier: Path) -> None:
    commands = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(commands) >= 8
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": str(dossier)}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)], cwd=dossier, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Tout tient." in run.stdout
    assert "NON " not in run.stdout
    assert run.stdout.count("Signature is Valid") == 4
    assert "Total document signed" in run.stdout
    assert "Verification: OK" in run.stdout + run.stderr
    assert "Verification successful" in run.stdout + run.stderr


def test_the_program_is_sixty_lines_that_import_nothing_of_ours(story: Path) -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    imported = {name.split()[0].strip(",") for line in re.findall(r"^import (.*)$", text, re.MULTILINE) for name in line.split(",")}
    imported |= set(re.findall(r"^from (\w+)", text, re.MULTILINE))
    assert imported <= set(sys.stdlib_module_names)
    assert (story / "dossier" / "verifier.py").read_text(encoding="utf-8") == text


def test_it_says_what_holds_in_french(story: Path, root: Path) -> None:
    run = verify(story / "dossier", root)
    assert run.returncode == 0, run.stdout + run.stderr
    said = run.stdout.splitlines()
    assert said[-1] == "Tout tient."
    assert all(line.startswith("OK ") for line in said[:-2])
    articles = json.loads((story / "preuve.json").read_text())["charter"]["articles"]
    assert sum("mot pour mot" in line for line in said) == len(articles) == 10
    for name in ("Aïcha Benali", "Marc Delmas", "Hélène Vasseur"):
        assert sum(name in line and ", 2026" in line for line in said) == sum(f"{name}, sans révocation" in line for line in said) == 2


def flipped(path: Path, at: float) -> None:
    """One byte changed, at a fraction of the file."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(data)


def replaced(path: Path, old: str, new: str) -> None:
    """One word for another."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def without_last_revision(path: Path, told: Path) -> None:
    """The file as it was before its last signature."""
    revisions = json.loads(told.read_text())["documents"][0]["revisions"]
    path.write_bytes(path.read_bytes()[: revisions[-2]["size"]])


def rewritten(dossier: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """preuve.json with other content, canonical still."""
    told = json.loads((dossier / "preuve.json").read_text())
    change(told)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (dossier / "preuve.json").write_text(text, encoding="utf-8")


def lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """The journal, otherwise."""
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


TOUCHES: dict[str, Callable[[Path], object]] = {
    "a byte of the signed charter": lambda d: flipped(d / "charte.pdf", 0.3),
    "a byte of the signed contract": lambda d: flipped(d / "contrat.pdf", 0.5),
    "a byte of a signature": lambda d: flipped(d / "charte.pdf", 0.93),
    "the charter without its last signature": lambda d: without_last_revision(d / "charte.pdf", d / "preuve.json"),
    "the charter and one more page": lambda d: (d / "charte.pdf").write_bytes((d / "charte.pdf").read_bytes() + b"\n%more\n"),
    "another document in its place": lambda d: shutil.copy(d / "contrat.pdf", d / "charte.pdf"),
    "a byte of the evidence for people": lambda d: flipped(d / "preuve.pdf", 0.2),
    "the evidence for people with something after it": lambda d: (d / "preuve.pdf").write_bytes((d / "preuve.pdf").read_bytes() + b"\n%"),
    "a name in the evidence": lambda d: replaced(d / "preuve.json", "Marc Delmas", "Marc Dalmas"),
    "a consent's hash": lambda d: rewritten(d, lambda t: t["charter"]["articles"][0]["consents"][0].update(sha256="0" * 64)),
    "a consent taken from another line": lambda d: rewritten(
        d, lambda t: t["charter"]["articles"][0]["consents"][0].update(journal_line=1)
    ),
    "an article's hash": lambda d: rewritten(d, lambda t: t["charter"]["articles"][1].update(sha256="f" * 64)),
    "a timestamp's hour": lambda d: rewritten(d, lambda t: t["documents"][0]["revisions"][1].update(timestamp="2026-01-01T00:00:00Z")),
    "a certificate for another": lambda d: rewritten(
        d,
        lambda t: t["documents"][0]["revisions"][1].update(certificate=t["documents"][0]["revisions"][2]["certificate"]),
    ),
    "a token for another": lambda d: rewritten(
        d,
        lambda t: t["documents"][0]["revisions"][1].update(token=t["documents"][0]["revisions"][2]["token"]),
    ),
    "a line of the journal": lambda d: replaced(d / "journal.jsonl", "sas", "sac"),
    "a line of the journal removed": lambda d: lines(d / "journal.jsonl", lambda found: found[:4] + found[5:]),
    "the journal cut off": lambda d: lines(d / "journal.jsonl", lambda found: found[:-3]),
    "the root": lambda d: flipped(d / "autorite.pem", 0.5),
    "the certificates": lambda d: replaced(d / "certificats.pem", "MII", "MIJ"),
    "a revocation list": lambda d: flipped(d / "revocations" / "1.crl", 0.5),
    "a file missing": lambda d: (d / "contrat.pdf").unlink(),
    "a consent sentence": lambda d: replaced(d / "preuve.json", "en accepter les termes", "en refuser les termes"),
    "a token's byte": lambda d: rewritten(d, respelt),
    "a name over somebody's certificate": lambda d: rewritten(d, lambda t: revision(t).update(signed_by="Jean Faux")),
    "an authority's certificate for the person's": lambda d: rewritten(d, lambda t: revision(t)["certificate"].update(pem=issuer(d))),
    "what was read": lambda d: rewritten(d, lambda t: t["documents"][0].update(original_sha256="0" * 64)),
    "no revocation list": lambda d: rewritten(d, lambda t: without_lists(d, t)),
    "what the extract says": lambda d: rewritten(d, lambda t: t["journal"]["extract"][0].update(type="nothing")),
}


def revision(told: dict[str, Any]) -> dict[str, Any]:
    """The first person's signature in the charter."""
    found: dict[str, Any] = told["documents"][0]["revisions"][1]
    return found


def respelt(told: dict[str, Any]) -> None:
    token = revision(told)["token"]
    data = bytearray(base64.b64decode(token["der_base64"]))
    data[-1] ^= 1
    token["der_base64"] = base64.b64encode(data).decode()


def issuer(dossier: Path) -> str:
    """The authority that issues people's certificates: every message carries it beside theirs."""
    text = (dossier / "certificats.pem").read_text(encoding="utf-8")
    found = re.search(r"^# CN=[^\n]* signatures [^\n]*\n(-----BEGIN.*?-----END CERTIFICATE-----\n)", text, re.MULTILINE | re.DOTALL)
    assert found
    return found.group(1)


def without_lists(dossier: Path, told: dict[str, Any]) -> None:
    shutil.rmtree(dossier / "revocations")
    told["files"] = [one for one in told["files"] if not one["name"].startswith("revocations/")]


REFUSED: dict[str, str] = {
    "a byte of the signed charter": "charte.pdf : 5 signatures",
    "a byte of the signed contract": "contrat.pdf : 5 signatures",
    "a byte of a signature": "charte.pdf : Hélène Vasseur",
    "the charter without its last signature": "charte.pdf : Hélène Vasseur",
    "the charter and one more page": "charte.pdf : 5 signatures",
    "another document in its place": "charte.pdf : Aïcha Benali",
    "a byte of the evidence for people": "preuve.pdf",
    "the evidence for people with something after it": "preuve.pdf",
    "a name in the evidence": "preuve.json est celui",
    "a consent's hash": "L’article 1,",
    "a consent taken from another line": "L’article 1,",
    "an article's hash": "L’article 2,",
    "a timestamp's hour": "charte.pdf : Aïcha Benali",
    "a certificate for another": "charte.pdf : Aïcha Benali",
    "a token for another": "charte.pdf : Aïcha Benali",
    "a line of the journal": "journal : ",
    "a line of the journal removed": "journal : ",
    "the journal cut off": "journal : ",
    "the root": "autorite.pem a l’empreinte",
    "the certificates": "certificats.pem a l’empreinte",
    "a revocation list": "revocations/1.crl",
    "a file missing": "dossier incomplet",
    "a consent sentence": "preuve.json est celui",
    "a token's byte": "charte.pdf : Aïcha Benali, 2026",
    "a name over somebody's certificate": "charte.pdf : Jean Faux, 2026",
    "an authority's certificate for the person's": "charte.pdf : Aïcha Benali, 2026",
    "what was read": "charte.pdf prolonge le document lu",
    "no revocation list": "charte.pdf : Aïcha Benali, sans révocation",
    "what the extract says": "journal : ",
}
"""What the program must say no to, by what was touched."""


@pytest.mark.parametrize("what", TOUCHES)
def test_it_says_no_of_a_touched_copy(dossier: Path, root: Path, what: str) -> None:
    TOUCHES[what](dossier)
    run = verify(dossier, root)
    assert run.returncode == 1, run.stdout
    assert any(line.startswith(f"NON  {REFUSED[what]}") for line in run.stdout.splitlines()), run.stdout
    assert "en échec" in run.stdout.splitlines()[-1]
    assert "Traceback" not in run.stderr


def test_it_leaves_nothing_behind(dossier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch, before = tmp_path / "scratch", sorted(dossier.rglob("*"))
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    command = [sys.executable, str(PROGRAM), str(dossier)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (dossier / "journal.jsonl").write_bytes(b"")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert not list(scratch.iterdir()) and sorted(dossier.rglob("*")) == before


def followed(dossier: Path, title: str) -> subprocess.CompletedProcess[str]:
    """One section of the guide, on its own."""
    section = GUIDE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(BLOCK.findall(section))]
    return subprocess.run(command, cwd=dossier, capture_output=True, text=True, check=False)


SAID = "Who said yes, and to what"


def test_the_guide_shows_what_each_said_yes_to(dossier: Path) -> None:
    run = followed(dossier, SAID)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("je déclare avoir lu") == 3 and "Aïcha Benali (code): Moi, Aïcha Benali" in run.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["signatories"][1].update(consent_sentence="Moi, Marc Delmas, je refuse."), "Marc Delmas: yes to another sentence"),
        (lambda t: t["documents"][1].update(original_sha256="0" * 64), "Aïcha Benali: yes to other documents"),
        (
            lambda t: t["signatories"][0]["identification"].update(documents_sha256="0" * 64),
            "Aïcha Benali: identified for other documents",
        ),
    ],
)
def test_the_guide_sees_another_consent(dossier: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    rewritten(dossier, change)
    run = followed(dossier, SAID)
    assert run.returncode == 1 and words in run.stderr


def test_it_says_no_under_another_root(story: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(LocalAuthority.open(tmp_path / "keys", datetime(2026, 1, 1, tzinfo=UTC)).root_pem())
    run = verify(story / "dossier", other)
    assert run.returncode == 1
    assert "NON  preuve.pdf" in run.stdout
    assert "NON  charte.pdf : 5 signatures" in run.stdout
