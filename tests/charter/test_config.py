"""Settings: every variable is read, told in the README, and refused by its name when it cannot be used."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from charter import config
from charter.config import ROOT, Settings, load

SECRET = "s" * 40
NAMES = frozenset(re.findall(r'env(?:\.\w+\(|, )"([A-Z_]+)"', Path(config.__file__).read_text(encoding="utf-8")))


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None of the product's variables but DATA_DIR."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def loaded(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load()


def test_nothing_is_needed(tmp_path: Path) -> None:
    found = load()
    assert found.embedded
    assert found.database_url == f"sqlite:///{tmp_path}/data/charte.sqlite3"
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert found.mailbox
    assert found.rate_limits
    assert not found.secure_cookies
    assert found.trusted_proxies == 0


def test_the_first_run_makes_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first = load().secret_key
    assert len(first) >= config.MIN_SECRET_LENGTH
    assert load().secret_key == first
    assert stat.S_IMODE((tmp_path / "data" / config.SECRET_FILE).stat().st_mode) == 0o600


def test_no_secret_is_shown() -> None:
    shown = repr(Settings(data_dir=Path(), database_url="", secret_key=SECRET, smtp=config.Smtp(password="motdepasse")))
    assert SECRET not in shown
    assert "motdepasse" not in shown


def test_no_secret_inside_an_address_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = loaded(
        monkeypatch,
        TSA_URL="https://compte:motdepasse@tsa.exemple.fr/tsr",
        DATABASE_URL="postgresql://u:motdepasse@h/d",
        REDIS_URL="redis://:motdepasse@h/1",
        SECRET_KEY=SECRET,
    )
    assert "motdepasse" not in repr(found)
    with pytest.raises(ValueError, match="TSA_URL") as refused:
        loaded(monkeypatch, TSA_URL="compte:motdepasse@tsa.exemple.fr")
    assert "motdepasse" not in str(refused.value)


def test_a_host_is_not_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"REVOCATION_HOSTS.*http"):
        loaded(monkeypatch, REVOCATION_HOSTS="pki.exemple.fr,http://pki.exemple.fr/")


def test_a_process_that_starts_second_never_reads_half_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[str] = []
    link = os.link

    def placed(source: str, target: Path) -> None:
        assert not target.exists()
        link(source, target)
        seen.append(target.read_text())

    monkeypatch.setattr(os, "link", placed)
    assert [load().secret_key] == seen
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [config.SECRET_FILE]


GIVEN: dict[str, tuple[str, str, object]] = {
    "DATABASE_URL": ("postgresql://u@h/d", "database_url", "postgresql+psycopg://u@h/d"),
    "REDIS_URL": ("redis://h/1", "redis_url", "redis://h/1"),
    "SECRET_KEY": (SECRET, "secret_key", SECRET),
    "HOST": ("::1", "host", "::1"),
    "PORT": ("8080", "port", 8080),
    "PUBLIC_URL": ("https://charte.exemple.fr/", "public_url", "https://charte.exemple.fr"),
    "LIVE_URL": ("ws://live:8000", "live_url", "ws://live:8000"),
    "LIVE_PUBLIC_URL": ("https://direct.exemple.fr", "live_public_url", "https://direct.exemple.fr"),
    "SMTP_HOST": ("mail.exemple.fr", "smtp.host", "mail.exemple.fr"),
    "SMTP_PORT": ("587", "smtp.port", 587),
    "SMTP_USER": ("charte", "smtp.user", "charte"),
    "SMTP_PASSWORD": ("x", "smtp.password", "x"),
    "SMTP_TLS": ("STARTTLS", "smtp.tls", "starttls"),
    "MAIL_FROM": ("Charte <c@exemple.fr>", "smtp.sender", "Charte <c@exemple.fr>"),
    "MAILBOX": ("false", "mailbox", False),
    "TSA_URL": ("https://tsa.exemple.fr", "tsa_url", "https://tsa.exemple.fr"),
    "TSA_ROOTS": ("/tsa.pem", "tsa_roots", Path("/tsa.pem")),
    "REVOCATION_HOSTS": ("PKI.exemple.fr, 10.0.0.8,[::1]", "revocation_hosts", frozenset({"pki.exemple.fr", "10.0.0.8", "::1"})),
    "HSM_MODULE": ("/lib/p11.so", "hsm.module", Path("/lib/p11.so")),
    "HSM_TOKEN": ("Charte", "hsm.token", "Charte"),
    "HSM_PIN": ("1234", "hsm.pin", "1234"),
    "HSM_ROOT_KEY": ("racine", "hsm.keys", (("root", "racine"),)),
    "HSM_ISSUING_KEY": ("emission", "hsm.keys", (("issuing", "emission"),)),
    "HSM_TIMESTAMPING_KEY": ("temps", "hsm.keys", (("timestamping", "temps"),)),
    "HSM_SEAL_KEY": ("cachet", "hsm.keys", (("platform", "cachet"),)),
    "SEAL_FILE": ("/seal.p12", "seal.file", Path("/seal.p12")),
    "SEAL_PASSWORD": ("x", "seal.password", "x"),
    "SEAL_CERTIFICATES": ("/seal.pem", "seal.certificates", Path("/seal.pem")),
    "SEAL_ROOTS": ("/roots.pem", "seal.roots", Path("/roots.pem")),
    "SIGNATURE_PROVIDER_URL": ("https://api.paraphe.example/v3/", "signature_provider.url", "https://api.paraphe.example/v3"),
    "SIGNATURE_PROVIDER_ROOTS": ("/p.pem", "signature_provider.roots", Path("/p.pem")),
    "SIGNATURE_PROVIDER_API_KEY": ("x", "signature_provider.api_key", "x"),
    "SIGNATURE_PROVIDER_WEBHOOK_SECRET": ("x", "signature_provider.webhook_secret", "x"),
    "SIGNATURE_PROVIDER_LINKS": ("https://paraphe.example", "signature_provider.links", "https://paraphe.example"),
    "SIGNATURE_PROVIDER_NAME": ("Paraphe", "signature_provider.name", "Paraphe"),
    "SIGNATURE_PROVIDER_LEVEL": ("advanced_electronic_signature", "signature_provider.level", "advanced_electronic_signature"),
    "SIGNATURE_PROVIDER_SECONDS": ("5", "signature_provider.seconds", 5.0),
    "FONTS_DIR": ("/fonts", "fonts_dir", Path("/fonts")),
    "TRUSTED_PROXIES": ("2", "trusted_proxies", 2),
    "OUTBOX_LEASE_SECONDS": ("60", "outbox_lease_seconds", 60),
    "LOG_LEVEL": ("debug", "log_level", "DEBUG"),
    "RATE_LIMITS": ("no", "rate_limits", False),
}


def test_every_variable_is_tried_here() -> None:
    assert set(GIVEN) | {"DATA_DIR"} == NAMES


HSM = {"HSM_MODULE": "/p11.so", "HSM_TOKEN": "Charte", "HSM_PIN": "1234"}
PROVIDER = {
    "SIGNATURE_PROVIDER_URL": "https://api.paraphe.example/v3",
    "SIGNATURE_PROVIDER_ROOTS": "/p.pem",
    "SIGNATURE_PROVIDER_API_KEY": "x",
    "SIGNATURE_PROVIDER_WEBHOOK_SECRET": "x",
}


def with_it(name: str) -> dict[str, str]:
    """What must be given with a variable."""
    if name.startswith("HSM_"):
        return HSM
    if name.startswith("SIGNATURE_PROVIDER_"):
        return PROVIDER
    if name == "SEAL_CERTIFICATES":
        return {**HSM, "HSM_SEAL_KEY": "cachet"}
    if name.startswith("SEAL_") and name != "SEAL_FILE":
        return {"SEAL_FILE": "/seal.p12"}
    return {"SECRET_KEY": SECRET} if name == "REDIS_URL" else {}


@pytest.mark.parametrize("name", GIVEN)
def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    value, path, expected = GIVEN[name]
    found: object = loaded(monkeypatch, **(with_it(name) | {name: value}))
    for part in path.split("."):
        found = getattr(found, part)
    assert found == expected


WRONG = [
    ("PORT", "abc"), ("PORT", "0"), ("PORT", "70000"), ("SMTP_PORT", "smtp"), ("SMTP_TLS", "ssl"), ("MAILBOX", "peut-être"),
    ("TRUSTED_PROXIES", "-1"), ("OUTBOX_LEASE_SECONDS", "0"), ("LOG_LEVEL", "bavard"), ("RATE_LIMITS", "?"), ("SECRET_KEY", "court"),
    ("PUBLIC_URL", "charte.exemple.fr"), ("PUBLIC_URL", "ftp://charte.exemple.fr"), ("PUBLIC_URL", "https://"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        loaded(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"HSM_ISSUING_KEY": "emission"}, "HSM_MODULE"),
        ({"HSM_MODULE": "/p11.so", "HSM_PIN": "1234"}, "HSM_TOKEN"),
        ({"HSM_MODULE": "/p11.so", "HSM_TOKEN": "Charte"}, "HSM_PIN"),
        ({**HSM, "HSM_PIN_FILE": "/nowhere"}, "HSM_PIN_FILE"),
        ({"SEAL_CERTIFICATES": "/seal.pem"}, "HSM_SEAL_KEY"),
        ({**HSM, "HSM_SEAL_KEY": "cachet", "SEAL_FILE": "/seal.p12"}, "SEAL_FILE"),
    ],
)
def test_keys_kept_elsewhere_are_told_whole(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        loaded(monkeypatch, **given)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234\n")
    found = loaded(monkeypatch, HSM_MODULE="/p11.so", HSM_TOKEN="Charte", HSM_PIN_FILE=str(tmp_path / "pin"))
    assert found.hsm
    assert found.hsm.pin == "1234"
    assert "1234" not in repr(found)


@pytest.mark.parametrize(
    ("public", "published"),
    [
        ("https://charte.exemple.fr/", "https://charte.exemple.fr/certificats"),
        ("http://127.0.0.1:8000", ""),
        ("http://charte.test", ""),
        ("https://charte.invalid", ""),
    ],
)
def test_certificates_are_published_at_a_real_address_only(monkeypatch: pytest.MonkeyPatch, public: str, published: str) -> None:
    assert loaded(monkeypatch, PUBLIC_URL=public).certificates_url == published


def test_the_full_mode_wants_one_secret_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="SECRET_KEY"):
        loaded(monkeypatch, REDIS_URL="redis://h/0")


@pytest.mark.parametrize(
    ("given", "open_to_all"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "192.168.1.2"}, False),
        ({"SMTP_HOST": "mail.exemple.fr"}, False),
        ({"PUBLIC_URL": "https://charte.exemple.fr"}, False),
        ({"TRUSTED_PROXIES": "1"}, False),
        ({"REDIS_URL": "redis://h/0", "SECRET_KEY": SECRET}, False),
        ({"HOST": "0.0.0.0", "MAILBOX": "true"}, True),
        ({"MAILBOX": "false"}, False),
    ],
)
def test_the_mailbox_is_only_for_ones_own_machine_unless_asked(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], open_to_all: bool
) -> None:
    assert loaded(monkeypatch, **given).mailbox is open_to_all


def test_https_makes_cookies_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, PUBLIC_URL="https://charte.exemple.fr").secure_cookies


@pytest.mark.parametrize(
    ("host", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]"), ("charte.lan", "charte.lan")]
)
def test_the_address_written_in_mails_when_none_is_given(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    assert loaded(monkeypatch, HOST=host, PORT="8080").public_url == f"http://{address}:8080"


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize("document", ["README.md", "docs/exploitation.md"])
def test_every_variable_is_told(name: str, document: str) -> None:
    assert f"| `{name}` |" in (ROOT / document).read_text(encoding="utf-8")


def test_the_readme_tells_no_variable_that_is_not_read() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == NAMES


def test_a_signature_provider_is_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load().signature_provider is None
    given = {"SIGNATURE_PROVIDER_URL": "https://api.paraphe.example/v3"}
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_ROOTS"):
        loaded(monkeypatch, **given)
    given["SIGNATURE_PROVIDER_ROOTS"] = str(tmp_path / "roots.pem")
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_API_KEY"):
        loaded(monkeypatch, **given)
    (tmp_path / "key").write_text("from a file\n")
    given["SIGNATURE_PROVIDER_API_KEY_FILE"] = str(tmp_path / "key")
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_WEBHOOK_SECRET"):
        loaded(monkeypatch, **given)
    found = loaded(monkeypatch, **given, SIGNATURE_PROVIDER_WEBHOOK_SECRET="hush").signature_provider
    assert found is not None and (found.api_key, found.webhook_secret, found.level) == ("from a file", "hush", "electronic_signature")
    assert "from a file" not in repr(found) and "hush" not in repr(found)
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_LEVEL"):
        loaded(monkeypatch, SIGNATURE_PROVIDER_LEVEL="best")
    monkeypatch.delenv("SIGNATURE_PROVIDER_LEVEL")
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_LINKS"):
        loaded(monkeypatch, SIGNATURE_PROVIDER_LINKS="paraphe.example")
    monkeypatch.delenv("SIGNATURE_PROVIDER_API_KEY_FILE")
    with pytest.raises(ValueError, match="SIGNATURE_PROVIDER_API_KEY"):
        loaded(monkeypatch, SIGNATURE_PROVIDER_API_KEY_FILE=str(tmp_path / "absent"), SIGNATURE_PROVIDER_LINKS="https://a.example")
