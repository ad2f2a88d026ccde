"""`charte keys`, as an operator types it."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding

from charter import logs
from charter.adapters.signer import LocalAuthority, SignerIdentity
from charter.cli import main
from charter.config import Settings

Run = Callable[..., Result]
PASSWORD = "un mot de passe assez long"
ROLES = ("root", "issuing", "timestamping", "platform")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """`run("keys", "show")` on a DATA_DIR of the test's own."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "TSA_URL", "TSA_ROOTS", "HSM_MODULE", "SEAL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    yield lambda *words, **given: CliRunner().invoke(main, words, **given)
    logs.configure(Settings(data_dir=tmp_path, database_url="sqlite://", log_level="WARNING"))


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Keys made already."""
    LocalAuthority.open(tmp_path / "data" / "keys", datetime.now(UTC))
    return tmp_path / "data" / "keys"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A file holding the password."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return tmp_path / "password"


def test_showing_makes_nothing(run: Run, tmp_path: Path) -> None:
    answer = run("keys", "show")
    assert (answer.exit_code, "aucune clé" in answer.stdout) == (0, True)
    assert not (tmp_path / "data" / "keys").exists()


def test_each_key_is_shown_and_one_that_others_read_is_told(run: Run, keys: Path) -> None:
    answer = run("keys", "show")
    assert answer.exit_code == 0
    assert re.findall(r"^(\w+) :", answer.stdout, re.MULTILINE) == list(ROLES)
    assert len(re.findall(r"SHA-256 +(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$", answer.stdout, re.MULTILINE)) == 4
    assert "(0600)" in answer.stdout
    (keys / "issuing.pem").chmod(0o644)
    told = run("keys", "show")
    assert f"chmod 600 {keys}/issuing.pem" in told.stderr
    (keys / "issuing.pem").write_bytes(b"damaged")
    assert run("keys", "show").exit_code == 1


def test_a_root_is_not_changed_by_mistake(run: Run, keys: Path) -> None:
    before = (keys / "root.pem").read_bytes()
    assert run("keys", "rotate", "root", input="n\n").exit_code == 1
    assert (keys / "root.pem").read_bytes() == before
    assert run("keys", "rotate", "root", "--yes").exit_code == 0
    assert (keys / "root.pem").read_bytes() != before
    assert "anciennes gardées : 1" in run("keys", "show").stdout
    assert run("keys", "rotate", "nobody").exit_code == 2


def test_out_and_back(run: Run, keys: Path, password: Path, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("court")
    refused = run("keys", "export", str(tmp_path / "out"), "--password-file", str(tmp_path / "short"))
    assert (refused.exit_code, "12 caractères" in refused.output) == (1, True)
    words = ("keys", "export", str(tmp_path / "out"), "--password-file", str(password))
    assert run(*words).exit_code == 0
    assert stat.S_IMODE((tmp_path / "out" / "root.p12").stat().st_mode) == 0o600
    assert "pas vide" in run(*words).output
    back = ("keys", "import", str(tmp_path / "out"))
    assert run(*back, input=f"{PASSWORD}\n").stdout.endswith("0 mis en place, 4 déjà là\n")
    run("keys", "rotate", "root", "--yes")
    assert "--replace" in run(*back, "--password-file", str(password)).output
    assert "4 mis en place" in run(*back, "--password-file", str(password), "--replace").stdout
    assert run("keys", "show").exit_code == 0


def test_a_certificate_is_revoked_once(run: Run, keys: Path, tmp_path: Path) -> None:
    run("db", "upgrade")
    authority = LocalAuthority.open(keys, datetime.now(UTC))
    issued = authority.issue(SignerIdentity("Léa Roche", "lea@exemple.fr", "Rivière"), datetime.now(UTC)).certificate
    serial = f"{issued.serial_number:X}"
    assert "--certificate" in run("keys", "revoke", serial).output
    (tmp_path / "one.pem").write_bytes(issued.public_bytes(Encoding.PEM))
    words = ("keys", "revoke", serial.lower(), "--certificate", str(tmp_path / "one.pem"), "--reason", "privilegeWithdrawn")
    assert run(*words).stdout == f"{serial} : révoqué\n"
    assert run(*words).stdout == f"{serial} : déjà révoqué\n"
    assert [(one.serial, one.reason) for one in authority.ring.revoked()] == [(serial, "privilegeWithdrawn")]
    assert "pas ABC" in run("keys", "revoke", "ABC", "--certificate", str(tmp_path / "one.pem")).output


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_server_says_which_key_it_lacks_before_it_starts(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    run("db", "upgrade")
    for name, value in {"HSM_MODULE": "/nowhere.so", "HSM_TOKEN": "Charte", "HSM_PIN": "1", "HSM_ISSUING_KEY": "emission"}.items():
        monkeypatch.setenv(name, value)
    answer = run(command)
    assert answer.exit_code == 1
    assert "HSM_MODULE : /nowhere.so n’est pas un fichier" in answer.stderr
    assert "Traceback" not in answer.output
