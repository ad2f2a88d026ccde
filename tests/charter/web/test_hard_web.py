"""The web's edges: commits that fail, hostile characters, a mailbox that only this machine may read."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from charter.accounts.models import Person
from charter.adapters.clock import FixedClock
from charter.app import make_app
from charter.config import Settings, load
from charter.work import Engine, Work
from tests import factories


@pytest.fixture
def visitor(engine: Engine) -> Person:
    """Somebody with an account."""
    with engine.work() as work:
        return factories.person(work, "Anna Rivière")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("COMMIT", {}, Exception("server closed the connection")), 503),
        (IntegrityError("UPDATE", {}, Exception("UNIQUE")), 409),
        (PoolTimeout("QueuePool limit"), 503),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commit_that_fails_explains_itself(
    signed_in: Callable[[Person], FlaskClient],
    visitor: Person,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    browser = signed_in(visitor)

    def fail(work: Work) -> None:
        raise error

    monkeypatch.setattr(Work, "commit", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = browser.post("/compte", data={"name": "Anne Rivière", "language": "fr"})
    assert answer.status_code == status
    assert "Content-Security-Policy" in answer.headers


def test_characters_no_database_keeps_are_left_out(
    signed_in: Callable[[Person], FlaskClient], visitor: Person, engine: Engine, app: Flask
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = signed_in(visitor).post("/compte", data={"name": "Anne\x00 Rivière\x1b", "language": "fr"})
    assert answer.status_code == 302
    with engine.work(write=False) as work:
        assert work.get(Person, visitor.id).name == "Anne Rivière"


class Slow(io.BytesIO):
    """A body whose sender takes its time; meanwhile, somebody else writes."""

    meanwhile: Callable[[], None]

    def read(self, size: int | None = -1) -> bytes:
        self.meanwhile()
        return super().read(size)

    def readinto(self, into: Any) -> int:
        self.meanwhile()
        return super().readinto(into)


@pytest.mark.parametrize("address", ["/compte", "/api/v1/verifications"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_sends_slowly_keeps_nobody_from_writing(
    signed_in: Callable[[Person], FlaskClient], visitor: Person, engine: Engine, address: str
) -> None:
    written: list[str] = []

    def write() -> None:
        with engine.database.writing() as connection:
            connection.exec_driver_sql("SELECT 1")
            written.append("ok")

    body = Slow(b"name=Anne+Rivi%C3%A8re&language=fr")
    body.meanwhile = write
    kind = "application/pdf" if "api" in address else "application/x-www-form-urlencoded"
    size, headers = len(body.getvalue()), {"Authorization": "Bearer nobody"}
    answer = signed_in(visitor).post(address, input_stream=body, content_length=size, content_type=kind, headers=headers)
    assert answer.status_code < 400 and written


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_left_open_for_hours_is_taken_at_once(
    signed_in: Callable[[Person], FlaskClient], visitor: Person, engine: Engine, clock: FixedClock
) -> None:
    browser = signed_in(visitor)
    clock.advance(timedelta(hours=3))
    assert browser.post("/compte", data={"name": "Anne Rivière", "language": "fr"}).status_code == 302


HOSTS = [("localhost:8000", 200), ("127.0.0.1:8000", 200), ("charte.test", 200), ("evil.test:8000", 404)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_the_mailbox_answers_to_its_own_name_only(client: FlaskClient, host: str, status: int) -> None:
    """A page of evil.test whose name suddenly leads to this machine (DNS rebinding) reads nobody's sign-in links."""
    assert client.get("/boite-aux-lettres", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_mailbox_is_closed_to_who_comes_through_a_proxy(settings: Settings, engine: Engine) -> None:
    browser = make_app(replace(settings, public_url="http://127.0.0.1:8000"), engine).test_client()
    assert browser.get("/boite-aux-lettres").status_code == 200
    assert browser.get("/boite-aux-lettres", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404


@pytest.mark.parametrize(("address", "proxies", "shown"), [("", "0", True), ("https://charte.example.org", "0", False), ("", "1", False)])
def test_the_mailbox_is_off_by_default_when_others_may_come(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, address: str, proxies: str, shown: bool
) -> None:
    for name in ("SMTP_HOST", "MAILBOX", "REDIS_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", address)
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    assert load().mailbox is shown
