"""Mails as they leave: composed from templates, safe headers, the same Message-ID for the same row, through a real SMTP conversation."""

from __future__ import annotations

import email
import email.policy
import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

from charter.adapters import mail, outbox
from charter.adapters.mail import Attachment, Mail, compose, send
from charter.adapters.outbox import GiveUp, OutboxStatus
from charter.config import Settings, Smtp
from charter.work import Engine
from tests.smtp import SmtpCatcher

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SETTINGS = Settings(data_dir=Path("/nonexistent"), database_url="sqlite://", public_url="https://charte.test")
VALUES: dict[str, Any] = {"name": "Léa & Max", "url": "https://charte.test/connexion/a?b=1&c=2", "minutes": 15, "reason": ""}


def mail_of(**more: Any) -> Mail:
    return Mail(**{"to": "lea@exemple.fr", "subject": "Votre lien", "template": "accounts/sign_in", "values": VALUES, **more})


def made(**more: Any) -> EmailMessage:
    """The message as a mail server reads it."""
    message = compose(mail_of(**more), SETTINGS, message_id="outbox-7", at=AT)
    return email.message_from_bytes(message.as_bytes(policy=email.policy.SMTP), policy=email.policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_headers() -> None:
    message = made(to_name="Léa Roche")
    assert message["From"] == "Charte du faire alliance <ne-pas-repondre@charte.invalid>"
    assert message["To"] == "Léa Roche <lea@exemple.fr>"
    assert message["Date"] == "Tue, 03 Mar 2026 09:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_same_row_has_the_same_identity() -> None:
    assert made()["Message-ID"] == made()["Message-ID"] == "<outbox-7@charte.test>"


def test_text_is_plain_and_html_is_escaped() -> None:
    message = made()
    assert "Bonjour Léa & Max," in body(message, "plain")
    assert "Léa &amp; Max" in body(message, "html")
    assert VALUES["url"] in body(message, "plain")


def test_it_speaks_its_readers_language() -> None:
    assert 'lang="en"' in body(made(language="en"), "html")
    assert 'lang="fr"' in body(made(), "html")


NAMES = [
    "Roche, Léa",
    'Léa "la Rousse" Roche',
    "Société <Vigie>",
    "愛",
    "Direction-générale-de-l’aménagement-et-des-territoires-d’outre-mer",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name(name: str) -> None:
    raw = compose(mail_of(to_name=name), SETTINGS, message_id="outbox-7", at=AT).as_bytes(policy=email.policy.SMTP)
    field = email.message_from_bytes(raw, policy=email.policy.compat32)["To"]
    said = str(make_header(decode_header(field.replace("\r\n", ""))))  # as RFC 2047 joins words; the standard library's parser adds a blank
    assert name in said.replace('\\"', '"')
    assert [address for _name, address in getaddresses([field])] == ["lea@exemple.fr"]


@pytest.mark.parametrize("text", ["Bonjour\r\nBcc: tous@exemple.fr", "Bonjour\nBcc: tous@exemple.fr", "Bonjour\r\n\r\n<script>"])
def test_nothing_typed_becomes_a_header(text: str) -> None:
    message = made(subject=text, to_name=text)
    assert message["Bcc"] is None
    assert message["Subject"] == " ".join(text.split())
    assert len(message["To"].addresses) == 1


def test_an_address_that_holds_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        made(to="lea@exemple.fr\r\nBcc: tous@exemple.fr")


def test_attachments_keep_their_name_type_and_bytes() -> None:
    calendar = Attachment("échéance.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", {"method": "PUBLISH"})
    pdf = Attachment("contrat signé.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff")
    first, second = made(attachments=(calendar, pdf)).iter_attachments()
    assert (first.get_filename(), first.get_content_type(), first.get_param("method")) == ("échéance.ics", "text/calendar", "PUBLISH")
    assert first.get_payload(decode=True) == calendar.data
    assert (second.get_filename(), second.get_content_type()) == ("contrat signé.pdf", "application/pdf")
    assert second.get_payload(decode=True) == pdf.data


def test_a_value_a_template_lacks_is_an_error_not_a_hole() -> None:
    with pytest.raises(Exception, match="minutes"):
        made(values={"name": "", "url": "x"})


# ---- Real conversations


@pytest.fixture
def host(smtp: SmtpCatcher) -> Smtp:
    return replace(SETTINGS.smtp, port=smtp.port)


@pytest.mark.real_mail
def test_a_mail_arrives_as_it_was_written(smtp: SmtpCatcher, host: Smtp) -> None:
    send(compose(mail_of(to_name="Roche, Léa", subject="À signer"), SETTINGS, message_id="outbox-7", at=AT), host)
    (received,) = smtp.wait_for(1)
    assert received["Subject"] == "À signer"
    assert received["Message-ID"] == "<outbox-7@charte.test>"
    assert "Léa & Max" in body(received, "plain")


@pytest.mark.real_mail
def test_a_long_subject_keeps_every_space(smtp: SmtpCatcher, host: Smtp) -> None:
    rest = "mars sécurité la l’alliance La mardi mardi avant La charte avant charte ; » sécurité 3 et » adoptée mars avant Saint-Étienne"
    subjects = [rest[start:].strip() for start in range(0, 60, 7)]
    for subject in subjects:
        send(compose(mail_of(subject=subject), SETTINGS, message_id="outbox-7", at=AT), host)
    assert [received["Subject"] for received in smtp.wait_for(len(subjects))] == subjects


def test_a_server_without_starttls_gets_nothing(smtp: SmtpCatcher, host: Smtp) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        send(made(), replace(host, tls="starttls"))
    assert smtp.messages == []


@pytest.mark.real_mail
def test_a_server_without_accounts_gets_no_password(smtp: SmtpCatcher, host: Smtp) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        send(made(), replace(host, user="charte", password="secret"))
    assert smtp.messages == []


@pytest.mark.real_mail
def test_an_unknown_recipient_is_given_up(smtp: SmtpCatcher, host: Smtp) -> None:
    smtp.unknown.add("lea@exemple.fr")
    with pytest.raises(GiveUp, match="no such mailbox"):
        send(made(), host)


@pytest.mark.real_mail
@pytest.mark.parametrize(("reply", "error"), [("451 4.3.0 busy", smtplib.SMTPDataError), ("552 5.3.4 too big", GiveUp)])
def test_a_refused_mail_is_tried_again_unless_refused_for_good(smtp: SmtpCatcher, host: Smtp, reply: str, error: type[Exception]) -> None:
    smtp.refusal = reply
    with pytest.raises(error, match=reply[:3]):
        send(made(), host)


@pytest.mark.real_mail
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_of_the_outbox_becomes_one_mail(engine: Engine, smtp: SmtpCatcher, host: Smtp) -> None:
    engine.settings = replace(engine.settings, smtp=host)
    mail.builders["test.hello"] = lambda work, **_: mail_of()
    mail.builders["test.nothing"] = lambda work, **_: None
    try:
        with engine.work() as work:
            row_id = mail.post(work, "test.hello", to="Lea@exemple.fr", subject="test:1")
            mail.post(work, "test.nothing", to="lea@exemple.fr", subject="test:2")
            mail.post(work, "test.unknown", to="lea@exemple.fr", subject="test:3")
        outbox.drain(engine)
    finally:
        del mail.builders["test.hello"], mail.builders["test.nothing"]
    (received,) = smtp.wait_for(1)
    assert received["Message-ID"] == f"<outbox-{row_id}@charte.test>"
    with engine.work(write=False) as work:
        states = {row.name: row.status for row in work.session.query(outbox.Outbox)}
    assert states == {
        "mail.test.hello": OutboxStatus.DONE,
        "mail.test.nothing": OutboxStatus.DONE,
        "mail.test.unknown": OutboxStatus.FAILED,
    }
