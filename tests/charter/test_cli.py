"""The command line, as an operator types it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from charter import logs
from charter.accounts import services as accounts
from charter.adapters import migrations, outbox
from charter.adapters.db import Database
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.cli import main
from charter.config import ROOT, Settings
from charter.journal.services import lines, record
from charter.work import Engine, Work
from tests import factories
from workflows.events import NeedChanged

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """`run("user", "add", …)` on a DATA_DIR of the test's own, its database made."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    yield lambda *words: CliRunner().invoke(main, words)
    logs.configure(Settings(data_dir=tmp_path, database_url="sqlite://", log_level="WARNING"))  # the runner's own stderr is gone


def test_upgrading_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        answer = run("db", "upgrade")
        assert (answer.exit_code, answer.stdout) == (0, f"base à jour ({migrations.latest()})\n")
    database = Database(f"sqlite:///{tmp_path}/data/charte.sqlite3")
    assert migrations.current(database) == migrations.latest()
    database.dispose()


def test_people_links_and_tokens(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    assert run("user", "link", "lea@exemple.fr").exit_code == 1
    assert "compte inconnu" in run("user", "token", "lea@exemple.fr").output
    assert run("user", "add", "Lea@Exemple.fr", "--name", "Léa Roche").stdout == "1 lea@exemple.fr Léa Roche\n"
    assert run("user", "add", "lea@exemple.fr", "--operator").stdout == "1 lea@exemple.fr Léa Roche\n"
    link = run("user", "link", "lea@exemple.fr").stdout.strip()
    token = run("user", "token", "lea@exemple.fr").stdout.strip()
    engine = Engine(Settings(tmp_path / "data", f"sqlite:///{tmp_path}/data/charte.sqlite3", secret_key=secret(tmp_path)))
    with engine.work() as work:
        person = accounts.bearer(work, token)
        assert person is not None
        assert person.is_operator
        assert link.startswith("http://127.0.0.1:8000/connexion/")
        accounts.use_link(work, link.rpartition("/")[2])
    engine.close()


def secret(folder: Path) -> str:
    return (folder / "data" / "secret_key").read_text()


def test_an_address_that_is_none_is_refused(run: Run) -> None:
    run("db", "upgrade")
    answer = run("user", "add", "lea")
    assert answer.exit_code == 1
    assert "adresse électronique complète" in answer.output


def test_a_setting_that_cannot_be_used_is_named_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "abc")
    answer = run("serve")
    assert answer.exit_code == 1
    assert 'Environment variable "PORT" invalid' in answer.output
    assert "Traceback" not in answer.output


def test_what_could_not_leave_is_listed_and_a_mail_can_be_sent_again(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    assert (run("outbox", "failed").stdout, run("outbox", "failed").exit_code) == ("0 en échec, 0 en retard\n", 0)
    engine = Engine(Settings(tmp_path / "data", f"sqlite:///{tmp_path}/data/charte.sqlite3", secret_key=secret(tmp_path)))
    with engine.work() as work:
        for name, status in (("mail.x", OutboxStatus.FAILED), ("signing.seal", OutboxStatus.FAILED), ("mail.y", OutboxStatus.DONE)):
            row_id = outbox.put(work, name, subject=name, recipient="lea@exemple.fr")
            row = work.session.get_one(Outbox, row_id)
            row.status, row.last_error, row.tries = status, "refused", 12
        outbox.put(work, "mail.z", subject="late", due_at=work.now() - timedelta(hours=1))
    listed = run("outbox", "failed")
    assert listed.exit_code == 1
    assert "1 mail.x lea@exemple.fr" in listed.stdout
    assert "2 en échec, 1 en retard" in listed.stdout
    assert run("outbox", "retry", "1").stdout == "1 de nouveau en file\n"
    for other in ("2", "3", "99"):
        assert run("outbox", "retry", other).exit_code == 1
    with engine.work(write=False) as work:
        assert sorted(outbox.due(work)) == [1, 4]
    engine.close()


@pytest.fixture
def exported(work: Work, tmp_path: Path) -> Path:
    """A journal of three lines in a file."""
    alliance = factories.alliance(work)
    for fields in (("need",), ("title",)):
        record(work, alliance.id, NeedChanged(fields=fields))
    path = tmp_path / "journal.jsonl"
    path.write_text("\n".join(lines(work, alliance.id)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_exported_journal_is_rechecked(run: Run, exported: Path) -> None:
    text = exported.read_text(encoding="utf-8").splitlines()
    head = json.loads(text[-1])["hash"]
    assert run("journal", "check", str(exported)).exit_code == 0
    assert run("journal", "check", str(exported), "--head", head).stdout == f"3 lignes, chaîne intacte ; tête {head}\n"
    exported.write_text("\n".join(text[:-1]), encoding="utf-8")
    assert run("journal", "check", str(exported)).exit_code == 0
    truncated = run("journal", "check", str(exported), "--head", head)
    assert (truncated.exit_code, "tronqué" in truncated.stderr) == (1, True)
    exported.write_text("\n".join([text[1], text[0], text[2]]), encoding="utf-8")
    assert run("journal", "check", str(exported)).exit_code == 1
    assert run("journal", "check", str(exported.parent / "none.jsonl")).exit_code == 2


def test_two_processes_prepare_the_same_database(new_postgres_database: Callable[..., str]) -> None:
    url = new_postgres_database()
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def prepare() -> None:
        database = Database(url)
        try:
            start.wait(10)
            migrations.upgrade(database)
        except BaseException as error:
            failures.append(error)
        finally:
            database.dispose()

    threads = [threading.Thread(target=prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    database = Database(url)
    assert migrations.current(database) == migrations.latest()
    assert migrations.differences(database) == []
    database.dispose()


def commands(group: click.Group, path: str = "charte") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("document", ["README.md", "docs/exploitation.md"])
def test_every_command_is_told_and_no_other(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(charte [a-z ]*[a-z])", text, re.MULTILINE))
    assert told == set(commands(main))


@pytest.mark.parametrize("command", ["serve", "worker", "beat"])
def test_a_server_refuses_an_old_database(run: Run, command: str) -> None:
    answer = run(command)
    assert answer.exit_code == 1
    assert "charte db upgrade" in answer.output
