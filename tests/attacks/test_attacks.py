"""Every attack, through every door: refused, with a sentence that says why, and nothing left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from flask.testing import FlaskClient

from charter.adapters.clock import FixedClock
from charter.adapters.signer import LocalAuthority, LocalTimestamps, SealingService, Trust
from charter.adapters.signer.certificates import Credential
from charter.signing import verifying
from charter.work import Work
from tests.attacks import impostors, originals
from tests.attacks.doors import Doors
from tests.attacks.increments import IN_INCREMENTS, added
from tests.attacks.originals import NOW
from tests.attacks.raw import NO_PDF, TRICKS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REFUSED = {"altered", "invalid", "unreadable", "unsigned", "untrusted"}

WORDS = {
    "annotation_over_text": "des annotations ont été posées",
    "content_replaced": "le contenu de pages a été remplacé",
    "content_overridden": "le contenu de pages a été remplacé",
    "page_appended": "le nombre de pages est passé de",
    "page_removed": "le nombre de pages est passé de",
    "attachment_swapped": "un fichier joint au document a été ajouté, remplacé ou retiré",
    "attachment_added": "un fichier joint au document a été ajouté, remplacé ou retiré",
    "opens_with_a_program": "une action qui se déclenche toute seule",
    "appearances_to_be_made": "des champs à remplir",
    "text_field_added": "des champs à remplir",
    "proofs_removed": "les preuves de validité jointes aux signatures ont été retirées",
    "empty_field_added": "des emplacements de signature ont été ajoutés ou retirés : sig-99",
    "description_changed": "le titre, l’auteur",
    "metadata_changed": "le titre, l’auteur",
    "layer_added": "des calques",
    "signature_removed": "des signatures déjà faites ont été retirées",
    "signature_moved": "des signatures déjà faites ont été retirées, déplacées",
    "orphan_added": "des données que personne n’a signées",
    "word_changed": "n’est pas celui que ces personnes ont signé",
    "encrypted": "protégé par un mot de passe",
    "cut_short": "il a été coupé",
    "picture_before": "ne commence pas comme un PDF",
    "web_page_before": "ne commence pas comme un PDF",
    "line_at_the_end": "des données que personne n’a signées",
    "blank": "Ce fichier est vide",
    "words": "n’est pas un PDF, quel que soit son nom",
    "office_file": "n’est pas un PDF, quel que soit son nom",
    "many_fields": "plus de 1000 emplacements de signature",
}


@pytest.fixture
def doors(client: FlaskClient, drain: Callable[[], int], trust: Trust, clock: FixedClock, tmp_path: Path) -> Doors:
    return Doors(client, drain, trust, clock.now(), tmp_path)


@pytest.fixture(autouse=True)
def nothing_kept(work: Work, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither in storage nor among temporary files."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not work.storage.aside.waiting()
    assert not work.storage.root.exists() or not [path for path in work.storage.root.rglob("*") if path.is_file()]
    assert not list(folder.iterdir())


def refused(doors: Doors, files: dict[str, bytes]) -> None:
    """Each file is refused by each door, with the same verdict and its own words."""
    by_command = doors.command(files)
    wrong = []
    for name, pdf in files.items():
        for told in (doors.api(pdf), doors.page(pdf), by_command[name]):
            if told.verdict not in REFUSED or told.verdict != by_command[name].verdict or WORDS.get(name, "") not in told.words:
                wrong.append((name, told.verdict, told.words[-300:]))
    assert not wrong


def test_the_original_passes_every_door(doors: Doors, final: bytes) -> None:
    assert doors.api(final).verdict == "valid"
    assert "Signé de tous" in doors.page(final).words
    assert doors.command({"charte.pdf": final})["charte.pdf"].verdict == "valid"


def test_increments_are_refused(doors: Doors, final: bytes) -> None:
    refused(doors, {name: added(final, change) for name, change in IN_INCREMENTS.items()})


def test_tricks_on_bytes_are_refused(doors: Doors, final: bytes) -> None:
    refused(doors, {name: trick(final) for name, trick in TRICKS.items()})


def test_what_is_no_pdf_is_refused(doors: Doors) -> None:
    refused(doors, {name: make() for name, make in NO_PDF.items()})


def test_a_file_with_nothing_in_it_is_refused_by_the_command_too(doors: Doors) -> None:
    assert "Ce fichier est vide" in doors.command({"vide.pdf": b""})["vide.pdf"].words


def test_a_timestamp_taken_elsewhere_is_refused(doors: Doors, states: list[bytes]) -> None:
    taken = {
        "of_this_file": impostors.stamp_of_another(states[2]),
        "of_another_file": impostors.stamp_of_another(states[2], states[1]),
        "removed": impostors.stamp_removed(states[2]),
    }
    refused(doors, taken)
    assert "n’est pas le sien : il a été pris ailleurs" in doors.api(taken["of_this_file"]).words
    assert "a perdu son horodatage" in doors.api(taken["removed"]).words


def test_signatures_worth_nothing_are_refused(
    doors: Doors, states: list[bytes], local: LocalAuthority, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    root, issuing = (local.credential(role, NOW) for role in ("root", "issuing"))
    stamper = LocalTimestamps(local).client(NOW)
    chain = [issuing.certificate, root.certificate]
    honest = impostors.signatory(issuing, NOW - timedelta(hours=1), NOW + timedelta(days=90))
    false_root = impostors.twin(root.certificate)
    false_issuing = impostors.twin(issuing.certificate, false_root)
    impostor = impostors.signatory(false_issuing, NOW - timedelta(hours=1), NOW + timedelta(days=90))

    def made(credential: Credential, others: list[x509.Certificate] = chain, digest: str = "sha256") -> bytes:
        return impostors.signed_by(states[1], "sig-01", credential, others, digest=digest, stamper=stamper)

    files = {
        "ended": made(impostors.ended(issuing)),
        "weak": made(honest, digest="sha1"),
        "twin": made(impostor, [false_issuing.certificate, false_root.certificate]),
        "twin_with_our_chain": made(impostor),
    }
    refused(doors, files)
    assert "n’était pas en cours de validité" in doors.api(files["ended"]).words
    assert "que l’on sait contrefaire" in doors.api(files["weak"]).words
    assert "vient d’un émetteur que cette plateforme ne connaît pas" in doors.api(files["twin"]).words
    assert doors.api(made(honest)).verdict == "incomplete"

    struck = impostors.struck_off(issuing, honest, NOW - timedelta(minutes=30))
    trust = Trust(doors.trust.roots, others=doors.trust.others, revocation_lists=(struck,))
    monkeypatch.setattr(verifying, "trusted", lambda *_, **__: trust)
    told = doors.api(made(honest))
    assert (told.verdict, "avait été révoqué" in told.words) == ("invalid", True)


def test_somebody_else_s_authority_of_the_same_name_is_told(doors: Doors, tmp_path: Path) -> None:
    other = originals.stranger(tmp_path / "other", "Charte du faire alliance")
    assert isinstance(other, SealingService)
    refused(doors, {"imitation": originals.signed(other, 1)[-1]})


@pytest.mark.parametrize("name", ["charte.txt", "../../etc/passwd", "charte\x1b[2Jfdp.\u202efdp", "a" * 300 + ".pdf", "charte.pdf\x00.exe"])
def test_the_name_of_a_file_says_nothing(doors: Doors, final: bytes, name: str) -> None:
    told = doors.page(final, name)
    assert told.verdict == "valid"
    assert "passwd" not in told.words


def test_the_command_shows_no_name_that_moves_the_cursor(doors: Doors) -> None:
    named = "charte\x1b[2J\u202efdp.exe"
    assert "charte[2Jfdp.exe : ILLISIBLE" in doors.command({named: b"Bonjour"})[named].words
