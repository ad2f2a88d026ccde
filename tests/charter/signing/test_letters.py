"""Every mail of deadlines, reminders and copies, word for word (see `letters_kept`); each says its zone when it says a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from charter.adapters import mail
from charter.adapters.clock import FixedClock
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.signing import letters, services
from charter.signing.models import Envelope
from charter.work import Work
from tests import factories as kernel
from tests.charter.signing import factories as make
from tests.charter.signing.letters_kept import same

Drain = Callable[[], int]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # words are the same on both


@pytest.fixture
def sent(work: Work, envelope: Envelope) -> Envelope:
    """The envelope, out."""
    for one in envelope.signatories:
        kernel_name(one.person.email)
    services.send(work.by(make.leader(envelope)), envelope)
    work.commit()
    return envelope


def kernel_name(email: str) -> None:
    assert re.fullmatch(r"personne\d+@exemple\.test", email)


def to(outgoing: list[EmailMessage], subject: str, name: str = "") -> EmailMessage:
    """The one mail whose subject begins so, for that person."""
    (found,) = [one for one in outgoing if str(one["Subject"]).startswith(subject) and name in str(one["To"])]
    return found


def test_invited_then_reminded(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    services.remind(work.by(make.leader(sent)), sent.signatories[1])
    work.commit()
    drain()
    same("invitation", to(outgoing, "À signer", "Paul"))
    same("reminder", to(outgoing, "Rappel"))


def test_more_time(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    services.extend(work.by(make.leader(sent)), sent, date(2026, 4, 30))
    work.commit()
    drain()
    same("extended", to(outgoing, "Vous avez jusqu’au", "Paul"))


@pytest.mark.parametrize(("days", "name"), [(31, "overdue"), (154, "overdue_at_its_end")])
def test_too_late(work: Work, sent: Envelope, clock: FixedClock, drain: Drain, outgoing: list[EmailMessage], days: int, name: str) -> None:
    drain()
    if days > 150:
        services.extend(work.by(make.leader(sent)), sent, date(2026, 7, 31))
        work.commit()
    clock.advance(timedelta(days=days, hours=1))
    drain()
    same(name, to(outgoing, "Échéance des signatures dépassée", "Amina"))


def _all_sign(work: Work, sent: Envelope) -> None:
    """All of them, and a notary is to get a copy."""
    party = sent.alliance.parties[1]
    services.ask_copy(work, sent, party, kernel.speaker(party), "Maître Odile Roy", "odile.roy@notaires.test")
    for signatory in sent.signatories:
        make.sign(work, signatory)
    work.commit()


def test_signed_by_all(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> None:
    _all_sign(work, sent)
    drain()
    same("completed", to(outgoing, "Signé par tous", "Paul"))
    same("copy", to(outgoing, "Copie pour vous", "Odile"))


def test_signed_by_all_in_files_too_heavy_for_a_mail(
    work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_BYTES", 1000)
    _all_sign(work, sent)
    drain()
    same("completed_heavy", to(outgoing, "Signé par tous", "Paul"))
    same("copy_heavy", to(outgoing, "Copie pour vous", "Odile"))


def test_taken_back_or_refused(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    drain()
    services.void(work.by(make.leader(sent)), sent, "Une clause manque.")
    work.commit()
    drain()
    same("voided", to(outgoing, "Signature annulée", "Paul"))


def test_refused(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    services.decline(make.acting(work, sent.signatories[1]), sent.signatories[1], "Le montant a changé.")
    work.commit()
    drain()
    same("declined", to(outgoing, "Vigie Sécurité n’a pas signé", "Amina"))


def test_the_code(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    one = make.acting(work, sent.signatories[0])
    services.open_documents(one, sent.signatories[0])
    services.send_code(one, sent.signatories[0])
    work.commit()
    drain()
    same("code", to(outgoing, "Votre code"))


def test_every_hour_told_says_its_zone(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    for signatory in sent.signatories:
        make.sign(work, signatory)
    work.commit()
    drain()
    for message in outgoing:
        for body in (message.get_body(("plain",)), message.get_body(("html",))):
            assert body is not None
            for hour in re.finditer(r"\b\d{1,2}[:h]\d{2}\b.{0,20}", body.get_content()):
                assert "(heure de Paris)" in hour.group(), hour.group()


def test_an_invitation_written_before_there_were_turns(work: Work, sent: Envelope, drain: Drain, outgoing: list[EmailMessage]) -> None:
    """Rows in the outbox when a server is brought up to date carry a person and the fact of the sending."""
    drain()
    outgoing.clear()
    event = {"envelope": sent.ref, "documents": list(sent.fingerprints), "signatories": [one.ref for one in sent.signatories]}
    for person in (sent.signatories[1].person, kernel.person(work, "Passante")):
        old = {"person_id": person.id, "event": event}
        mail.post(work, "signing.invitation", to=person.email, subject="journal:7", alliance_id=sent.alliance_id, **old)
    work.commit()
    drain()
    same("invitation", to(outgoing, "À signer", "Paul"))
    assert len(outgoing) == 1
    assert {row.status for row in work.session.query(Outbox).filter(Outbox.subject == "journal:7")} == {OutboxStatus.DONE}
