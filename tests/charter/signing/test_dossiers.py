"""The evidence one takes away: the whole in a ZIP, one signatory's own, by whom, and after leaving; from word to signature."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient

from charter.accounts.models import Person
from charter.accounts.services import make_token
from charter.adapters.clock import FixedClock
from charter.adapters.signer import Verdict, verify
from charter.config import ROOT
from charter.contracts.documents import ARTICLES_FILE
from charter.signing import services
from charter.signing.evidence import bundle
from charter.signing.evidence.carried import carried
from charter.signing.evidence.linking import linked
from charter.signing.models import AuthorityProof, Envelope, ProofKind, Signatory
from charter.signing.sealer import sealer
from charter.signing.services.documents import made_for
from charter.work import Work
from tests.charter.signing import factories as make
from workflows.proposals import PartyStatus

SignedIn = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is read through services tested on both
MANDATE = b"%PDF-1.7 mandat de la pr\xc3\xa9sidente"


@pytest.fixture
def done(work: Work, envelope: Envelope, drain: Callable[[], int], outgoing: list[EmailMessage]) -> Envelope:
    """Signed by all, the first one with a mandate; the whole evidence made. Nothing is left open in the database."""
    first = envelope.signatories[0]
    told = {"filename": "Pouvoir de la présidente.pdf", "mime": "application/pdf", "added_by": first.person_id, "added_at": work.now()}
    digest = work.storage.put(MANDATE)
    work.add(AuthorityProof(signatory=first, kind=ProofKind.mandate, sha256=digest, size=len(MANDATE), **told))
    services.send(work.by(make.leader(envelope)), envelope)
    for signatory in envelope.signatories:
        make.sign(work, signatory)
    work.commit()
    drain()
    return ready(work, envelope)


@pytest.fixture
def each(work: Work, done: Envelope, drain: Callable[[], int], clock: FixedClock) -> Envelope:
    """Each signatory's own evidence is made too."""
    for _ in done.signatories:  # one at a time
        clock.advance(timedelta(minutes=2))
        drain()
    return ready(work, done)


def ready(work: Work, envelope: Envelope) -> Envelope:
    """Read anew, then let go: a test's own transaction would keep the server's waiting."""
    work.commit()
    work.session.expire_all()
    assert envelope.alliance.ref and envelope.contract.text_ref and envelope.contract.assembled
    for one in envelope.signatories:
        assert one.person.id and one.party.ref
    assert [one.current_sha256 for one in envelope.documents]
    work.commit()
    return envelope


