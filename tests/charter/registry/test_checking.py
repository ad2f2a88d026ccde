"""Checking a signed document from outside: the answer at once, the whole analysis by a worker, nothing kept of the file."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.adapters.pdf import pictures
from charter.adapters.signer import Verdict, answers, examinations, material_of, verify
from charter.errors import NotFound, Unavailable
from charter.registry import services
from charter.registry.known import Known
from charter.registry.models import Examination
from charter.signing import services as signing
from charter.signing import verifying
from charter.signing.models import Envelope
from charter.signing.sealer import sealer
from charter.work import Work
from tests.charter.adapters.signer_samples import NOW, encrypted, overwritten, signed, with_annotation, with_overlay, with_page
from tests.charter.signing import factories as make

Drain = Callable[[], int]
LATER = NOW + timedelta(days=30)
"""The samples were signed in the future of the tests' clock."""


@pytest.fixture
def final(work: Work) -> bytes:
    """A document three people signed with this installation's authority."""
    return signed(sealer(work.settings, work.now()).service).pdf


def asked(work: Work, pdf: bytes) -> Examination:
    row = services.ask(work, pdf)
    work.commit()
    return row


def known(work: Work, sha256: str) -> Known | None:
    """What is told of one of our own files."""
    return services.seen(work, asked(work, work.storage.get(sha256)).sha256).known


def settled(work: Work, pdf: bytes, drain: Drain) -> Examination:
    asked(work, pdf)
    drain()
    work.session.expire_all()
    row = services.found_of(work, hashlib.sha256(pdf).hexdigest())
    work.commit()
    return row


def sent_file(client: FlaskClient, pdf: bytes) -> TestResponse:
    return client.post("/verifier", data={"file": (io.BytesIO(pdf), "charte.pdf")}, content_type="multipart/form-data")


def test_a_revocation_is_seen_at_once_by_whoever_asks_again(work: Work, client: FlaskClient, clock: FixedClock) -> None:
    using = sealer(work.settings, work.now())
    clock.move_to(LATER)
    pdf = signed(using.service).pdf
    serials = [one["serial"] for one in _answer(client, pdf)["signatures"]]
    certificate = next(
        one for one in map(x509.load_der_x509_certificate, material_of(pdf).certificates) if f"{one.serial_number:X}" == serials[1]
    )
    using.authority.revoke(certificate, NOW + timedelta(days=1), "superseded")
    since = _answer(client, pdf)
    assert (since["verdict"], [one["revoked"] is None for one in since["signatures"]]) == ("valid", [True, False, True, True])
    using.authority.ring.write_revoked([replace(using.authority.ring.revoked()[0], at=NOW - timedelta(days=1))])
    before = _answer(client, pdf)
    assert (before["verdict"], before["signatures"][1]["trouble"]) == ("invalid", "revoked")
    assert "révoqué" in verifying.told(Path("charte.pdf"), verifying.examine(pdf, now=LATER, trust=verifying.trusted(work.settings, LATER)))
    (using.authority.ring.directory / "revoked.json").unlink()  # the keys serve other tests


