"""The built-in mailbox: keeps what a real SMTP conversation brings, and shows it in pages only where the settings say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient

from charter.adapters import mailbox
from charter.adapters.mail import Attachment, Mail, compose, send
from charter.app import make_app
from charter.config import Settings, Smtp
from charter.work import Engine

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
CALENDAR = Attachment("échéance.html", "text/html", b"<script>alert(1)</script>")


@pytest.fixture
def catcher(settings: Settings) -> Iterator[Controller]:
    made = mailbox.start(settings.mailbox_dir)
    yield made
    made.stop()


def post(settings: Settings, catcher: Controller, subject: str, to: str = "lea@exemple.fr", *attachments: Attachment) -> None:
    values = {"name": "Léa <b>", "url": "http://charte.test/connexion/a?b=1&c=2", "minutes": 15, "reason": ""}
    mail = Mail(to, subject, "accounts/sign_in", values, attachments=attachments)
    send(compose(mail, settings, message_id="outbox-1", at=AT), Smtp(port=catcher.port))


pytestmark = [pytest.mark.real_mail, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_what_arrives_is_kept_newest_first(settings: Settings, catcher: Controller) -> None:
    for subject in ("Un", "Deux", "À trois"):
        post(settings, catcher, subject)
    found = mailbox.received(settings.mailbox_dir)
    assert [one.subject for one in found] == ["À trois", "Deux", "Un"]
    assert {one.to for one in found} == {"lea@exemple.fr"}
    assert found[0].at == AT
    assert [one.subject for one in mailbox.received(settings.mailbox_dir, limit=1)] == ["À trois"]
    assert not list(settings.mailbox_dir.glob(".new-*"))


def test_its_page_shows_mails_their_text_and_their_attachments(settings: Settings, catcher: Controller, client: FlaskClient) -> None:
    assert "Rien pour l’instant" in client.get("/boite-aux-lettres").text
    post(settings, catcher, "Votre lien", "lea@exemple.fr", CALENDAR)
    (one,) = mailbox.received(settings.mailbox_dir)
    assert f'href="/boite-aux-lettres/{one.key}"' in client.get("/boite-aux-lettres").text
    page = client.get(f"/boite-aux-lettres/{one.key}").text
    assert 'href="http://charte.test/connexion/a?b=1&amp;c=2"' in page
    assert "Léa &lt;b&gt;" in page
    attachment = client.get(f"/boite-aux-lettres/{one.key}/piece/0")
    assert attachment.data == CALENDAR.data
    assert attachment.headers["Content-Type"] == "application/octet-stream"
    assert attachment.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("key", ["rien", "..", "%2e%2e%2fsecret_key", "../secret_key", "*"])
def test_a_key_never_leads_out_of_the_box(settings: Settings, catcher: Controller, client: FlaskClient, key: str) -> None:
    post(settings, catcher, "Un")
    (settings.data_dir / "secret.eml").write_text("Subject: secret\n\n")
    assert mailbox.find(settings.mailbox_dir, key) is None
    assert client.get(f"/boite-aux-lettres/{key}").status_code == 404


def test_an_attachment_that_is_not_there(settings: Settings, catcher: Controller, client: FlaskClient) -> None:
    post(settings, catcher, "Un")
    key = mailbox.received(settings.mailbox_dir)[0].key
    assert client.get(f"/boite-aux-lettres/{key}/piece/0").status_code == 404


def test_without_the_setting_there_is_no_page_and_no_link_to_it(settings: Settings, catcher: Controller, engine: Engine) -> None:
    post(settings, catcher, "Un")
    key = mailbox.received(settings.mailbox_dir)[0].key
    closed = make_app(replace(settings, mailbox=False), Engine(replace(settings, mailbox=False), engine.clock)).test_client()
    for path in ("/boite-aux-lettres", f"/boite-aux-lettres/{key}", f"/boite-aux-lettres/{key}/piece/0"):
        assert closed.get(path).status_code == 404
    assert "boite-aux-lettres" not in closed.get("/").text


def test_a_folder_that_is_not_there_yet_is_an_empty_box(tmp_path: Path, settings: Settings) -> None:
    assert mailbox.received(tmp_path / "none") == []
    assert mailbox.find(tmp_path / "none", "x") is None
