"""`charte status`, as an operator reads it."""

from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from charter import logs
from charter.adapters import outbox
from charter.adapters.outbox import Outbox, OutboxStatus
from charter.cli import main
from charter.config import Settings, load
from charter.work import Engine, Work

Run = Callable[..., Result]
Usage = namedtuple("Usage", "total used free")
WORDS = ("mode", "base", "file", "à livrer", "clés", "signatures", "horodatage", "place")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """`run("status")` on a DATA_DIR of the test's own, with room."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "TSA_URL", "TSA_ROOTS", "HSM_MODULE", "SEAL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100e9, 50e9, 50e9))
    yield lambda *words: CliRunner().invoke(main, words)
    logs.configure(Settings(data_dir=tmp_path, database_url="sqlite://", log_level="WARNING"))


@pytest.fixture
def installed(run: Run) -> Run:
    """The same, once installed and its keys made."""
    assert run("db", "upgrade").exit_code == 0
    assert run("keys", "rotate", "platform").exit_code == 0
    return run


def wrong(answer: Result) -> list[str]:
    """What is marked as not well."""
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    lines = answer.stdout.splitlines()
    assert [next(word for word in WORDS if line[2:].startswith(word)) for line in lines] == list(WORDS)
    assert answer.exit_code == any(line.startswith("✗") for line in lines)
    return [line[2:] for line in lines if line.startswith("✗")]


def test_all_is_well_once_installed(installed: Run) -> None:
    answer = installed("status")
    assert wrong(answer) == []
    assert "0 en attente, aucun échec" in answer.stdout
    assert "prochain renouvellement" in answer.stdout


def test_before_anything_the_database_is_to_be_made_and_nothing_is_made(run: Run, tmp_path: Path) -> None:
    found = wrong(run("status"))
    assert any(line.startswith("base") and "charte db upgrade" in line for line in found)
    assert not (tmp_path / "data" / "keys").exists()


def test_what_is_late_or_given_up_is_told(installed: Run) -> None:
    engine = Engine(load())

    def late(work: Work) -> None:
        outbox.put(work, "mail.invitation", subject="a", due_at=datetime.now(UTC) - timedelta(hours=1))

    def failed(work: Work) -> None:
        outbox.put(work, "signing.renew_archive", subject="b", due_at=datetime.now(UTC) - timedelta(hours=1))
        work.session.query(Outbox).filter_by(subject="b").update({"status": OutboxStatus.FAILED})

    for change, words in ((late, "1 en retard"), (failed, "1 × signing.renew_archive")):
        with engine.work() as work:
            change(work)
        (line,) = wrong(installed("status"))
        assert line.startswith("à livrer")
        assert words in line
    engine.close()


def test_a_full_disk_and_exposed_keys_are_told(installed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100e9, 95e9, 5e9))
    (tmp_path / "data" / "keys" / "issuing.pem").chmod(0o644)
    found = wrong(installed("status"))
    assert [line.split()[0] for line in found] == ["clés", "place"]


def test_a_database_away_is_told_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://charte:motdepasse@127.0.0.1:1/charte")
    answer = run("status")
    assert any(line.startswith("base") for line in wrong(answer))
    assert "motdepasse" not in answer.output


def test_the_timestamping_account_is_not_told(installed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSA_URL", "https://compte:motdepasse@tsa.exemple.fr/tsr?cle=x")
    (tmp_path / "roots.pem").write_bytes((tmp_path / "data" / "keys" / "root.pem").read_bytes())
    monkeypatch.setenv("TSA_ROOTS", str(tmp_path / "roots.pem"))
    answer = installed("status")
    assert wrong(answer) == []
    assert "https://tsa.exemple.fr/tsr (non interrogé)" in answer.stdout