def opened(data: bytes) -> dict[str, bytes]:
    """A ZIP's files by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def url(envelope: Envelope, path: str) -> str:
    return f"/alliances/{envelope.alliance.ref}/signature/enveloppes/{envelope.ref}/{path}"


def own(envelope: Envelope, signatory: Signatory, name: str) -> str:
    return url(envelope, f"signataires/{signatory.ref}/{name}")


def checked(files: dict[str, bytes], folder: Path) -> subprocess.CompletedProcess[str]:
    """What the program in the ZIP says of it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return subprocess.run([sys.executable, "-I", "-S", "verifier.py"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_whole_dossier_holds_what_it_names_and_its_program_says_so(
    work: Work, done: Envelope, signed_in: SignedIn, tmp_path: Path
) -> None:
    answer = signed_in(done.signatories[1].person).get(url(done, "dossier.zip"))
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    files = opened(answer.data)
    told = json.loads(files["preuve.json"])
    assert {one["name"] for one in told["files"]} | {"preuve.pdf", "preuve.json", "verifier.py", "verify.md", "LISEZ-MOI.txt"} == set(files)
    assert all(files[name] == (ROOT / "docs" / name).read_bytes() for name in ("verifier.py", "verify.md"))
    assert files["pieces/01-1-Pouvoir-de-la-presidente.pdf"] == MANDATE
    assert "python3 verifier.py" in files["LISEZ-MOI.txt"].decode()
    run = checked(files, tmp_path)
    assert run.returncode == 0, run.stdout
    (tmp_path / "pieces" / "01-1-Pouvoir-de-la-presidente.pdf").write_bytes(b"another")
    again = subprocess.run([sys.executable, "verifier.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "NON  pieces/01-1-Pouvoir-de-la-presidente.pdf" in again.stdout


def test_it_tells_what_is_joined_each_token_and_is_sealed_itself(work: Work, done: Envelope) -> None:
    told = json.loads(services.evidence(work, done, "json"))
    proof = told["signatories"][0]["authority"]["proofs"][0]
    assert (proof["label"], proof["filename"], proof["added_by"]) == ("Mandat ou pouvoir", "Pouvoir de la présidente.pdf", make.NAMES[0])
    assert any(text.startswith(f"{make.NAMES[0]} : les pièces") for text in told["proves"])
    assert any(text.startswith(f"{make.NAMES[1]} et {make.NAMES[2]} : le pouvoir") for text in told["does_not_prove"])
    assert any("n’en a vérifié ni l’auteur ni la portée" in text for text in told["does_not_prove"])
    assert {one["identification"]["method"] for one in told["signatories"]} == {"code"}
    assert any(
        text.startswith("La lecture, le code et le consentement sont attestés par ce service seul") for text in told["does_not_prove"]
    )
    for document in told["documents"]:
        assert [one["signed_by"] for one in document["revisions"]] == ["", *make.NAMES]
        for one in document["revisions"]:
            assert one["token"]["time"] == one["timestamp"]
            assert one["token"]["policy"].startswith("2.25.")
            assert one["token"]["authority"].endswith("horodatage")
            assert one["size"] > document["original_size"]
        assert len({one["token"]["serial"] for one in document["revisions"]}) == 4
        assert len(document["archives"]) == 1
    pdf, trust = services.evidence(work, done, "pdf"), sealer(work.settings, work.now()).trust(work.now())
    found = verify(pdf, now=work.now(), trust=trust)
    assert found.verdict is Verdict.VALID
    assert [one.certification for one in found.signatures] == [True]
    assert len(found.archives) == 1
    touched = bytearray(pdf)
    touched[len(pdf) // 3] ^= 1
    assert verify(bytes(touched), now=work.now(), trust=trust).verdict is not Verdict.VALID
    with bundle.of_envelope(work, done) as one, bundle.of_envelope(work, done) as other:
        assert one.read() == other.read()


def test_one_signatorys_own_is_about_that_person_and_for_whom_it_concerns(
    work: Work, each: Envelope, signed_in: SignedIn, tmp_path: Path
) -> None:
    second = each.signatories[1]
    client = signed_in(second.person)
    told = json.loads(client.get(own(each, second, "preuve.json")).data)
    assert [one["name"] for one in told["signatories"]] == [make.NAMES[1]]
    assert [one["signed_by"] for one in told["documents"][0]["revisions"]] == ["", make.NAMES[1]]
    assert {line["payload"].get("signatory", second.ref) for line in told["journal"]["extract"]} == {second.ref}
    for other in (make.NAMES[0], make.NAMES[2]):
        assert other not in json.dumps(told["signatories"], ensure_ascii=False)
    files = opened(client.get(own(each, second, "dossier.zip")).data)
    assert not [name for name in files if name.startswith("pieces/")]
    assert files["preuve.pdf"] == client.get(own(each, second, "preuve.pdf")).data
    assert checked(files, tmp_path).returncode == 0
    first, second, third = each.signatories
    assert signed_in(third.person).get(own(each, second, "preuve.pdf")).status_code == 403
    refused = signed_in(third.person).get(own(each, second, "dossier.zip"))
    assert refused.status_code == 403
    assert make.NAMES[1] in refused.text
    for person in (second.person, first.person):  # the first party leads
        assert signed_in(person).get(own(each, second, "preuve.pdf")).status_code == 200
    assert signed_in(second.person).get(own(each, second, "preuve.txt")).status_code == 404
    third.party.status = PartyStatus.left
    work.commit()
    client = signed_in(third.person)
    for path in ("dossier.zip", "preuve.pdf", "preuve.json", "charter.pdf", "mots"):
        assert client.get(url(each, path)).status_code == 200, path
    assert client.get(own(each, third, "dossier.zip")).status_code == 200
    assert "Dossier complet, à garder" in client.get(f"/alliances/{each.alliance.ref}/signature").text


def test_own_dossiers_are_made_one_at_a_time_behind_mails(
    work: Work, done: Envelope, signed_in: SignedIn, drain: Callable[[], int], clock: FixedClock
) -> None:
    client, page = signed_in(done.signatories[0].person), f"/alliances/{done.alliance.ref}/signature"
    assert "3 dossiers propres à un signataire se préparent" in client.get(page).text
    for left in (2, 1, 0):
        clock.advance(timedelta(minutes=2))
        drain()
        work.session.expire_all()
        assert len(made_for(work, done)) == 3 - left
        work.commit()
    assert "se prépare" not in client.get(page).text


def test_before_everybody_signed_there_is_none(work: Work, envelope: Envelope, signed_in: SignedIn) -> None:
    services.send(work.by(make.leader(envelope)), envelope)
    ready(work, envelope)
    client, signatory = signed_in(envelope.signatories[0].person), envelope.signatories[0]
    assert client.get(url(envelope, "dossier.zip")).status_code == 404
    assert client.get(own(envelope, signatory, "preuve.pdf")).status_code == 404
    assert client.get(own(envelope, signatory, "dossier.zip")).status_code == 404
    page = client.get(url(envelope, "mots"))
    assert page.status_code == 200
    assert "le fichier à signer le contient mot pour mot" in page.text
    assert "Personne n’a encore signé ce fichier." in page.text


def test_the_page_links_each_article_to_its_signatures(done: Envelope, signed_in: SignedIn) -> None:
    client = signed_in(done.signatories[2].person)
    there = client.get(f"/alliances/{done.alliance.ref}/signature/mots?charte={done.contract.text_ref}")
    assert there.status_code == 302
    page = client.get(there.location).text
    articles = done.contract.assembled["charter"]["articles"]
    assert page.count("le fichier signé le contient mot pour mot") == len(articles)
    for one in articles:
        assert one["hash"] in page
    for name in make.NAMES:
        assert name in page
    missing = client.get(f"/alliances/{done.alliance.ref}/signature/mots?charte=zzz")
    assert "Cette charte n’est pas encore passée à la signature." in missing.text


def test_a_database_that_says_otherwise_than_the_signed_file_is_seen(work: Work, done: Envelope) -> None:
    assert all(one["matches"] for one in linked(work, done)["articles"])
    pdf = work.storage.get(done.documents[0].current_sha256)
    assert len(carried(pdf)) == len(done.contract.assembled["charter"]["articles"])
    consent = work.session.execute(_consents(done)).scalars().first()
    assert consent is not None
    consent.sha256 = "0" * 64
    work.session.flush()
    unlike = [one for one in linked(work, done)["articles"] if not one["matches"]]
    assert len(unlike) == 1
    assert "mais le fichier ne contient pas ces mots" in unlike[0]["sentence"]
    assert carried(swapped(pdf)) == {}


def swapped(pdf: bytes) -> bytes:
    """The signed file with another attachment, added as an increment so that no signed byte changes."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    with pikepdf.open(io.BytesIO(pdf)) as document:
        told = json.loads(document.attachments[ARTICLES_FILE].get_file().read_bytes())
    for one in told["articles"]:
        one["title"] += " bis"
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    spec = names[1]
    stream = generic.StreamObject(stream_data=json.dumps(told).encode())
    spec["/EF"]["/F"] = writer.add_object(stream)
    spec["/EF"]["/UF"] = spec["/EF"].raw_get("/F")
    writer.update_container(spec)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _consents(envelope: Envelope) -> Any:
    from sqlalchemy import select

    from charter.drafting.models import Article, Consent, Text

    return (
        select(Consent)
        .join(Article, Article.id == Consent.article_id)
        .join(Text, Text.id == Article.text_id)
        .where(Text.ref == envelope.contract.text_ref)
    )


def test_the_api_gives_the_same(work: Work, each: Envelope, client: FlaskClient) -> None:
    third, second = each.signatories[2], each.signatories[1]
    get = _caller(work, client, third.person)
    base = f"/api/v1/alliances/{each.alliance.ref}/signature"
    words = get(f"{base}/words").get_json()
    assert words["signed"] is True
    assert all(one["matches"] and one["sha256"] == one["signed_sha256"] for one in words["articles"])
    assert [one["name"] for one in words["signatures"]] == list(make.NAMES)
    assert "preuve.pdf" in opened(get(f"{base}/evidence.zip").data)
    assert get(f"{base}/signatories/{third.ref}/evidence.pdf").data.startswith(b"%PDF")
    assert get(f"{base}/signatories/{third.ref}/evidence.json").get_json()["about"]["signatory"] == third.ref
    assert "preuve.json" in opened(get(f"{base}/signatories/{third.ref}/evidence.zip").data)
    refused = get(f"{base}/signatories/{second.ref}/evidence.json")
    assert (refused.status_code, make.NAMES[1] in refused.get_json()["detail"]) == (403, True)


def _caller(work: Work, client: FlaskClient, person: Person) -> Callable[[str], Any]:
    token, _kept = make_token(work, person, "essai")
    work.commit()
    return lambda path: client.get(path, headers={"Authorization": f"Bearer {token}"})
