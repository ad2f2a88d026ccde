"""Typed settings, read once from the environment (the table of them is in the README)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, validate

from charter import addresses
from charter.first_run import kept_secret

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "charter" / "static"
DATA_BUILD = ROOT / "charter" / "data" / "build"
DEMONSTRATION_KEYS = "keys-demonstration"
SECRET_FILE = "secret_key"  # noqa: S105  the name of a file
MIN_SECRET_LENGTH = 32
TLS_MODES = ("none", "starttls", "tls")
PROVIDER_LEVELS = ("electronic_signature", "advanced_electronic_signature", "qualified_electronic_signature")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
RESERVED_NAMES = frozenset({"localhost", "invalid", "test", "example"})  # RFC 6761
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Smtp:
    """Where mail leaves: host, port, optional account, and `tls` in none | starttls | tls."""

    host: str = "127.0.0.1"
    port: int = 2525
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "none"
    sender: str = "Charte du faire alliance <ne-pas-repondre@charte.invalid>"


@dataclass(frozen=True)
class SignatureProvider:
    """An outside signature provider of the shape of Yousign's API v3, offered beside the product's own signature.

    `url` is the API's base; `links` the origin its signature links are on; `roots` a PEM file of the authorities its signatures
    come from; `level` one of PROVIDER_LEVELS; `name` as people know it; `seconds` how long an answer is waited for.
    """

    url: str
    roots: Path
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    links: str = "https://yousign.app"
    name: str = "Yousign"
    level: str = "electronic_signature"
    seconds: float = 30.0


@dataclass(frozen=True)
class Hsm:
    """A PKCS #11 token: its module's library, its label, the user's PIN, each role with the label of its key (charter.adapters.signer)."""

    module: Path
    token: str
    pin: str = field(repr=False)
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SealFiles:
    """The operator's own seal: a PKCS #12 file, or the certificates (PEM) of a key in the token; `roots` (PEM) vouch for it."""

    file: Path | None = None
    password: str = field(default="", repr=False)
    certificates: Path | None = None
    roots: Path | None = None


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another.

    `database_url` is an SQLAlchemy URL (SQLite or PostgreSQL through psycopg). An empty `redis_url` is the embedded
    mode: tasks travel through files under `data_dir`, live editing stays in the web process. `revocation_hosts` are asked for the status of
    outside certificates although they are on a private network.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    live_url: str = ""
    live_public_url: str = ""
    smtp: Smtp = field(default_factory=Smtp)
    mailbox: bool = False
    tsa_url: str = field(default="", repr=False)
    tsa_roots: Path | None = None
    revocation_hosts: frozenset[str] = frozenset()
    fonts_dir: Path = ROOT / "node_modules" / "@expo-google-fonts"
    trusted_proxies: int = 0
    outbox_lease_seconds: int = 300
    log_level: str = "INFO"
    zone: str = "Europe/Paris"
    testing: bool = False
    demonstration_keys: Path | None = None
    rate_limits: bool = True
    signature_provider: SignatureProvider | None = None
    hsm: Hsm | None = None
    seal: SealFiles | None = None

    @property
    def certificates_url(self) -> str:
        """Where our authority's certificates and revocation lists are published; empty when nobody else reaches the public address."""
        name = urlsplit(self.public_url).hostname or ""
        reserved = name.rpartition(".")[2] in RESERVED_NAMES
        return "" if name in LOOPBACK or reserved or name.startswith("127.") else f"{self.public_url}/certificats"

    @property
    def embedded(self) -> bool:
        """True when no server is needed besides this product's own processes."""
        return not self.redis_url

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure as soon as the public address is https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def mailbox_dir(self) -> Path:
        """Where the built-in SMTP catcher keeps what it received, one `.eml` a mail."""
        return self.data_dir / "mailbox"

    @property
    def keys_dir(self) -> Path:
        """The local certificate authority's keys, readable by the owner only."""
        return self.demonstration_keys or self.data_dir / "keys"

    @property
    def queue_dir(self) -> Path:
        """The embedded broker's files."""
        return self.data_dir / "queue"


def load() -> Settings:
    """Reads the environment into Settings; makes `DATA_DIR` and, in embedded mode, a secret key on first run.

    Raises ValueError (`environs.EnvError` is one) naming the variable whose value cannot be used.
    """
    env = Env()
    data_dir = Path(env.str("DATA_DIR", "var")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = env.str("REDIS_URL", "")
    host, port = env.str("HOST", "127.0.0.1"), env.int("PORT", 8000, validate=validate.Range(1, 65535))
    public_url = env.str("PUBLIC_URL", "") or addresses.own(host, port)
    public_host, proxies = urlsplit(public_url).hostname, env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10))
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(env.str("DATABASE_URL", ""), data_dir),
        redis_url=redis_url,
        secret_key=_secret(env.str("SECRET_KEY", ""), data_dir, embedded=not redis_url),
        host=host,
        port=port,
        public_url=addresses.web("PUBLIC_URL", public_url),
        live_url=env.str("LIVE_URL", ""),
        live_public_url=env.str("LIVE_PUBLIC_URL", ""),
        smtp=_smtp(env),
        mailbox=env.bool("MAILBOX", not redis_url and "SMTP_HOST" not in os.environ and not proxies and {host, public_host} <= LOOPBACK),
        tsa_url=addresses.tsa(env.str("TSA_URL", "")),
        tsa_roots=Path(env.str("TSA_ROOTS")) if env.str("TSA_ROOTS", "") else None,
        revocation_hosts=addresses.hosts("REVOCATION_HOSTS", env.list("REVOCATION_HOSTS", [])),
        fonts_dir=Path(env.str("FONTS_DIR", "") or Settings.fonts_dir),
        trusted_proxies=proxies,
        outbox_lease_seconds=env.int("OUTBOX_LEASE_SECONDS", 300, validate=validate.Range(1)),
        log_level=_one_of("LOG_LEVEL", env.str("LOG_LEVEL", "INFO").upper(), LOG_LEVELS),
        rate_limits=env.bool("RATE_LIMITS", True),
        signature_provider=_signature_provider(env),
        hsm=_hsm(env),
        seal=_seal(env),
    )


