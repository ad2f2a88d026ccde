"""Mail: builders registered by name, rendered from templates, sent through a real SMTP conversation by the outbox.

A builder is a pure function of (work, payload) returning a Mail, or None when there is no longer any reason to write.
The Message-ID is derived from the outbox row, so the rare duplicate of the SMTP window is recognisable as the same mail.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jinja2

from charter import i18n
from charter.adapters import outbox
from charter.config import TEMPLATES, Settings, Smtp
from charter.work import Engine, Work

TIMEOUT_SECONDS = 20


class _Policy(EmailPolicy):
    """The email package's own, but for long subjects with accents: its folding loses the space between an encoded word and a plain
    one, so these are encoded whole (RFC 2047, section 6.2: the space between two encoded words is inside one of them)."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() != "subject" or str(value).isascii():
            return str(super().fold(name, value))
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = _Policy()


@dataclass(frozen=True)
class Attachment:
    """A file in a mail: its name, its MIME type « a/b » (with parameters for text/calendar) and its bytes."""

    name: str
    mime: str
    data: bytes
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mail:
    """One mail to one person: `template` (« room/name ») is rendered as .txt and .html with `values` in `language`.

    `stop_url`, when the person may stop such mails: told to the mail reader (RFC 2369, one click as RFC 8058 has it) and to the templates.
    """

    to: str
    subject: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    to_name: str = ""
    language: str = "fr"
    attachments: tuple[Attachment, ...] = ()
    stop_url: str = ""


Builder = Callable[..., Mail | None]
B = TypeVar("B", bound=Builder)
builders: dict[str, Builder] = {}


def builder(name: str) -> Callable[[B], B]:
    """Registers function(work, **payload) -> Mail | None as the builder of outbox rows called `mail.<name>`."""

    def register(function: B) -> B:
        builders[name] = function
        return function

    return register


def post(work: Work, name: str, *, to: str, subject: str, alliance_id: int | None = None, due_at: Any = None, **payload: Any) -> int | None:
    """Puts a mail in the outbox: builder `name`, recipient `to`, about `subject` (« party:12 »). None when it is already there.

    The builder gets `payload` as keywords, and `alliance_id` when there is one.
    """
    if alliance_id is not None:
        payload["alliance_id"] = alliance_id
    return outbox.put(work, f"mail.{name}", subject=subject, recipient=to.lower(), payload=payload, due_at=due_at, alliance_id=alliance_id)


class _MailJob:
    """Delivers rows called `mail.*`: build, send, mark."""

    def prepare(self, work: Work, row: outbox.Outbox) -> EmailMessage | None:
        name = row.name.removeprefix("mail.")
        if name not in builders:
            raise outbox.GiveUp(f"no builder for {row.name}")
        mail = builders[name](work, **row.payload)
        return compose(mail, work.settings, message_id=f"outbox-{row.id}", at=work.now()) if mail else None

    def compute(self, engine: Engine, inputs: EmailMessage | None) -> None:
        if inputs is not None:
            send(inputs, engine.settings.smtp)

    def apply(self, work: Work, row: outbox.Outbox, outputs: None) -> None:
        """Nothing but the mark."""


outbox.prefixes["mail"] = _MailJob()


def compose(mail: Mail, settings: Settings, *, message_id: str, at: Any) -> EmailMessage:
    """The MIME message: text, HTML alternative, attachments, deterministic Message-ID. Header injection is refused by the email package."""
    message = EmailMessage(policy=POLICY)
    with i18n.speaking(mail.language):
        values = {
            "public_url": settings.public_url,
            "site_url": settings.public_url,
            "locale": mail.language,
            "to_name": mail.to_name,
            "stop_url": mail.stop_url,
            **mail.values,
        }
        name, address = parseaddr(settings.smtp.sender)
        message["From"] = _address(name, address)
        message["To"] = _address(mail.to_name, mail.to)
        message["Subject"] = " ".join(str(mail.subject).split())
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{message_id}@{urlsplit(settings.public_url).hostname or 'charte'}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.stop_url:
            message["List-Unsubscribe"] = f"<{mail.stop_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(_render(f"emails/{mail.template}.txt", values, html=False))
        message.add_alternative(_render(f"emails/{mail.template}.html", values, html=True), subtype="html")
    for item in mail.attachments:
        main, sub = item.mime.split("/", 1)
        message.add_attachment(item.data, maintype=main, subtype=sub, filename=item.name, params=dict(item.params) or None)
    return message


def _address(name: str, address: str) -> Address:
    clean = " ".join(name.split())
    local, _, domain = address.rpartition("@")
    return Address(clean, username=local, domain=domain)


def send(message: EmailMessage, smtp: Smtp) -> None:
    """One SMTP conversation. Raises smtplib.SMTPException or OSError.

    A permanent refusal (5xx) of the recipient or of the mail itself raises `outbox.GiveUp`; one of our account or sender does not: the
    operator can mend that, and the mail then leaves.
    """
    client = _connect(smtp)
    try:
        if smtp.user:
            client.login(smtp.user, smtp.password)
        client.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _ in error.recipients.values()):
            raise outbox.GiveUp(f"refused by the mail server: {error.recipients}") from error
        raise
    except smtplib.SMTPDataError as error:
        if 500 <= error.smtp_code < 600:
            raise outbox.GiveUp(f"refused by the mail server: {error}") from error
        raise
    finally:
        # The mail is taken by then: a goodbye that goes wrong must not have it sent again.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()


def _connect(smtp: Smtp) -> smtplib.SMTP:
    if smtp.tls == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    client = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS)
    if smtp.tls == "starttls":
        try:
            client.starttls(context=ssl.create_default_context())
        except BaseException:
            client.close()
            raise
    return client


def _environment(*, html: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701  the .txt half of a mail is plain text: escaping would show « &amp; »; the .html half escapes
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda s: i18n.gettext(s), lambda s, p, n: i18n.ngettext(s, p, n), newstyle=False
    )
    environment.globals.update(_=i18n.gettext, ngettext=i18n.ngettext, say=i18n.say)
    environment.filters.update(day=i18n.format_day, moment=i18n.format_datetime, money=i18n.format_money)
    return environment


_TEXT, _HTML = _environment(html=False), _environment(html=True)


def _render(template: str, values: Mapping[str, Any], *, html: bool) -> str:
    return (_HTML if html else _TEXT).get_template(template).render(**values).strip() + "\n"
