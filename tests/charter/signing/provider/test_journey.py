"""From the choice to the signed files at home, on both databases; and every way it may end otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from charter.adapters.clock import FixedClock
from charter.adapters.signer import Trust, Verdict, verify
from charter.errors import CharterError, Forbidden, Invalid, Refused
from charter.journal import services as journal
from charter.signing import services
from charter.signing.models import Envelope
from charter.signing.provider import services as providing
from charter.signing.services.deadlines import extend
from charter.work import Engine, Work
from tests.charter.signing import factories as make
from tests.charter.signing.provider.factories import leave, look, newest, read, row
from tests.provider import Provider
from workflows.lifecycle import AllianceStatus
from workflows.signing import EnvelopeStatus, SignatoryStatus

Drain = Callable[[], int]


def told(work: Work, envelope: Envelope) -> list[str]:
    return [fact.type for fact in journal.facts(work, envelope.alliance_id)]


def test_an_envelope_is_handed_over_whole(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    there = provider.only
    assert there.status == "ongoing" and there.order["external_id"] == sent.ref and there.order["delivery_mode"] == "none"
    assert sent.deadline is not None and there.order["expiration_date"] == sent.deadline.isoformat()
    assert sorted(paper.received for paper in there.papers.values()) == sorted(
        work.storage.get(one.original_sha256) for one in sent.documents
    )
    assert [one.info["email"] for one in there.signers.values()] == [one.email for one in sent.signatories]
    first = next(iter(there.signers.values()))
    assert (first.info["first_name"], first.info["last_name"], first.level) == ("Amina", "Benali", "electronic_signature")
    assert {(place["page"], place["x"], place["y"], place["width"], place["height"]) for place in first.fields} == {(1, 50, 94, 250, 58)}
    assert row(work, sent).activated_at is not None and "envelope.handed_over" in told(work, sent)
    assert sum("signer" in str(mail["Subject"]) for mail in outgoing) == 3, "we write to signatories, the provider does not"


def test_signed_there_it_comes_home_checked_and_completes(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    for one in sent.signatories:
        leave(work, one)
    provider.sign_all()
    look(engine, work, sent)
    drain()
    envelope = newest(work, sent)
    assert envelope.status == EnvelopeStatus.completed and envelope.evidence_pdf
    assert {one.status for one in envelope.signatories} == {SignatoryStatus.signed}
    roots = (provider.hand.roots_pem,)
    for document in envelope.documents:
        pdf = work.storage.get(document.current_sha256)
        assert pdf.startswith(work.storage.get(document.original_sha256))
        found = verify(pdf, now=work.now(), trust=Trust(roots, roots, roots))
        assert found.verdict == Verdict.INCOMPLETE and {one.name for one in found.signatures} == {name.upper() for name in make.NAMES}
        assert [one.signatory.name for one in document.revisions if one.signatory] == list(make.NAMES)
        assert [one.number for one in document.revisions] == [1, 2, 3] and document.revisions[-1].sha256 == document.current_sha256
        assert all(work.storage.get(one.sha256) for one in document.revisions)
    request = row(work, sent)
    assert {one.likeness for one in request.documents} == {"incremental"} and request.closed_at is not None
    assert all(work.storage.get(one.audit_sha256).startswith(b"%PDF-") for one in request.signers)
    facts = told(work, sent)
    assert facts.count("signature.given") == facts.count("signature.sealed") == 3 and "signature.confirmed" not in facts
    assert facts.count("envelope.completed") == 1
    steps = [step.kind for step in envelope.signatories[0].steps]
    assert steps[-3:] == ["left", "given", "sealed"]


def test_a_provider_that_rewrites_files_is_recognised_by_their_pages(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    provider.rewrites = True
    drain()
    provider.sign_all()
    look(engine, work, sent)
    assert newest(work, sent).status == EnvelopeStatus.completed
    assert {one.likeness for one in row(work, sent).documents} == {"same_pages"}


def test_who_signed_by_another_way_than_our_page_has_signed(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.sign(sent.signatories[1].email)
    look(engine, work, sent)
    states = [one.status for one in newest(work, sent).signatories]
    assert states == [SignatoryStatus.waiting, SignatoryStatus.signed, SignatoryStatus.waiting]
    assert newest(work, sent).status == EnvelopeStatus.sent


def test_ranks_are_asked_in_their_order(
    work: Work, envelope: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    first, second, third = envelope.signatories
    first.rank, second.rank, third.rank = 3, 1, 2
    providing.choose(work.by(make.leader(envelope)), envelope, provider=True)
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    drain()
    there = provider.only
    assert there.order["ordered_signers"] is True
    assert [one.info["email"] for one in there.signers.values()] == [second.email, third.email, first.email]
    with pytest.raises(Refused):
        read(work, first)
    work.session.rollback()
    leave(work, second)
    provider.sign(second.email)
    look(engine, work, envelope)
    leave(work, newest(work, envelope).signatories[2])
    assert newest(work, envelope).signatories[2].status == SignatoryStatus.identifying


def test_the_way_to_the_provider(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    own, other = sent.signatories[:2]
    here = make.acting(work, own)
    with pytest.raises(Invalid):
        providing.passage(here, own)
    read(work, own)
    with pytest.raises(Refused, match="prépare encore"):
        providing.passage(here, own)
    work.session.rollback()
    drain()
    with pytest.raises(Forbidden):
        providing.passage(make.acting(work, other), own)
    way = providing.passage(here, own)
    work.session.rollback()
    link = providing.link(engine, way)
    assert link.startswith(f"{provider.origin}/signatures/") and way.signer_id in link
    providing.leave(here, way)
    assert own.status == SignatoryStatus.identifying


def test_a_link_to_elsewhere_leads_nowhere(
    work: Work,
    sent: Envelope,
    provider: Provider,
    drain: Drain,
    engine: Engine,
    outgoing: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drain()
    read(work, sent.signatories[0])
    way = providing.passage(make.acting(work, sent.signatories[0]), sent.signatories[0])
    monkeypatch.setattr(Provider, "origin", "https://ailleurs.example")
    with pytest.raises(CharterError, match="ailleurs"):
        providing.link(engine, way)


def test_the_product_never_signs_in_its_place(work: Work, sent: Envelope, outgoing: list[EmailMessage], drain: Drain) -> None:
    own = sent.signatories[0]
    read(work, own)
    here = make.acting(work, own)
    with pytest.raises(Refused, match="se signent chez"):
        services.send_code(here, own)
    work.session.rollback()
    with pytest.raises(Refused, match="se signent chez"):
        services.confirm(here, own, services.sentence(own))


def test_declined_there_it_is_declined_here(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.decline(sent.signatories[1].email, "Le montant est faux")
    look(engine, work, sent)
    envelope = newest(work, sent)
    assert envelope.status == EnvelopeStatus.declined and envelope.end_reason == "Le montant est faux"
    assert envelope.signatories[1].status == SignatoryStatus.declined
    assert row(work, sent).closed_at is not None
    drain()
    assert provider.count("POST /signature_requests/.*/cancel") == 0


def test_taken_back_here_it_is_cancelled_there(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    services.void(work.by(make.leader(sent)), sent, "Une erreur dans l’annexe")
    work.commit()
    drain()
    assert provider.only.status == "canceled" and row(work, sent).closed_at is not None
    drain()
    assert provider.count("POST /signature_requests/.*/cancel") == 1


def test_declined_here_it_is_cancelled_there(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]
) -> None:
    drain()
    own = sent.signatories[0]
    services.decline(make.acting(work, own), own, "Nous renonçons")
    work.commit()
    drain()
    assert provider.only.status == "canceled"


def test_declined_here_it_is_cancelled_there_once_though_the_answer_was_lost(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    drain()
    first, second = sent.signatories[:2]
    provider.sign(second.email)
    look(engine, work, sent)
    provider.fail("POST /signature_requests/.*/cancel", 503, after=True)
    own = newest(work, sent).signatories[0]
    services.decline(make.acting(work, own), own, "Nous renonçons")
    work.commit()
    drain()
    assert provider.only.status == "canceled" and row(work, sent).trouble == "away"
    work.session.rollback()
    clock.advance(timedelta(hours=1))
    drain()
    found = row(work, sent)
    assert (found.closed_at is not None, found.status, found.trouble) == (True, "canceled", "")
    assert provider.count("POST /signature_requests/.*/cancel") == 1
    envelope = newest(work, sent)
    assert (envelope.status, envelope.end_reason) == (EnvelopeStatus.declined, "Nous renonçons")
    assert envelope.signatories[1].status == SignatoryStatus.signed and first.status == SignatoryStatus.declined


def test_taken_back_too_late_is_told(work: Work, sent: Envelope, provider: Provider, drain: Drain, outgoing: list[EmailMessage]) -> None:
    drain()
    provider.sign_all()
    services.void(work.by(make.leader(sent)), sent, "Une erreur dans l’annexe")
    work.commit()
    drain()
    assert newest(work, sent).status == EnvelopeStatus.voided
    assert row(work, sent).trouble == "late"


def test_cancelled_there_it_is_taken_back_here(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, outgoing: list[EmailMessage]
) -> None:
    drain()
    provider.end("canceled")
    look(engine, work, sent)
    envelope = newest(work, sent)
    assert envelope.status == EnvelopeStatus.voided and "Paraphe" in envelope.end_reason
    assert envelope.alliance.status == AllianceStatus.contract


def test_expired_it_is_opened_again_by_a_later_deadline(
    work: Work, sent: Envelope, provider: Provider, drain: Drain, engine: Engine, clock: FixedClock, outgoing: list[EmailMessage]
) -> None:
    drain()
    clock.advance(timedelta(days=40))
    provider.end("expired")
    look(engine, work, sent)
    assert row(work, sent).trouble == "expired" and newest(work, sent).status == EnvelopeStatus.sent
    envelope = newest(work, sent)
    later: date = clock.now().date() + timedelta(days=20)
    extend(work.by(make.leader(envelope)), envelope, later)
    work.commit()
    drain()
    assert provider.only.status == "ongoing" and provider.only.order["expiration_date"] == later.isoformat()
    assert row(work, sent).trouble == "" and row(work, sent).expires == later