def _one_of(name: str, given: str, allowed: Sequence[str]) -> str:
    if given not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {given!r}")
    return given


def _smtp(env: Env) -> Smtp:
    return Smtp(
        host=env.str("SMTP_HOST", "127.0.0.1"),
        port=env.int("SMTP_PORT", 2525, validate=validate.Range(1, 65535)),
        user=env.str("SMTP_USER", ""),
        password=env.str("SMTP_PASSWORD", ""),
        tls=_one_of("SMTP_TLS", env.str("SMTP_TLS", "none").lower(), TLS_MODES),
        sender=env.str("MAIL_FROM", Smtp.sender),
    )


def _signature_provider(env: Env) -> SignatureProvider | None:
    url = env.str("SIGNATURE_PROVIDER_URL", "")
    if not url:
        return None
    roots = env.str("SIGNATURE_PROVIDER_ROOTS", "")
    if not roots:
        raise ValueError("SIGNATURE_PROVIDER_ROOTS is required with SIGNATURE_PROVIDER_URL: without it no signature can be checked")
    return SignatureProvider(
        url=addresses.web("SIGNATURE_PROVIDER_URL", url),
        roots=Path(roots),
        api_key=_kept_secret(env, "SIGNATURE_PROVIDER_API_KEY"),
        webhook_secret=_kept_secret(env, "SIGNATURE_PROVIDER_WEBHOOK_SECRET"),
        links=addresses.web("SIGNATURE_PROVIDER_LINKS", env.str("SIGNATURE_PROVIDER_LINKS", SignatureProvider.links)),
        name=env.str("SIGNATURE_PROVIDER_NAME", SignatureProvider.name),
        level=_one_of("SIGNATURE_PROVIDER_LEVEL", env.str("SIGNATURE_PROVIDER_LEVEL", SignatureProvider.level), PROVIDER_LEVELS),
        seconds=env.float("SIGNATURE_PROVIDER_SECONDS", SignatureProvider.seconds, validate=validate.Range(1, 300)),
    )


def _hsm(env: Env) -> Hsm | None:
    labels = {"root": env.str("HSM_ROOT_KEY", ""), "issuing": env.str("HSM_ISSUING_KEY", "")}
    labels |= {"timestamping": env.str("HSM_TIMESTAMPING_KEY", ""), "platform": env.str("HSM_SEAL_KEY", "")}
    keys = tuple((role, label) for role, label in labels.items() if label)
    module, token, pin = env.str("HSM_MODULE", ""), env.str("HSM_TOKEN", ""), _secret_or_file(env, "HSM_PIN")
    if not module:
        if keys:
            raise ValueError("HSM_MODULE is required with HSM_ROOT_KEY, HSM_ISSUING_KEY, HSM_TIMESTAMPING_KEY and HSM_SEAL_KEY")
        return None
    if not token or not pin:
        raise ValueError("HSM_TOKEN and HSM_PIN (or HSM_PIN_FILE) are required with HSM_MODULE")
    return Hsm(Path(module), token, pin, keys)


def _seal(env: Env) -> SealFiles | None:
    file, certificates, roots = env.str("SEAL_FILE", ""), env.str("SEAL_CERTIFICATES", ""), env.str("SEAL_ROOTS", "")
    password = _secret_or_file(env, "SEAL_PASSWORD")
    if file and (certificates or env.str("HSM_SEAL_KEY", "")):
        raise ValueError("SEAL_FILE holds the seal: give neither SEAL_CERTIFICATES nor HSM_SEAL_KEY with it")
    if certificates and not env.str("HSM_SEAL_KEY", ""):
        raise ValueError("HSM_SEAL_KEY is required with SEAL_CERTIFICATES: it names the seal's key in the token")
    if not (file or certificates):
        return None
    return SealFiles(Path(file) if file else None, password, Path(certificates) if certificates else None, Path(roots) if roots else None)


def _secret_or_file(env: Env, name: str) -> str:
    """A secret given as NAME, or in the file NAME_FILE points to (Docker and systemd hand them in so); empty when neither is."""
    path = env.str(f"{name}_FILE", "")
    try:
        return Path(path).read_text().strip() if path else env.str(name, "")
    except OSError as error:
        raise ValueError(f"{name}_FILE {path}: {error.strerror}") from error


def _kept_secret(env: Env, name: str) -> str:
    found = _secret_or_file(env, name)
    if not found:
        raise ValueError(f"{name} (or {name}_FILE) is required with SIGNATURE_PROVIDER_URL")
    return found


def _database_url(given: str, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'charte.sqlite3'}"
    for prefix in ("postgresql://", "postgres://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given[len(prefix) :]
    return given


def _secret(given: str, data_dir: Path, *, embedded: bool) -> str:
    if given:
        if len(given) < MIN_SECRET_LENGTH:
            raise ValueError(f"SECRET_KEY must be at least {MIN_SECRET_LENGTH} characters long")
        return given
    if not embedded:
        raise ValueError("SECRET_KEY is required when REDIS_URL is set: every process must share it")
    return kept_secret(data_dir / SECRET_FILE)
