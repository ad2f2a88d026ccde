"""The servers that tests and the full mode start: they start, stop, come back, and keep what they must."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

import psycopg
import pytest

from tests.plugins.servers import NewDatabase
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher

MAIL = b"From: a@exemple.fr\r\nTo: b@exemple.fr\r\nSubject: Bonjour\r\n\r\nTexte\r\n"


def _query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _prepare(url: str) -> None:
    _query(url, "CREATE TABLE kept (n int)")


@pytest.mark.postgres
def test_databases_are_copies_of_one_template_and_apart(new_postgres_database: NewDatabase) -> None:
    first = new_postgres_database("servers_template", _prepare)
    second = new_postgres_database("servers_template", _prepare)
    _query(first, "INSERT INTO kept VALUES (1)")
    assert _query(first, "SELECT n FROM kept") == [(1,)]
    assert _query(second, "SELECT n FROM kept") == []


@pytest.mark.postgres
def test_a_preparation_that_fails_leaves_no_template_behind(shared_postgres: Postgres) -> None:
    def fail(url: str) -> None:
        raise ValueError(url)

    with pytest.raises(ValueError, match="never_made"):
        shared_postgres.template("never_made", fail)
    assert not shared_postgres.has_database("never_made")


@pytest.mark.postgres
@pytest.mark.faults
def test_postgres_comes_back_after_a_crash_with_what_was_committed(
    private_postgres: Postgres, restart_postgres: Callable[[], None]
) -> None:
    url = private_postgres.create_database("crash")
    _query(url, "CREATE TABLE kept AS SELECT 1 AS n")
    restart_postgres()
    assert _query(url, "SELECT n FROM kept") == [(1,)]


@pytest.mark.faults
def test_redis_stops_and_comes_back_on_the_same_address(private_redis: Redis) -> None:
    private_redis.stop(kill=True)
    assert not private_redis.answers()
    private_redis.start()
    assert private_redis.answers()


def test_the_smtp_catcher_keeps_accepts_and_refuses(smtp: SmtpCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", smtp.port) as client:
        client.sendmail("a@exemple.fr", ["b@exemple.fr"], MAIL)
        smtp.refusal = "451 4.3.0 busy"
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@exemple.fr", ["b@exemple.fr"], MAIL)
        smtp.unknown.add("c@exemple.fr")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@exemple.fr", ["c@exemple.fr"], MAIL)
    assert [message["Subject"] for message in smtp.wait_for(1)] == ["Bonjour"]
    assert smtp.to("b@exemple.fr")