def _answer(client: FlaskClient, pdf: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/v1/verifications", data=pdf, content_type="application/pdf").get_json()
    return answer


def test_a_good_file_is_answered_at_once_then_wholly(work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    first = asked(work, final)
    assert (first.found["verdict"], first.full) == ("valid", False)
    assert work.storage.aside.waiting().keys() == {first.sha256}
    whole = settled(work, final, drain)
    assert (whole.found["verdict"], whole.full, whole.failed) == ("valid", True, False)
    assert [one["unchanged"] for one in whole.found["signatures"]] == [True] * 4
    assert not work.storage.aside.waiting()


@pytest.mark.parametrize("spoil", [with_page, with_overlay, with_annotation, overwritten])
def test_a_spoiled_file_is_refused_with_the_reason(
    work: Work, final: bytes, drain: Drain, clock: FixedClock, spoil: Callable[[bytes], bytes]
) -> None:
    clock.move_to(LATER)
    found = answers.read(settled(work, spoil(final), drain).found)
    assert found.verdict is Verdict.ALTERED
    assert found.reasons


@pytest.mark.parametrize(
    ("pdf", "verdict"),
    [(b"%PDF-1.7 nothing", "unreadable"), (b"hello", "unreadable"), (b"\x00" * 2048, "unreadable")],
)
def test_what_is_refused_at_once_waits_for_nobody(work: Work, pdf: bytes, verdict: str) -> None:
    row = asked(work, pdf)
    assert (row.found["verdict"], row.full) == (verdict, True)
    assert not work.storage.aside.waiting()
    assert work.session.query(Outbox).filter_by(name=services.ANALYSE).count() == 0


def test_a_file_behind_a_password_says_so(work: Work, final: bytes) -> None:
    row = asked(work, encrypted(final))
    assert row.full
    assert "mot de passe" in row.found["reasons"][0]["text"]


def test_pictures_catch_what_the_structure_does_not(work: Work, final: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    trust = verifying.trusted(work.settings, LATER)
    good = verifying.examine(final, now=LATER, trust=trust)
    assert good.verdict is Verdict.VALID
    # The structural analysis deceived, as a shadow attack would: the pages still tell.
    monkeypatch.setattr(examinations, "verify", lambda *_, **__: good)
    found = verifying.examine(with_overlay(final), now=LATER, trust=trust)
    assert found.verdict is Verdict.ALTERED
    assert {one.params["pages"] for one in found.reasons} == {"1"}


def test_pages_that_cannot_be_drawn_change_no_verdict(work: Work, final: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pdf: bytes, lengths: object) -> None:
        raise pictures.Undrawable("too slow")

    monkeypatch.setattr(pictures, "compare", refuse)
    now = LATER
    found = verifying.examine(final, now=now, trust=verifying.trusted(work.settings, now))
    assert found.verdict is Verdict.VALID
    assert found.reasons[-1].text == verifying.UNDRAWN


def test_the_same_file_is_not_examined_again(
    work: Work, final: bytes, drain: Drain, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to(LATER)
    settled(work, final, drain)
    monkeypatch.setattr(examinations, "verify", lambda *_, **__: pytest.fail("verified again"))
    assert asked(work, final).full
    assert drain() == 0


def test_the_second_to_bring_a_file_undoes_nothing_of_the_first(work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    whole = settled(work, final, drain)
    quick = verify(final, now=LATER, trust=verifying.trusted(work.settings, LATER), full=False)
    assert services._kept(work, quick, whole.relied_on, full=False).full


def test_an_answer_is_for_the_authorities_it_relied_on(work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    row = settled(work, final, drain)
    row = work.session.get_one(Examination, row.sha256)
    row.relied_on = "0" * 64
    work.commit()
    assert not asked(work, final).full


def test_what_is_known_of_our_own_files(work: Work, envelope: Envelope, drain: Drain) -> None:
    signing.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    for position in range(2):
        make.sign(work, envelope.signatories[position])
        work.commit()
        drain()
    work.session.expire_all()
    document = work.get(Envelope, envelope.id).documents[0]
    early, late = (known(work, document.revisions[number].sha256) for number in (1, 2))
    assert [(one.signed, one.expected, one.latest) for one in (early, late) if one] == [(1, 3, False), (2, 3, True)]
    unsigned = known(work, document.original_sha256)
    assert unsigned is not None
    assert (unsigned.signed, unsigned.kind, unsigned.latest) == (0, "charter", False)


def test_what_was_found_before_a_revocation_is_told_no_more(work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    row = settled(work, final, drain)
    using = sealer(work.settings, work.now())
    issuing = using.authority.credential("issuing", work.now()).certificate
    using.authority.revoke(issuing, work.now(), "keyCompromise")
    try:
        with pytest.raises(NotFound):
            services.found_of(work, row.sha256)
    finally:
        (using.authority.ring.directory / "revoked.json").unlink()  # the keys serve other tests


def test_an_analysis_that_fails_says_so(work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    row = asked(work, final)
    work.storage.aside.drop(row.sha256)
    drain()
    work.session.expire_all()
    assert services.found_of(work, row.sha256).failed
    assert work.session.query(Outbox).filter_by(name=services.ANALYSE).one().status is OutboxStatus.FAILED
    work.commit()
    clock.advance(timedelta(seconds=1))
    assert settled(work, final, drain).full


def test_too_many_files_waiting_are_refused_kindly(work: Work, final: bytes, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.move_to(LATER)
    monkeypatch.setattr(services, "MOST_WAITING", 1)
    asked(work, final)
    with pytest.raises(Unavailable):
        asked(work, signed(sealer(work.settings, work.now()).service).pdf)


def test_what_is_old_is_forgotten(work: Work, final: bytes, clock: FixedClock) -> None:
    clock.move_to(LATER)
    waiting = asked(work, final).sha256
    work.storage.aside.put("1" * 64, b"left by a crash")
    for name in (waiting, "1" * 64):
        os.utime(work.storage.aside.root / name, (1, 1))
    services.forget(work)
    assert work.storage.aside.waiting().keys() == {waiting}
    clock.move_to(clock.now() + timedelta(days=31))
    services.forget(work)
    services.forget(work)
    work.commit()
    assert not work.storage.aside.waiting()
    assert work.session.query(Examination).count() == 0


def test_the_page_without_an_account(client: FlaskClient, work: Work, final: bytes, drain: Drain, clock: FixedClock) -> None:
    clock.move_to(LATER)
    assert "Vérifier un document signé" in client.get("/verifier").text
    answer = sent_file(client, final)
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert "Les signatures sont bonnes ; ce qui a pu être ajouté entre elles est en cours d’examen" in shown.text
    drain()
    shown = client.get(answer.location)
    assert "Ce document est intact, et ses signatures sont reconnues" in shown.text
    assert "Amina Benali" in shown.text
    assert "hx-get" not in client.get(f"{answer.location}/etat").text


def test_a_refused_file_says_why(client: FlaskClient, final: bytes, work: Work, clock: FixedClock) -> None:
    clock.move_to(LATER)
    shown = client.get(sent_file(client, overwritten(final)).location)
    assert "Ce document a été modifié après avoir été signé" in shown.text
    assert "Le contenu n’est pas celui que ces personnes ont signé" in shown.text
    told = shown.text.split("que ces personnes ont signé", 1)[1]
    assert "plateforme" not in told.split("</p>", 1)[0]  # the service’s certification is nobody’s signature


@pytest.mark.parametrize("data", [None, b""])
def test_no_file_is_asked_for_again(client: FlaskClient, data: bytes | None) -> None:
    sent = {} if data is None else {"file": (io.BytesIO(data), "vide.pdf")}
    answer = client.post("/verifier", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choisissez le fichier PDF à vérifier" in answer.text


def test_a_file_beyond_the_limit_is_refused_unread(client: FlaskClient) -> None:
    assert sent_file(client, b"%PDF-1.7\n" + bytes(51 * 1024 * 1024)).status_code == 413
    assert client.post("/api/v1/verifications", data=bytes(51 * 1024 * 1024), content_type="application/pdf").status_code == 413


def test_the_api_without_a_token(client: FlaskClient, final: bytes, drain: Drain, work: Work, clock: FixedClock) -> None:
    clock.move_to(LATER)
    first: Any = client.post("/api/v1/verifications", data=final, content_type="application/pdf").json
    assert (first["verdict"], first["full"]) == ("valid", False)
    drain()
    whole: Any = client.get(f"/api/v1/verifications/{first['sha256']}").json
    assert (whole["full"], [one["name"] for one in whole["signatures"]][1:]) == (True, ["Amina Benali", "Paul Étienne Łoś", "Zoé Nguyễn"])
    assert client.post("/api/v1/verifications").status_code == 422
    assert client.get(f"/api/v1/verifications/{'0' * 64}").status_code == 404
