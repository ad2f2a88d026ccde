"""Promise 5 with real processes killed: everything due still happens, and happens once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from charter.accounts import services as accounts
from charter.adapters.outbox import Outbox, OutboxStatus
from tests.faults.conftest import Site
from tests.processes import wait_until
from tests.servers import Postgres, Redis
from tests.smtp import SmtpCatcher

pytestmark = [pytest.mark.faults, pytest.mark.real_mail]


def ask(site: Site, email: str) -> None:
    with site.engine.work() as work:
        accounts.ask_link(work, email)


def only_row(site: Site) -> Outbox:
    with site.engine.work(write=False) as work:
        return work.session.scalars(select(Outbox)).one()


def test_a_worker_killed_between_claim_and_send_loses_nothing(site: Site, smtp: SmtpCatcher, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, release = threading.Event(), threading.Event()
    original = smtp.handle_RCPT

    async def hang(server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        reached.set()
        release.wait(30)
        return await original(server, session, envelope, address, options)

    monkeypatch.setattr(smtp, "handle_RCPT", hang)
    victim = site.start_worker()
    ask(site, "lea@exemple.fr")
    assert reached.wait(30)
    site.kill(victim)
    release.set()
    monkeypatch.setattr(smtp, "handle_RCPT", original)
    assert only_row(site).status == OutboxStatus.CLAIMED
    site.start_worker()
    site.sweep_until_done(1)
    assert len(smtp.wait_for(1)) == 1
    site.sweep()
    assert len(smtp.messages) == 1


def test_a_dead_redis_delays_and_loses_nothing(site: Site, smtp: SmtpCatcher, private_redis: Redis) -> None:
    private_redis.stop(kill=True)
    ask(site, "lea@exemple.fr")  # the person is answered all the same
    assert only_row(site).status == OutboxStatus.PENDING
    private_redis.start()
    site.start_worker()
    site.sweep_until_done(1)
    assert len(smtp.wait_for(1)) == 1


def test_redis_restarted_under_a_running_worker(site: Site, smtp: SmtpCatcher, private_redis: Redis) -> None:
    site.start_worker()
    ask(site, "lea@exemple.fr")
    smtp.wait_for(1)
    private_redis.stop(kill=True)
    ask(site, "max@exemple.fr")
    private_redis.start()
    site.sweep_until_done(2)
    assert sorted(str(mail["To"]) for mail in smtp.messages) == ["lea@exemple.fr", "max@exemple.fr"]


def test_the_database_restarted_under_a_running_worker(site: Site, smtp: SmtpCatcher, private_postgres: Postgres) -> None:
    site.start_worker()
    ask(site, "lea@exemple.fr")
    smtp.wait_for(1)
    private_postgres.restart("immediate")
    wait_until(lambda: _answers(site), "database")
    ask(site, "max@exemple.fr")
    site.sweep_until_done(2)
    assert sorted(str(mail["To"]) for mail in smtp.messages) == ["lea@exemple.fr", "max@exemple.fr"]


def _answers(site: Site) -> bool:
    try:
        site.engine.database.ping()
    except Exception:
        return False
    return True


def test_a_mail_server_that_refuses_for_now_is_asked_again(site: Site, smtp: SmtpCatcher) -> None:
    smtp.refusal = "451 4.3.0 plus tard"
    site.start_worker()
    ask(site, "lea@exemple.fr")
    wait_until(lambda: only_row(site).tries == 1 and only_row(site).status == OutboxStatus.PENDING, "first refusal")
    assert "plus tard" in only_row(site).last_error
    smtp.refusal = ""
    with site.engine.work() as work:  # the wait before the next try is minutes: bring it to now
        row = work.session.scalars(select(Outbox)).one()
        row.next_try = work.now()
    site.sweep_until_done(1)
    assert len(smtp.wait_for(1)) == 1


def test_an_address_refused_for_good_is_not_insisted_upon(site: Site, smtp: SmtpCatcher) -> None:
    smtp.unknown.add("personne@exemple.fr")
    site.start_worker()
    ask(site, "personne@exemple.fr")
    wait_until(lambda: only_row(site).status == OutboxStatus.FAILED, "failure")
    assert "no such mailbox" in only_row(site).last_error
    assert smtp.messages == []


@pytest.mark.parametrize("workers", [2])
def test_two_workers_and_many_sweeps_send_each_mail_once(site: Site, smtp: SmtpCatcher, workers: int) -> None:
    for number in range(20):
        ask(site, f"personne{number}@exemple.fr")
    for _ in range(workers):
        site.start_worker()
    for _ in range(10):
        site.sweep()
    site.sweep_until_done(20)
    assert len(smtp.messages) == 20
    assert len({str(mail["Message-ID"]) for mail in smtp.messages}) == 20
